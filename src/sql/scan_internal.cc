#include "sql/scan_internal.h"

#include "base/utf8.h"

namespace rhumb::sql::internal {
namespace {

// Versions that executable comments name: five digits for MySQL, six for MariaDB since 10.0. The
// oldest ones here are those of the oldest servers in use.
constexpr size_t kVersionDigitsMin = 5;
constexpr size_t kVersionDigitsMax = 6;
constexpr unsigned kMysqlOldest = 50700;
constexpr unsigned kMariadbFirst = 100000;
constexpr unsigned kMariadbOldest = 100200;

bool is_white_space(char32_t rune) {
  switch (rune) {
    case 0x85:
    case 0xA0:
    case 0x1680:
    case 0x2028:
    case 0x2029:
    case 0x202F:
    case 0x205F:
    case 0x3000:
      return true;
    default:
      return (rune >= 0x09 && rune <= 0x0D) || rune == ' ' || (rune >= 0x2000 && rune <= 0x200A);
  }
}

bool is_ascii(char c) {
  return (static_cast<unsigned char>(c) & 0x80) == 0;
}
/// Whether a character of one byte that is no white space begins or ends with `c`.
bool is_visible(char c) {
  return c > ' ';
}

/// The bytes of the character that ends before `at`; 1 when it is not valid UTF-8.
size_t rune_before(std::string_view text, size_t at) {
  for (size_t size = 1; size <= 4 && size <= at; ++size) {
    const DecodedRune rune = decode_rune(text.substr(at - size));
    if (rune.valid && rune.size == size) {
      return size;
    }
  }
  return 1;
}

/// How a tag may start or go on: ASCII letters, `_`, U+00C8 to U+00FF, and digits behind the first.
size_t tag_character_at(std::string_view text, size_t at, bool first) {
  const char c = text[at];
  if (is_ascii(c)) {
    const char small = lower(c);
    const bool letter = (small >= 'a' && small <= 'z') || c == '_';
    return letter || (!first && is_digit(c)) ? 1 : 0;
  }
  const DecodedRune rune = decode_rune(text.substr(at));
  return rune.valid && rune.rune >= 0xC8 && rune.rune <= 0xFF ? rune.size : 0;
}

/// The end of an executable comment as the server finds it: quotes, `-- `, `#` and inner comments
/// hide the closing mark.
size_t server_end_of_comment(std::string_view text, size_t at) {
  while (at < text.size()) {
    const char c = text[at];
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    if (c == '*' && next == '/') {
      return at + 2;
    }
    if (c == '\'' || c == '"' || c == '`') {
      at = end_of_quote(text, at, c != '`');
    } else if (c == '#' || (c == '-' && next == '-' && at + 2 < text.size() &&
                            static_cast<unsigned char>(text[at + 2]) <= ' ')) {
      at = end_of_line(text, at);
    } else if (const size_t mark = joining_mark_at(text, at)) {
      at += mark;
    } else if (c == '/' && next == '*') {
      const size_t inner = text.find("*/", at + 2);
      at = inner == kNowhere ? kNowhere : inner + 2;
    } else {
      ++at;
    }
  }
  return kNowhere;
}

size_t end_of_nested_comment(std::string_view text, size_t at) {
  size_t depth = 0;
  for (;;) {
    at = text.find_first_of("*/", at);
    if (at == kNowhere || at + 1 >= text.size()) {
      return kNowhere;
    }
    if (text[at] == '/' && text[at + 1] == '*') {
      ++depth;
      at += 2;
    } else if (text[at] == '*' && text[at + 1] == '/') {
      at += 2;
      if (--depth == 0) {
        return at;
      }
    } else {
      ++at;
    }
  }
}

Comment block_comment_at(std::string_view text, size_t at, const SplitOptions& options) {
  CommentKind kind = CommentKind::kBlock;
  size_t end = kNowhere;
  if (options.executable_comments && is_executable(text, at)) {
    kind = CommentKind::kText;
    end = server_end_of_comment(text, at + 3);
  } else if (options.hints && at + 2 < text.size() && text[at + 2] == '+') {
    kind = CommentKind::kText;
  } else if (options.nested_comments) {
    end = end_of_nested_comment(text, at);
    return end == kNowhere ? Comment{} : Comment{.kind = kind, .end = end};
  }
  if (end == kNowhere) {
    const size_t close = text.find("*/", at + 2);
    if (close == kNowhere) {
      return {};
    }
    end = close + 2;
  }
  return {.kind = kind, .end = end};
}

}  // namespace

size_t white_space_at(std::string_view text, size_t at) {
  if (at >= text.size()) {
    return 0;
  }
  if (is_ascii(text[at])) {
    return is_white_space(static_cast<unsigned char>(text[at])) ? 1 : 0;
  }
  const DecodedRune rune = decode_rune(text.substr(at));
  return rune.valid && is_white_space(rune.rune) ? rune.size : 0;
}

size_t skip_white_space(std::string_view text, size_t at) {
  at = skip_blanks(text, at);
  if (at < text.size() && is_visible(text[at])) {
    return at;
  }
  while (const size_t size = white_space_at(text, at)) {
    at += size;
  }
  return at;
}

bool white_space_before(std::string_view text, size_t at) {
  if (at == 0) {
    return false;
  }
  const size_t size = rune_before(text, at);
  return white_space_at(text, at - size) == size;
}

size_t trim_end(std::string_view text, size_t begin, size_t end) {
  if (end > begin && is_visible(text[end - 1])) {
    return end;
  }
  const std::string_view head = text.substr(0, end);
  while (end > begin && white_space_before(head, end)) {
    end -= rune_before(head, end);
  }
  return end;
}

bool is_whole_word(std::string_view text, size_t at, std::string_view word) {
  return matches_word(text, at, word) &&
         (at + word.size() == text.size() || !is_word(text[at + word.size()]));
}

size_t end_of_quote(std::string_view text, size_t at, bool backslash) {
  const size_t begin = at + 1;
  size_t close = text.find(text[at], begin);
  while (close != kNowhere && backslash) {
    // Looking back over the backslashes keeps the search for the quote one memchr.
    size_t run = close;
    while (run > begin && text[run - 1] == '\\') {
      --run;
    }
    if ((close - run) % 2 == 0) {
      break;
    }
    close = text.find(text[at], close + 1);
  }
  return close == kNowhere ? kNowhere : close + 1;
}

size_t continued_string_at(std::string_view text, size_t at) {
  bool new_line = false;
  while (at < text.size()) {
    if (text.substr(at, 2) == "--") {
      at = text.find_first_of("\r\n", at);
    } else if (is_blank(text[at])) {
      new_line = new_line || text[at] == '\n' || text[at] == '\r';
      ++at;
    } else {
      return new_line && text[at] == '\'' ? at : kNowhere;
    }
  }
  return kNowhere;
}

bool is_escape_string(std::string_view text, size_t at) {
  return text[at] == '\'' && at > 0 && lower(text[at - 1]) == 'e' &&
         (at == 1 || !is_word(text[at - 2]));
}

size_t end_of_quote(std::string_view text, size_t at, const SplitOptions& options) {
  const bool backslash =
      options.backslash_escapes || (options.escape_strings && is_escape_string(text, at));
  return end_of_quote(text, at, backslash);
}

size_t dollar_tag_at(std::string_view text, size_t at) {
  size_t end = at + 1;
  while (end < text.size() && text[end] != '$') {
    const size_t size = tag_character_at(text, end, end == at + 1);
    if (size == 0) {
      return 0;
    }
    end += size;
  }
  return end < text.size() ? end + 1 - at : 0;
}

size_t end_of_dollar_quote(std::string_view text, size_t at, size_t tag_size) {
  const size_t close = text.find(text.substr(at, tag_size), at + tag_size);
  return close == kNowhere ? text.size() : close + tag_size;
}

size_t end_of_line(std::string_view text, size_t at) {
  const size_t feed = text.find('\n', at);
  return feed == kNowhere ? text.size() : feed + 1;
}

size_t line_end_at(std::string_view text, size_t at) {
  if (at < text.size() && text[at] == '\n') {
    return 1;
  }
  return text.substr(at < text.size() ? at : text.size()).starts_with("\r\n") ? 2 : 0;
}

Comment comment_at(std::string_view text, size_t at, const SplitOptions& options) {
  const char c = text[at];
  const char next = at + 1 < text.size() ? text[at + 1] : '\0';
  if ((c == '-' && next == '-') || (c == '#' && options.hash_comments)) {
    return {.kind = CommentKind::kLine, .end = end_of_line(text, at)};
  }
  return c == '/' && next == '*' ? block_comment_at(text, at, options) : Comment{};
}

bool is_executable(std::string_view text, size_t at) {
  const std::string_view head = text.substr(at, 14);
  if (head.starts_with("/*M!")) {
    return !head.starts_with("/*M!999999\\-");
  }
  return head.starts_with("/*!");
}

size_t joining_mark_at(std::string_view text, size_t at) {
  if (!is_executable(text, at)) {
    return 0;
  }
  const size_t bare = text[at + 2] == 'M' ? 4 : 3;
  size_t digits = 0;
  unsigned version = 0;
  for (size_t i = at + bare; digits < kVersionDigitsMax && i < text.size() && is_digit(text[i]);
       ++i, ++digits) {
    version = version * 10 + static_cast<unsigned>(text[i] - '0');
  }
  if (digits < kVersionDigitsMin) {
    return bare;
  }
  const bool everywhere =
      version < kMysqlOldest || (version >= kMariadbFirst && version <= kMariadbOldest);
  return everywhere ? bare + digits : 0;
}

size_t skip_gap(std::string_view text, size_t at, const SplitOptions& options) {
  for (;;) {
    at = skip_white_space(text, at);
    if (at >= text.size()) {
      return text.size();
    }
    if (text[at] != '-' && text[at] != '/' && text[at] != '#') {
      return at;
    }
    const Comment comment = comment_at(text, at, options);
    if (comment.kind == CommentKind::kNone) {
      return at;
    }
    at = comment.end;
  }
}

}  // namespace rhumb::sql::internal
