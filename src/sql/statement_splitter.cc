#include "sql/statement_splitter.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/go_format.h"
#include "sql/directives.h"
#include "sql/scanner_internal.h"

namespace rhumb::sql {
namespace {

// Bytes that may be read in vain for bodies and stored programs: far more than any script that
// means something needs, and an end to the quadratic ones that do not. Then neither is looked for.
constexpr size_t kVainBytesMin = size_t{64} << 20;
constexpr size_t kVainBytesPerByte = 16;

/// Where the first statement may start, and what ends it.
struct Beginning {
  size_t at = 0;
  size_t origin = 0;  ///< positions count from here
  std::string delimiter = ";";
};

Result<Beginning> read_beginning(std::string_view script) {
  const std::string_view body = skip_byte_order_mark(script);
  Beginning beginning{.at = script.size() - body.size()};
  const std::optional<Directive> directive = content_directive(script);
  if (directive && directive->name == "delimiter") {
    beginning.delimiter = TRY(parse_delimiter(directive->argument));
    const size_t feed = body.find('\n');
    if (feed == std::string_view::npos) {
      return invalid(
          fmt::format("1:0: no input found after delimiter {}", go_quote(directive->argument)));
    }
    beginning.at += feed + 1;
    beginning.origin = beginning.at;
  }
  return beginning;
}

/// A scanner with what it refers to.
class ScriptReader {
 public:
  ScriptReader(std::string_view script, const SplitOptions& options, Beginning beginning)
      : shared_{.text = script,
                .options = options,
                .hopeless = {},
                .vain_bytes_left = kVainBytesMin + kVainBytesPerByte * script.size()},
        origin_(beginning.origin),
        scanner_(shared_, beginning.at, internal::BodyKind::kNone) {
    scanner_.set_delimiter(std::move(beginning.delimiter));
  }
  ScriptReader(const ScriptReader&) = delete;
  ScriptReader& operator=(const ScriptReader&) = delete;

  internal::Outcome scan() { return scanner_.scan(); }
  [[nodiscard]] const Error& error() const { return scanner_.error(); }
  [[nodiscard]] size_t bytes_read() const { return scanner_.cursor(); }

  /// The statement that scan() has found, once.
  [[nodiscard]] Statement take_statement() {
    const internal::Scanned& found = scanner_.statement();
    return {.position = found.begin + found.shift - origin_,
            .offset = found.begin,
            .text = shared_.text.substr(found.begin, found.end - found.begin),
            .comments = std::exchange(scanner_.comments(), {})};
  }

 private:
  internal::Shared shared_;
  size_t origin_;
  internal::Scanner scanner_;
};

constexpr size_t kSampleMin = 256;  // statements that say how many there will be

/// Makes room for as many statements as there will be if the script goes on as it began, though for
/// no more bytes than the script has. Doubling alone touches and copies several times what a large
/// script needs in the end.
void reserve_more(std::vector<Statement>& statements, size_t bytes_read, size_t script_size) {
  const size_t count = statements.size();
  size_t room = std::max<size_t>(8, 2 * count);
  if (count >= kSampleMin) {
    const size_t expected = script_size / (bytes_read / count + 1);
    room = std::max(count + count / 2,
                    std::min(expected + expected / 16, script_size / sizeof(Statement)));
  }
  statements.reserve(room);
}

}  // namespace

struct StatementScanner::State {
  ScriptReader reader;
  bool over = false;
};

StatementScanner::StatementScanner(std::unique_ptr<State> state) : state_(std::move(state)) {}
StatementScanner::StatementScanner(StatementScanner&&) noexcept = default;
StatementScanner& StatementScanner::operator=(StatementScanner&&) noexcept = default;
StatementScanner::~StatementScanner() = default;

Result<StatementScanner> StatementScanner::create(std::string_view script, Dialect dialect) {
  return create(script, split_options(dialect));
}

Result<StatementScanner> StatementScanner::create(std::string_view script,
                                                  const SplitOptions& options) {
  Beginning beginning = TRY(read_beginning(script));
  std::unique_ptr<State> state(
      new State{.reader = ScriptReader(script, options, std::move(beginning))});
  return StatementScanner(std::move(state));
}

Result<std::optional<Statement>> StatementScanner::next() {
  if (state_->over) {
    return std::optional<Statement>();
  }
  const internal::Outcome outcome = state_->reader.scan();
  if (outcome == internal::Outcome::kStatement) {
    return std::optional<Statement>(state_->reader.take_statement());
  }
  state_->over = true;
  if (outcome == internal::Outcome::kError) {
    return state_->reader.error();
  }
  return std::optional<Statement>();
}

Result<std::vector<Statement>> split_statements(std::string_view script, Dialect dialect) {
  return split_statements(script, split_options(dialect));
}

Result<std::vector<Statement>> split_statements(std::string_view script,
                                                const SplitOptions& options) {
  ScriptReader reader(script, options, TRY(read_beginning(script)));
  std::vector<Statement> statements;
  internal::Outcome outcome = reader.scan();
  for (; outcome == internal::Outcome::kStatement; outcome = reader.scan()) {
    if (statements.size() == statements.capacity()) {
      reserve_more(statements, reader.bytes_read(), script.size());
    }
    statements.push_back(reader.take_statement());
  }
  if (outcome == internal::Outcome::kError) {
    return reader.error();
  }
  return statements;
}

}  // namespace rhumb::sql
