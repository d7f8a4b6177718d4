// One pass over the bytes of a script. A table of 256 flags says which bytes can mean anything
// under the switches in force; runs of all others are skipped, quotes and comments are searched for
// their end. At a byte that can mean something the rules are tried in a fixed order, because a
// delimiter may look like a comment or a keyword.
#include <fmt/format.h>

#include "base/error.h"
#include "base/go_format.h"
#include "base/source.h"
#include "base/utf8.h"
#include "sql/directives.h"
#include "sql/psql_internal.h"
#include "sql/scan_internal.h"
#include "sql/scanner_internal.h"

namespace rhumb::sql::internal {

void Scanner::set_delimiter(std::string delimiter) {
  delimiter_ = std::move(delimiter);
  default_delimiter_ = delimiter_ == ";";
  means_something_.clear();
  means_something_.add("()'\"`-/");
  means_something_.add(delimiter_.substr(0, 1));
  if (delimiter_[0] == '\n') {
    means_something_.add("\r");
  }
  if (options_.dollar_quotes) {
    means_something_.add("$");
  }
  if (options_.hash_comments) {
    means_something_.add("#");
  }
  if (options_.go_command) {
    means_something_.add("\nGg");
  }
  if (options_.end_terminator && inside_ == BodyKind::kBegin) {
    means_something_.add("Dd");
  }
  if (default_delimiter_ && (options_.begin_end || options_.begin_atomic || options_.begin_try)) {
    means_something_.add("Bb");
  }
}

Outcome Scanner::fail(size_t at, ErrorCode code, std::string_view message) {
  const SourcePosition place = position_at(text_, at);
  error_ = Error(code, fmt::format("{}:{}: {}", place.line, place.column, message));
  cursor_ = text_.size();
  return finish(Outcome::kError);
}

Outcome Scanner::emit(size_t end, size_t next) {
  statement_ = {
      .begin = start_, .end = trim_end(text_, start_, end), .shift = 0, .ended_by_end = false};
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
    cursor_ = skip_white_space(text_, cursor_);
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
  if (matches_word(text_, start_, "delimiter") && text_.size() > start_ + 9 &&
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
  if (text_[start_] == '\\' && inside_ == BodyKind::kNone && is_meta_command(text_, start_)) {
    return read_meta_command();
  }
  if (lower(text_[start_]) != 'c') {
    return Start::kStatement;
  }
  const auto delimiter_at = [this](size_t at) {
    return !default_delimiter_ && delimiter_size_at(at) > 0;
  };
  const CopyScan copy = scan_copy(text_, start_, options_, delimiter_at);
  switch (copy.kind) {
    case CopyKind::kNone:
      return Start::kStatement;
    case CopyKind::kData:
      if (default_delimiter_) {
        emit(copy.at, copy.at);
      } else {
        scan_rest(copy.at);
      }
      break;
    case CopyKind::kTextBehind:
      fail(copy.at, ErrorCode::kInvalid, R"(text after "COPY ... FROM STDIN;" on the same line)");
      break;
    case CopyKind::kNoEnd:
      fail(start_, ErrorCode::kUnterminated, R"(no line "\." ends the data of COPY)");
      break;
  }
  return Start::kDone;
}

Scanner::Start Scanner::read_delimiter_command() {
  const size_t next = end_of_line(text_, start_);
  size_t begin = skip_white_space(text_, start_ + 9);
  begin = begin < next ? begin : next;
  const size_t end = trim_end(text_, begin, next);
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
  const std::string_view name = meta_command_name(text_, start_);
  if (name == "\\restrict" || name == "\\unrestrict") {
    comments_.clear();
    cursor_ = end_of_line(text_, start_);
    return Start::kAgain;
  }
  fail(start_, ErrorCode::kInvalid, fmt::format("meta-command \"{}\" of psql is not SQL", name));
  return Start::kDone;
}

/// The comment at `at`; remembers where the last one that has an end may start.
Comment Scanner::read_comment_at(size_t at) {
  const bool block = text_.substr(at, 2) == "/*";
  if (block && at >= shared_.comment_end_before) {
    return {};
  }
  const Comment comment = comment_at(text_, at, options_);
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
    const size_t rest_of_line = line_end_at(text_, at);
    if (rest_of_line == 0) {
      return false;
    }
    at += rest_of_line;
  }
  return line_end_at(text_, at) > 0;
}

Outcome Scanner::scan_rest(size_t at) {
  for (;;) {
    at = means_something_.find(text_, at);
    if (at >= text_.size()) {
      if (depth_ > 0) {
        return fail(opening_, ErrorCode::kUnterminated, "unclosed '('");
      }
      return emit_rest(text_.size());
    }
    if (read_byte(at)) {
      return outcome_;
    }
  }
}

bool Scanner::read_byte(size_t& at) {
  switch (text_[at]) {
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
      return (options_.go_command && read_go(at)) || (depth_ == 0 && end_at_delimiter(at)) ||
             read_word_or_mark(at);
  }
}

bool Scanner::end_at_delimiter(size_t at) {
  const size_t size = delimiter_size_at(at);
  if (size == 0) {
    return false;
  }
  const bool keeps = default_delimiter_ && !options_.trim_semicolon;
  emit(keeps ? at + size : at, at + size);
  return true;
}

/// A byte that is neither parenthesis nor quote and does not end the statement as a delimiter.
bool Scanner::read_word_or_mark(size_t& at) {
  switch (text_[at]) {
    case '$':
      if (const size_t tag = options_.dollar_quotes ? dollar_tag_at(text_, at) : 0) {
        at = end_of_dollar_quote(text_, at, tag);
        return false;
      }
      break;
    case '-':
    case '/':
    case '#':
      if (const Comment comment = read_comment_at(at); comment.kind != CommentKind::kNone) {
        at = comment.end;
        return false;
      }
      break;
    case 'b':
    case 'B':
      return read_body(at);
    case 'd':
    case 'D':
      if (is_end_terminator(at)) {
        emit(at + 1, at + 1);
        statement_.ended_by_end = true;
        return true;
      }
      break;
    default:
      break;
  }
  ++at;
  return false;
}

bool Scanner::read_quote(size_t& at) {
  const size_t end = end_of_quote(text_, at, options_);
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
  if ((go == at && !line_start) || !matches_word(text_, go, "go") ||
      (go + 2 < text_.size() && white_space_at(text_, go + 2) == 0)) {
    return false;
  }
  const size_t next = end_of_line(text_, go);
  const std::string_view rest = text_.substr(go + 2, next - go - 2);
  const size_t begin = skip_white_space(rest, 0);
  const size_t end = trim_end(rest, begin, rest.size());
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

/// The delimiter's size in the script at `at`, 0 when it is not there. A line feed in it that no CR
/// precedes stands for both line ends.
size_t Scanner::delimiter_size_at(size_t at) const {
  if (default_delimiter_) {
    return at < text_.size() && text_[at] == ';' ? 1 : 0;
  }
  size_t end = at;
  for (size_t i = 0; i < delimiter_.size(); ++i) {
    const bool either = delimiter_[i] == '\n' && (i == 0 || delimiter_[i - 1] != '\r');
    const size_t size = either ? line_end_at(text_, end)
                        : end < text_.size() && text_[end] == delimiter_[i] ? 1
                                                                            : 0;
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

}  // namespace rhumb::sql::internal
