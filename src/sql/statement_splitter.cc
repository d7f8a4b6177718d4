#include "sql/statement_splitter.h"

#include <string>
#include <utility>

#include <fmt/format.h>

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

}  // namespace

struct StatementScanner::State {
  internal::Shared shared;
  size_t origin = 0;  ///< positions count from here
  std::optional<internal::Scanner> scanner;
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
  auto state = std::make_unique<State>();
  state->shared.text = script;
  state->shared.options = options;
  state->shared.vain_bytes_left = kVainBytesMin + kVainBytesPerByte * script.size();
  const std::string_view body = skip_byte_order_mark(script);
  size_t begin = script.size() - body.size();
  std::string delimiter = ";";
  const std::optional<Directive> directive = content_directive(script);
  if (directive && directive->name == "delimiter") {
    delimiter = TRY(parse_delimiter(directive->argument));
    const size_t feed = body.find('\n');
    if (feed == std::string_view::npos) {
      return invalid(fmt::format("1:0: no input found after delimiter {}",
                                 go_quote(directive->argument)));
    }
    begin += feed + 1;
    state->origin = begin;
  }
  state->scanner.emplace(state->shared, begin, internal::BodyKind::kNone);
  state->scanner->set_delimiter(std::move(delimiter));
  return StatementScanner(std::move(state));
}

Result<std::optional<Statement>> StatementScanner::next() {
  if (state_->over) {
    return std::optional<Statement>();
  }
  internal::Scanner& scanner = *state_->scanner;
  const internal::Outcome outcome = scanner.scan();
  if (outcome != internal::Outcome::kStatement) {
    state_->over = true;
    if (outcome == internal::Outcome::kError) {
      return scanner.error();
    }
    return std::optional<Statement>();
  }
  const internal::Scanned& found = scanner.statement();
  Statement statement{.position = found.begin + found.shift - state_->origin,
                      .offset = found.begin,
                      .text = state_->shared.text.substr(found.begin, found.end - found.begin),
                      .comments = std::exchange(scanner.comments(), {})};
  return std::optional<Statement>(std::move(statement));
}

Result<std::vector<Statement>> split_statements(std::string_view script, Dialect dialect) {
  return split_statements(script, split_options(dialect));
}

Result<std::vector<Statement>> split_statements(std::string_view script,
                                                const SplitOptions& options) {
  StatementScanner scanner = TRY(StatementScanner::create(script, options));
  std::vector<Statement> statements;
  for (;;) {
    std::optional<Statement> statement = TRY(scanner.next());
    if (!statement) {
      return statements;
    }
    statements.push_back(std::move(*statement));
  }
}

}  // namespace rhumb::sql
