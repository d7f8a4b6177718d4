// One pass over the bytes of a script. A table of 256 flags says which bytes can mean anything
// under the switches in force; runs of all others are skipped, quotes and comments are searched for
// their end. At a byte that can mean something the rules are tried in a fixed order, because a
// delimiter may look like a comment or a keyword.
//
// Bodies (`BEGIN ... END`) are found by a second scanner that starts behind BEGIN and reads
// statements until one is the END. Most BEGINs that are none (a column of that name) make it run to
// the end of the script in vain, again and again, and in nests exponentially often. So the places
// from which no END was found are remembered, thinly: a later attempt stops at the first of them.
#include "sql/statement_splitter.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/go_format.h"
#include "base/source.h"
#include "base/utf8.h"
#include "sql/directives.h"
#include "sql/psql_internal.h"
#include "sql/scan_internal.h"
#include "sql/stored_program_internal.h"

namespace rhumb::sql {
namespace {

using internal::Comment;
using internal::CommentKind;
using internal::kNowhere;

constexpr size_t kBodyDepthMax = 200;           // nested bodies; deeper ones are not bodies
constexpr size_t kHopelessStep = 4096;          // bytes between remembered places
// Bytes that may be read in vain for bodies and stored programs: far more than any script that
// means something needs, and an end to the quadratic ones that do not. Then neither is looked for.
constexpr size_t kVainBytesMin = size_t{64} << 20;
constexpr size_t kVainBytesPerByte = 16;

enum class BodyKind { kNone, kBegin, kAtomic, kTry };
constexpr size_t kBodyKinds = 4;

/// What the scanners of one script share.
struct Shared {
  std::string_view text;
  SplitOptions options;
  /// Per kind of body: places from which no end of it is found.
  std::array<std::unordered_set<size_t>, kBodyKinds> hopeless;
  size_t depth = 0;
  size_t vain_bytes_left = 0;
  size_t comment_end_before = kNowhere;  ///< no block comment that starts from here on has an end

  void spend(size_t bytes) { vain_bytes_left -= std::min(vain_bytes_left, bytes); }
};

enum class Outcome { kStatement, kEnd, kError };

/// A statement as found: [begin, end) is its text, scanning goes on at the scanner's cursor.
struct Scanned {
  size_t begin = 0;
  size_t end = 0;
  size_t shift = 0;          ///< bytes of the GO line behind it
  bool ended_by_end = false; ///< by the END of a body without `;`
};

class Scanner {
 public:
  Scanner(Shared& shared, size_t at, BodyKind inside)
      : shared_(shared),
        text_(shared.text),
        options_(shared.options),
        cursor_(at),
        inside_(inside) {
    set_delimiter(";");
  }

  void set_delimiter(std::string delimiter);
  [[nodiscard]] bool has_default_delimiter() const { return default_delimiter_; }
  [[nodiscard]] const std::string& delimiter() const { return delimiter_; }
  [[nodiscard]] size_t cursor() const { return cursor_; }

  /// Reads one statement into `statement()`, its comments into `comments()`.
  Outcome scan();
  [[nodiscard]] const Scanned& statement() const { return statement_; }
  [[nodiscard]] std::vector<std::string_view>& comments() { return comments_; }
  [[nodiscard]] const Error& error() const { return *error_; }

 private:
  enum class Start { kStatement, kAgain, kDone };

  Outcome fail(size_t at, ErrorCode code, std::string_view message);
  Outcome emit(size_t end, size_t next);
  Outcome emit_rest(size_t at);
  Outcome finish(Outcome outcome) {
    outcome_ = outcome;
    return outcome;
  }

  Start read_start();
  Start read_psql();
  Start read_delimiter_command();
  Start read_meta_command();
  Start read_program();
  [[nodiscard]] Comment read_comment_at(size_t at);
  void read_comment(const Comment& comment);
  [[nodiscard]] bool starts_comment_group_gap(CommentKind kind) const;

  Outcome scan_rest(size_t at);
  /// Handles the byte at `at`; true when the statement is over (see outcome_), else `at` moves on.
  bool read_byte(size_t& at);
  [[nodiscard]] bool is_end_terminator(size_t at) const;
  bool read_quote(size_t& at);
  bool read_go(size_t at);
  bool read_body(size_t& at);
  bool try_body(size_t body, BodyKind kind);
  [[nodiscard]] size_t delimiter_size_at(size_t at) const;
  [[nodiscard]] bool is_inside_rune(size_t at) const;
  [[nodiscard]] size_t find_body_end(size_t at, BodyKind kind);
  [[nodiscard]] size_t body_end_in(const Scanner& inner, BodyKind kind) const;

  Shared& shared_;
  std::string_view text_;
  const SplitOptions& options_;
  size_t cursor_;
  BodyKind inside_;
  std::string delimiter_;
  bool default_delimiter_ = true;
  std::array<bool, 256> means_something_{};
  std::vector<std::string_view> comments_;

  Scanned statement_;
  std::optional<Error> error_;
  Outcome outcome_ = Outcome::kEnd;
  size_t start_ = 0;    ///< of the statement being read
  size_t depth_ = 0;    ///< of parentheses
  size_t opening_ = 0;  ///< the outermost open one
};

void Scanner::set_delimiter(std::string delimiter) {
  delimiter_ = std::move(delimiter);
  default_delimiter_ = delimiter_ == ";";
  means_something_.fill(false);
  const auto mark = [this](std::string_view bytes) {
    for (const char c : bytes) {
      means_something_[static_cast<unsigned char>(c)] = true;
    }
  };
  mark("()'\"`-/");
  mark(delimiter_.substr(0, 1));
  if (delimiter_[0] == '\n') {
    mark("\r");
  }
  if (options_.dollar_quotes) {
    mark("$");
  }
  if (options_.hash_comments) {
    mark("#");
  }
  if (options_.go_command) {
    mark("\nGg");
  }
  if (options_.end_terminator && inside_ == BodyKind::kBegin) {
    mark("Dd");
  }
  if (default_delimiter_ && (options_.begin_end || options_.begin_atomic || options_.begin_try)) {
    mark("Bb");
  }
}

Outcome Scanner::fail(size_t at, ErrorCode code, std::string_view message) {
  const SourcePosition place = position_at(text_, at);
  error_ = Error(code, fmt::format("{}:{}: {}", place.line, place.column, message));
  cursor_ = text_.size();
  return finish(Outcome::kError);
}

Outcome Scanner::emit(size_t end, size_t next) {
  statement_ = {.begin = start_,
                .end = internal::trim_end(text_, start_, end),
                .shift = 0,
                .ended_by_end = false};
  cursor_ = next;
  return finish(Outcome::kStatement);
}

/// Emits what lies before `at`; the delimiter at its end, if it is not `;`, is not part of it.
Outcome Scanner::emit_rest(size_t at) {
  const std::string_view raw = text_.substr(start_, at - start_);
  const bool trims = !default_delimiter_ || options_.trim_semicolon;
  const size_t cut = trims && raw.ends_with(delimiter_) ? delimiter_.size() : 0;
  return emit(at - cut, at);
}

Outcome Scanner::scan() {
  for (;;) {
    cursor_ = internal::skip_white_space(text_, cursor_);
    start_ = cursor_;
    depth_ = 0;
    if (cursor_ >= text_.size()) {
      return finish(Outcome::kEnd);
    }
    switch (read_start()) {
      case Start::kAgain:
        continue;
      case Start::kDone:
        return outcome_;
      case Start::kStatement:
        return scan_rest(start_);
    }
  }
}

/// Tries what can stand only where a statement begins.
Scanner::Start Scanner::read_start() {
  if (internal::matches_word(text_, start_, "delimiter") && text_.size() > start_ + 9 &&
      text_[start_ + 9] == ' ') {
    return read_delimiter_command();
  }
  if (delimiter_size_at(start_) > 0) {
    return Start::kStatement;
  }
  const Comment comment = read_comment_at(start_);
  if (comment.kind == CommentKind::kLine || comment.kind == CommentKind::kBlock) {
    read_comment(comment);
    return Start::kAgain;
  }
  if (options_.psql_input) {
    const Start start = read_psql();
    if (start != Start::kStatement) {
      return start;
    }
  }
  if (inside_ == BodyKind::kNone && default_delimiter_ && options_.begin_end) {
    return read_program();
  }
  return Start::kStatement;
}

/// What psql alone reads: meta-commands and the data of COPY.
Scanner::Start Scanner::read_psql() {
  if (text_[start_] == '\\' && inside_ == BodyKind::kNone &&
      internal::is_meta_command(text_, start_)) {
    return read_meta_command();
  }
  if (internal::lower(text_[start_]) != 'c') {
    return Start::kStatement;
  }
  const auto delimiter_at = [this](size_t at) {
    return !default_delimiter_ && delimiter_size_at(at) > 0;
  };
  const internal::CopyScan copy = internal::scan_copy(text_, start_, options_, delimiter_at);
  switch (copy.kind) {
    case internal::CopyKind::kNone:
      return Start::kStatement;
    case internal::CopyKind::kData:
      if (default_delimiter_) {
        emit(copy.at, copy.at);
      } else {
        scan_rest(copy.at);
      }
      break;
    case internal::CopyKind::kTextBehind:
      fail(copy.at,
           ErrorCode::kInvalid,
           R"(text after "COPY ... FROM STDIN;" on the same line)");
      break;
    case internal::CopyKind::kNoEnd:
      fail(start_, ErrorCode::kUnterminated, R"(no line "\." ends the data of COPY)");
      break;
  }
  return Start::kDone;
}

Scanner::Start Scanner::read_delimiter_command() {
  const size_t next = internal::end_of_line(text_, start_);
  size_t begin = internal::skip_white_space(text_, start_ + 9);
  begin = begin < next ? begin : next;
  const size_t end = internal::trim_end(text_, begin, next);
  std::string argument(text_.substr(begin, end - begin));
  if (argument.size() >= 2 && argument.front() == '\'' && argument.back() == '\'') {
    std::string plain;
    for (size_t i = 1; i + 1 < argument.size(); ++i) {
      plain += argument[i];
      i += argument[i] == '\'' && argument[i + 1] == '\'' && i + 2 < argument.size() ? 1 : 0;
    }
    argument = plain;
  }
  comments_.clear();
  Result<std::string> delimiter = parse_delimiter(argument);
  if (!delimiter) {
    error_ = delimiter.error();
    finish(Outcome::kError);
    return Start::kDone;
  }
  set_delimiter(std::move(delimiter).value());
  cursor_ = next;
  return Start::kAgain;
}

Scanner::Start Scanner::read_meta_command() {
  const std::string_view name = internal::meta_command_name(text_, start_);
  if (name == "\\restrict" || name == "\\unrestrict") {
    comments_.clear();
    cursor_ = internal::end_of_line(text_, start_);
    return Start::kAgain;
  }
  fail(start_, ErrorCode::kInvalid, fmt::format("meta-command \"{}\" of psql is not SQL", name));
  return Start::kDone;
}

/// Transactions, then stored programs: statements whose end more than a delimiter decides.
Scanner::Start Scanner::read_program() {
  const char first = internal::lower(text_[start_]);
  if (first == 'b') {
    const size_t end = internal::end_of_transaction_statement(text_, start_, options_);
    if (end != kNowhere) {
      emit_rest(end);
      return Start::kDone;
    }
  }
  const bool may_be = options_.trigger_bodies && (first == 'c' || first == 'a' || first == 'b');
  if (!may_be || shared_.vain_bytes_left == 0) {
    return Start::kStatement;
  }
  const internal::ProgramEnd program = internal::end_of_stored_program(text_, start_, options_);
  if (program.end != kNowhere) {
    emit_rest(program.end);
    return Start::kDone;
  }
  shared_.spend(program.examined);
  return Start::kStatement;
}

/// The comment at `at`; remembers where the last one that has an end may start.
Comment Scanner::read_comment_at(size_t at) {
  const bool block = text_.substr(at, 2) == "/*";
  if (block && at >= shared_.comment_end_before) {
    return {};
  }
  const Comment comment = internal::comment_at(text_, at, options_);
  if (block && comment.kind == CommentKind::kNone && text_.find("*/", at + 2) == kNowhere) {
    shared_.comment_end_before = at;
  }
  return comment;
}

void Scanner::read_comment(const Comment& comment) {
  comments_.push_back(text_.substr(start_, comment.end - start_));
  cursor_ = comment.end;
  if (starts_comment_group_gap(comment.kind)) {
    comments_.clear();
  }
}

/// Whether an empty line follows the comment that ends at the cursor.
bool Scanner::starts_comment_group_gap(CommentKind kind) const {
  size_t at = cursor_;
  if (kind == CommentKind::kBlock) {
    const size_t rest_of_line = internal::line_end_at(text_, at);
    if (rest_of_line == 0) {
      return false;
    }
    at += rest_of_line;
  }
  return internal::line_end_at(text_, at) > 0;
}

Outcome Scanner::scan_rest(size_t at) {
  const char* bytes = text_.data();
  const size_t size = text_.size();
  for (;;) {
    while (at < size && !means_something_[static_cast<unsigned char>(bytes[at])]) {
      ++at;
    }
    if (at >= size) {
      if (depth_ > 0) {
        return fail(opening_, ErrorCode::kUnterminated, "unclosed '('");
      }
      return emit_rest(size);
    }
    if (read_byte(at)) {
      return outcome_;
    }
  }
}

bool Scanner::read_byte(size_t& at) {
  const char c = text_[at];
  switch (c) {
    case '(':
      if (depth_++ == 0) {
        opening_ = at;
      }
      ++at;
      return false;
    case ')':
      if (depth_ == 0) {
        fail(at, ErrorCode::kInvalid, "unexpected ')'");
        return true;
      }
      --depth_;
      ++at;
      return false;
    case '\'':
    case '"':
    case '`':
      return read_quote(at);
    default:
      break;
  }
  if (options_.go_command && read_go(at)) {
    return true;
  }
  if (depth_ == 0) {
    if (const size_t size = delimiter_size_at(at)) {
      const bool keeps = default_delimiter_ && !options_.trim_semicolon;
      emit(keeps ? at + size : at, at + size);
      return true;
    }
  }
  if (c == '$' && options_.dollar_quotes) {
    const size_t tag = internal::dollar_tag_at(text_, at);
    at = tag == 0 ? at + 1 : internal::end_of_dollar_quote(text_, at, tag);
    return false;
  }
  if (c == '-' || c == '/' || c == '#') {
    const Comment comment = read_comment_at(at);
    at = comment.kind == CommentKind::kNone ? at + 1 : comment.end;
    return false;
  }
  if (c == 'b' || c == 'B') {
    return read_body(at);
  }
  if ((c == 'd' || c == 'D') && is_end_terminator(at)) {
    emit(at + 1, at + 1);
    statement_.ended_by_end = true;
    return true;
  }
  ++at;
  return false;
}

/// Whether the `d` at `at` is the last letter of an END that ends a body without a delimiter.
bool Scanner::is_end_terminator(size_t at) const {
  if (!options_.end_terminator || inside_ != BodyKind::kBegin || at < start_ + 2 ||
      !internal::is_whole_word(text_, at - 2, "end") || delimiter_size_at(at + 1) > 0) {
    return false;
  }
  const size_t behind = internal::skip_blanks(text_, at + 1);
  return !options_.begin_try || (!internal::is_whole_word(text_, behind, "try") &&
                                 !internal::is_whole_word(text_, behind, "catch"));
}

bool Scanner::read_quote(size_t& at) {
  const size_t end = internal::end_of_quote(text_, at, options_);
  if (end != kNowhere) {
    at = end;
    return false;
  }
  const std::string_view shown = text_[at] == '\'' ? "\\'" : text_.substr(at, 1);
  fail(at, ErrorCode::kUnterminated, fmt::format("unclosed quote '{}'", shown));
  return true;
}

/// Ends the statement at a line of GO; the count behind it has no meaning here.
bool Scanner::read_go(size_t at) {
  const bool line_start = at == 0 || text_[at - 1] == '\n';
  const size_t go = text_[at] == '\n' ? at + 1 : at;
  if ((go == at && !line_start) || !internal::matches_word(text_, go, "go") ||
      (go + 2 < text_.size() && internal::white_space_at(text_, go + 2) == 0)) {
    return false;
  }
  const size_t next = internal::end_of_line(text_, go);
  const std::string_view rest = text_.substr(go + 2, next - go - 2);
  const size_t begin = internal::skip_white_space(rest, 0);
  const size_t end = internal::trim_end(rest, begin, rest.size());
  const std::string_view count = rest.substr(begin, end - begin);
  if (count.find_first_not_of("0123456789") != std::string_view::npos) {
    error_ = invalid(fmt::format(
        "sql/migrate: invalid GO command, expect digits got {}: strconv.Atoi: parsing {}: invalid "
        "syntax",
        go_quote(rest), go_quote(count)));
    finish(Outcome::kError);
    return true;
  }
  emit(at, next);
  statement_.shift = next - go;
  return true;
}

/// At a `b`: the bodies of BEGIN ATOMIC, BEGIN TRY and BEGIN; otherwise one byte is passed.
bool Scanner::read_body(size_t& at) {
  if (!default_delimiter_ || !internal::matches_word(text_, at, "begin")) {
    ++at;
    return false;
  }
  const size_t word = at + 5;
  const size_t behind = internal::skip_blanks(text_, word);
  if (behind == word) {
    ++at;
    return false;
  }
  struct Second {
    bool on;
    std::string_view word;
    BodyKind kind;
  };
  const Second seconds[] = {{options_.begin_atomic, "atomic", BodyKind::kAtomic},
                            {options_.begin_try, "try", BodyKind::kTry}};
  for (const Second& second : seconds) {
    const size_t end = behind + second.word.size();
    if (second.on && internal::matches_word(text_, behind, second.word) &&
        internal::skip_blanks(text_, end) > end) {
      at = internal::skip_blanks(text_, end);
      return try_body(at, second.kind);
    }
  }
  const bool is_catch = options_.begin_try && internal::is_whole_word(text_, behind, "catch");
  const bool stands_alone = at == start_ || internal::white_space_before(text_, at);
  if (options_.begin_end && !is_catch && stands_alone) {
    at = behind;
    return try_body(at, BodyKind::kBegin);
  }
  ++at;
  return false;
}

bool Scanner::try_body(size_t body, BodyKind kind) {
  const size_t end = find_body_end(body, kind);
  if (end == kNowhere) {
    return false;
  }
  emit_rest(end);
  return true;
}

/// The delimiter's size in the script at `at`, 0 when it is not there. A line feed in it that no CR
/// precedes stands for both line ends.
size_t Scanner::delimiter_size_at(size_t at) const {
  if (default_delimiter_) {
    return at < text_.size() && text_[at] == ';' ? 1 : 0;
  }
  size_t end = at;
  for (size_t i = 0; i < delimiter_.size(); ++i) {
    const bool either = delimiter_[i] == '\n' && (i == 0 || delimiter_[i - 1] != '\r');
    const size_t size = either ? internal::line_end_at(text_, end)
                               : end < text_.size() && text_[end] == delimiter_[i] ? 1 : 0;
    if (size == 0) {
      return 0;
    }
    end += size;
  }
  return is_inside_rune(at) ? 0 : end - at;
}

/// Whether a character that is valid UTF-8 began before `at` and goes on there.
bool Scanner::is_inside_rune(size_t at) const {
  if ((static_cast<unsigned char>(text_[at]) & 0xC0) != 0x80) {
    return false;
  }
  for (size_t back = 1; back <= 3 && back <= at; ++back) {
    const DecodedRune rune = decode_rune(text_.substr(at - back));
    if (rune.valid && rune.size > back) {
      return true;
    }
  }
  return false;
}

size_t Scanner::find_body_end(size_t at, BodyKind kind) {
  std::unordered_set<size_t>& hopeless = shared_.hopeless[static_cast<size_t>(kind)];
  if (hopeless.contains(at) || shared_.depth >= kBodyDepthMax || shared_.vain_bytes_left == 0) {
    return kNowhere;
  }
  ++shared_.depth;
  Scanner inner(shared_, at, kind);
  std::vector<size_t> passed = {at};
  size_t end = kNowhere;
  while (end == kNowhere && inner.scan() == Outcome::kStatement) {
    end = body_end_in(inner, kind);
    if (end == kNowhere && inner.has_default_delimiter()) {
      if (hopeless.contains(inner.cursor())) {
        break;
      }
      if (inner.cursor() - passed.back() >= kHopelessStep) {
        passed.push_back(inner.cursor());
      }
    }
    inner.comments().clear();
  }
  --shared_.depth;
  if (end == kNowhere) {
    hopeless.insert(passed.begin(), passed.end());
    shared_.spend(inner.cursor() - at);
  }
  return end;
}

/// Where the body ends if the statement `inner` has just read is its last, else kNowhere.
size_t Scanner::body_end_in(const Scanner& inner, BodyKind kind) const {
  const Scanned& last = inner.statement();
  if (last.ended_by_end) {
    return inner.cursor();
  }
  if (!internal::matches_word(text_, last.begin, "end") || last.end < last.begin + 3) {
    return kNowhere;
  }
  const size_t rest = internal::skip_blanks(text_, last.begin + 3);
  if (kind == BodyKind::kAtomic) {
    return inner.cursor();
  }
  if (kind == BodyKind::kBegin) {
    const bool ends =
        rest >= last.end || text_.substr(rest, last.end - rest) == inner.delimiter();
    return ends ? inner.cursor() : kNowhere;
  }
  const bool has_catch = rest > last.begin + 3 && internal::matches_word(text_, rest, "catch");
  if (!has_catch) {
    return kNowhere;
  }
  const size_t semicolon = internal::skip_blanks(text_, rest + 5);
  return semicolon < text_.size() && text_[semicolon] == ';' ? semicolon + 1 : rest + 5;
}

}  // namespace

struct StatementScanner::State {
  Shared shared;
  size_t origin = 0;  ///< positions count from here
  std::optional<Scanner> scanner;
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
  state->scanner.emplace(state->shared, begin, BodyKind::kNone);
  state->scanner->set_delimiter(std::move(delimiter));
  return StatementScanner(std::move(state));
}

Result<std::optional<Statement>> StatementScanner::next() {
  if (state_->over) {
    return std::optional<Statement>();
  }
  Scanner& scanner = *state_->scanner;
  const Outcome outcome = scanner.scan();
  if (outcome != Outcome::kStatement) {
    state_->over = true;
    if (outcome == Outcome::kError) {
      return scanner.error();
    }
    return std::optional<Statement>();
  }
  const Scanned& found = scanner.statement();
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
