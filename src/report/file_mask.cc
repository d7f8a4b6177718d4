#include "report/file_mask.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "base/go_format.h"
#include "base/source.h"
#include "codec/redact.h"
#include "sql/directives.h"

namespace rhumb::report {
namespace {

/// What the directives say of a file, a section or a statement.
struct Mark {
  bool sensitive = false;
  std::vector<SensitivePattern> patterns{};

  [[nodiscard]] bool is_set() const { return sensitive || !patterns.empty(); }
  void merge(const Mark& other) {
    sensitive = sensitive || other.sensitive;
    patterns.insert(patterns.end(), other.patterns.begin(), other.patterns.end());
  }
};

/// The inner mark wins if it has patterns; otherwise both hold.
Mark combine(const Mark& outer, const Mark& inner) {
  if (!inner.patterns.empty()) {
    return inner;
  }
  Mark both = outer;
  both.merge(inner);
  return both;
}

/// A stretch of the file: a statement, or what lies between statements.
struct Piece {
  std::string_view text;
  Mark mark;
  bool is_statement = false;
};

struct Section {
  std::string_view text;
  bool is_marker = false;  ///< the line that begins a section of a txtar file
};

bool is_section_marker(std::string_view line) {
  while (line.ends_with('\n') || line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  return line.size() > 6 && line.starts_with("-- ") && line.ends_with(" --");
}

std::vector<Section> divide_sections(std::string_view content) {
  if (sql::file_directive_arguments(content, "txtar").empty()) {
    return {{.text = content}};
  }
  std::vector<Section> sections;
  size_t begin = 0;
  for (size_t at = 0; at < content.size();) {
    const size_t feed = content.find('\n', at);
    const size_t end = feed == std::string_view::npos ? content.size() : feed + 1;
    if (is_section_marker(content.substr(at, end - at))) {
      sections.push_back({.text = content.substr(begin, at - begin)});
      sections.push_back({.text = content.substr(at, end - at), .is_marker = true});
      begin = end;
    }
    at = end;
  }
  sections.push_back({.text = content.substr(begin)});
  return sections;
}

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

}  // namespace

std::vector<std::string> parse_sensitive_argument(std::string_view argument) {
  std::vector<std::string> patterns;
  size_t at = 0;
  while (at < argument.size()) {
    if (is_blank(argument[at])) {
      ++at;
      continue;
    }
    const char quote = argument[at];
    size_t close = std::string_view::npos;
    if (quote == '"' || quote == '/') {
      close = argument.find(quote, at + 1);
      while (close != std::string_view::npos && close + 1 < argument.size() &&
             !is_blank(argument[close + 1])) {
        close = argument.find(quote, close + 1);
      }
    }
    size_t end = at;
    if (close != std::string_view::npos) {
      patterns.emplace_back(argument.substr(at + 1, close - at - 1));
      end = close + 1;
    } else {
      while (end < argument.size() && !is_blank(argument[end])) {
        ++end;
      }
      patterns.emplace_back(argument.substr(at, end - at));
    }
    at = end;
  }
  return patterns;
}

struct FileMask::State {
  std::string name;
  SharedText file;
  FileMaskOptions options;
  Mark strictest;
  std::vector<Piece> pieces{};
  std::vector<size_t> statements{};  ///< indices of pieces
  HiddenValues hidden_shown{};
  HiddenValues hidden_reported{};
  MaskCounts counts{};

  [[nodiscard]] Result<Mark> read_mark(const std::vector<std::string_view>& arguments) const;
  Result<void> read_section(std::string_view text, const Mark& outer);
  void add_gap(std::string_view text,
               const Mark& before,
               const sql::Statement* statement,
               const Mark& mark);
  void collect();
  [[nodiscard]] MaskPolicy policy(const Mark& mark, TextForm form) const;
  [[nodiscard]] const Mark& find_mark(size_t number, std::string_view text) const;
  [[nodiscard]] const HiddenValues& hidden(TextForm form) const {
    return form == TextForm::kShown ? hidden_shown : hidden_reported;
  }
  void append_gap(std::string& out, const Piece& piece, TextForm form) const;
};

Result<Mark> FileMask::State::read_mark(const std::vector<std::string_view>& arguments) const {
  Mark mark;
  for (const std::string_view argument : arguments) {
    const std::vector<std::string> patterns = parse_sensitive_argument(argument);
    mark.sensitive = mark.sensitive || patterns.empty();
    for (const std::string& text : patterns) {
      Result<SensitivePattern> pattern = SensitivePattern::create(text);
      if (!pattern) {
        const size_t offset = static_cast<size_t>(argument.data() - file.view().data());
        return invalid(fmt::format("{}:{}: invalid atlas:sensitive pattern {}: {}", name,
                                   position_at(file, offset).line, go_quote(text),
                                   pattern.error().message()));
      }
      mark.patterns.push_back(std::move(pattern).value());
    }
  }
  return mark;
}

/// Adds what lies before `statement`, or behind the last one: the comments that are its own with
/// its mark, the rest with the section's.
void FileMask::State::add_gap(std::string_view text,
                              const Mark& before,
                              const sql::Statement* statement,
                              const Mark& mark) {
  size_t own = text.size();
  if (statement != nullptr && !statement->comments.empty()) {
    own = static_cast<size_t>(statement->comments.front().data() - text.data());
  }
  pieces.push_back({.text = text.substr(0, own), .mark = before});
  pieces.push_back({.text = text.substr(own), .mark = mark});
}

Result<void> FileMask::State::read_section(std::string_view text, const Mark& outer) {
  size_t done = 0;
  Result<sql::StatementScanner> scanner = sql::StatementScanner::create(text, options.lex.dialect);
  while (scanner) {
    const Result<std::optional<sql::Statement>> next = scanner->next();
    if (!next) {
      break;
    }
    const std::optional<sql::Statement>& found = *next;
    if (!found) {
      add_gap(text.substr(done), outer, nullptr, outer);
      return {};
    }
    const sql::Statement& statement = *found;
    const Mark own = TRY(read_mark(sql::statement_directive_arguments(statement, "sensitive")));
    const Mark mark = combine(outer, own);
    strictest.merge(own);
    add_gap(text.substr(done, statement.offset - done), outer, &statement, mark);
    statements.push_back(pieces.size());
    pieces.push_back({.text = statement.text, .mark = mark, .is_statement = true});
    done = statement.offset + statement.text.size();
  }
  // Not to be split: the rest is one statement to us, with every mark that may be meant.
  Mark rest = outer;
  const std::string_view tail = text.substr(done);
  rest.sensitive = rest.sensitive || tail.find("atlas:sensitive") != std::string_view::npos;
  strictest.sensitive = strictest.sensitive || rest.sensitive;
  pieces.push_back({.text = tail, .mark = rest, .is_statement = true});
  return {};
}

MaskPolicy FileMask::State::policy(const Mark& mark, TextForm form) const {
  MaskPolicy policy{
      .literals = form == TextForm::kShown ? LiteralMasking::kNone : options.report_literals,
      .sensitive = mark.sensitive,
      .patterns = mark.patterns};
  if (mark.sensitive) {
    policy.template_values = options.template_values;
  }
  return policy;
}

void FileMask::State::collect() {
  for (const Piece& piece : pieces) {
    if (!piece.is_statement) {
      continue;
    }
    if (piece.mark.is_set()) {
      const MaskedSql shown =
          mask_statement(piece.text, options.lex, policy(piece.mark, TextForm::kShown));
      hidden_shown.add(shown.values);
    }
    if (!options.is_reported) {
      continue;
    }
    const MaskedSql reported =
        mask_statement(piece.text, options.lex, policy(piece.mark, TextForm::kReported));
    hidden_reported.add(reported.values);
    counts.values += reported.spans.size();
    counts.statements += reported.spans.empty() ? 0 : 1;
  }
}

const Mark& FileMask::State::find_mark(size_t number, std::string_view text) const {
  if (number > 0 && number <= statements.size() && pieces[statements[number - 1]].text == text) {
    return pieces[statements[number - 1]].mark;
  }
  const Mark* found = nullptr;
  for (const Piece& piece : pieces) {
    if (piece.is_statement && piece.text == text) {
      if (found != nullptr) {
        return strictest;
      }
      found = &piece.mark;
    }
  }
  return found != nullptr ? *found : strictest;
}

void FileMask::State::append_gap(std::string& out, const Piece& piece, TextForm form) const {
  const MaskPolicy rules = policy(piece.mark, form);
  if (rules.is_open()) {
    out += piece.text;
    return;
  }
  sql::Lexer lexer(piece.text, options.lex);
  while (const std::optional<sql::Token> token = lexer.next()) {
    const bool comment = token->kind == sql::TokenKind::kComment;
    out += comment ? mask_comment(token->text, rules, hidden(form)) : std::string(token->text);
  }
}

FileMask::FileMask(std::unique_ptr<State> state) : state_(std::move(state)) {}
FileMask::FileMask(FileMask&&) noexcept = default;
FileMask& FileMask::operator=(FileMask&&) noexcept = default;
FileMask::~FileMask() = default;

Result<FileMask> FileMask::create(std::string_view name,
                                  SharedText content,
                                  const FileMaskOptions& options) {
  auto state = std::make_unique<State>(State{
      .name = std::string(name), .file = std::move(content), .options = options, .strictest = {}});
  const std::string_view file = state->file;
  const Mark top = TRY(state->read_mark(sql::file_directive_arguments(file, "sensitive")));
  state->strictest = top;
  bool first = true;
  for (const Section& section : divide_sections(file)) {
    if (section.is_marker) {
      state->pieces.push_back({.text = section.text, .mark = {}, .is_statement = false});
      continue;
    }
    Mark own;
    if (!first) {
      own = TRY(state->read_mark(sql::file_directive_arguments(section.text, "sensitive")));
    }
    first = false;
    state->strictest.merge(own);
    TRY(state->read_section(section.text, combine(top, own)));
  }
  state->collect();
  return FileMask(std::move(state));
}

std::string FileMask::content(TextForm form) const {
  std::string out;
  for (const Piece& piece : state_->pieces) {
    if (!piece.is_statement) {
      state_->append_gap(out, piece, form);
      continue;
    }
    const MaskPolicy policy = state_->policy(piece.mark, form);
    out += mask_statement(piece.text, state_->options.lex, policy, &hidden(form)).text;
  }
  return out;
}

MaskedSql FileMask::statement(size_t number, std::string_view text, TextForm form) const {
  const MaskPolicy policy = state_->policy(state_->find_mark(number, text), form);
  return mask_statement(text, state_->options.lex, policy, &hidden(form));
}

std::string FileMask::statement_error(size_t number,
                                      std::string_view text,
                                      std::string_view error,
                                      TextForm form,
                                      const HiddenValues& secrets) const {
  const MaskPolicy policy = state_->policy(state_->find_mark(number, text), form);
  if (policy.is_open()) {
    return mask_text(error, secrets);
  }
  const MaskedSql masked = mask_statement(text, state_->options.lex, policy, &hidden(form));
  const QuotedStatement quoted{.text = text, .masked = &masked};
  return mask_text(mask_error(error, quoted, policy, hidden(form)), secrets);
}

const HiddenValues& FileMask::hidden(TextForm form) const {
  return state_->hidden(form);
}

MaskCounts FileMask::counts() const {
  return state_->counts;
}

}  // namespace rhumb::report
