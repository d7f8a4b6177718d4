#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "sql/dialect.h"

/// What the splitter, the token stream and their helpers share: where quotes, comments and words
/// end. All offsets are bytes into `text`; kNowhere means there is no end.
namespace rhumb::sql::internal {

inline constexpr size_t kNowhere = std::string_view::npos;

/// TAB, LF, FF, CR, SPACE: the blanks between keywords.
[[nodiscard]] inline bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}
[[nodiscard]] inline char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}
[[nodiscard]] inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
/// Per byte whether it is a letter, a digit, `_`, `$` or outside ASCII.
inline constexpr std::array<bool, 256> kWordBytes = [] {
  std::array<bool, 256> table{};
  for (size_t byte = 0; byte < table.size(); ++byte) {
    const bool digit = byte >= '0' && byte <= '9';
    const bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
    table[byte] = digit || letter || byte == '_' || byte == '$' || byte >= 0x80;
  }
  return table;
}();
[[nodiscard]] inline bool is_word(char c) {
  return kWordBytes[static_cast<unsigned char>(c)];
}

/// A set of bytes to stop at; find() skips runs of all others.
class StopBytes {
 public:
  constexpr StopBytes() = default;
  constexpr explicit StopBytes(std::string_view bytes) { add(bytes); }

  constexpr void clear() { stops_.fill(false); }
  constexpr void add(std::string_view bytes) {
    for (const char c : bytes) {
      stops_[static_cast<unsigned char>(c)] = true;
    }
  }
  constexpr void add_non_ascii() {
    for (size_t byte = 0x80; byte < stops_.size(); ++byte) {
      stops_[byte] = true;
    }
  }

  /// The first of them from `at` on, or the end of the text.
  [[nodiscard]] size_t find(std::string_view text, size_t at) const {
    const char* bytes = text.data();
    const size_t size = text.size();
    // Four at a time: half the branches. Comparing 16 in one register was no faster, as stops are
    // about ten bytes apart in ordinary scripts.
    while (at < size && size - at >= 4) {
      if (stops_at(bytes[at])) {
        return at;
      }
      if (stops_at(bytes[at + 1])) {
        return at + 1;
      }
      if (stops_at(bytes[at + 2])) {
        return at + 2;
      }
      if (stops_at(bytes[at + 3])) {
        return at + 3;
      }
      at += 4;
    }
    while (at < size && !stops_at(bytes[at])) {
      ++at;
    }
    return at;
  }

 private:
  [[nodiscard]] bool stops_at(char c) const { return stops_[static_cast<unsigned char>(c)]; }

  std::array<bool, 256> stops_{};
};

/// Bytes of the Unicode white space that starts at `at`; 0 for anything else.
[[nodiscard]] size_t white_space_at(std::string_view text, size_t at);
/// The first byte from `at` on that is not Unicode white space.
[[nodiscard]] size_t skip_white_space(std::string_view text, size_t at);
/// Whether the character that ends before `at` is Unicode white space.
[[nodiscard]] bool white_space_before(std::string_view text, size_t at);
/// `end` moved back over Unicode white space, not before `begin`.
[[nodiscard]] size_t trim_end(std::string_view text, size_t begin, size_t end);
[[nodiscard]] inline size_t skip_blanks(std::string_view text, size_t at) {
  while (at < text.size() && is_blank(text[at])) {
    ++at;
  }
  return at;
}

/// Whether `word` (lower case, ASCII) stands at `at`, in any case.
[[nodiscard]] inline bool matches_word(std::string_view text, size_t at, std::string_view word) {
  if (at > text.size() || text.size() - at < word.size()) {
    return false;
  }
  for (size_t i = 0; i < word.size(); ++i) {
    if (lower(text[at + i]) != word[i]) {
      return false;
    }
  }
  return true;
}
/// As matches_word, and no word character follows.
[[nodiscard]] bool is_whole_word(std::string_view text, size_t at, std::string_view word);
[[nodiscard]] inline size_t end_of_word(std::string_view text, size_t at) {
  while (at < text.size() && is_word(text[at])) {
    ++at;
  }
  return at;
}

/// One past the quote that closes the one at `at`; a doubled quote closes.
[[nodiscard]] size_t end_of_quote(std::string_view text, size_t at, bool backslash);
/// Whether the quote at `at` is that of `E'...'`.
[[nodiscard]] bool is_escape_string(std::string_view text, size_t at);
/// The quote that goes on with the string which ends before `at`, as PostgreSQL joins two that only
/// blanks with a line end and `--` comments separate; or kNowhere.
[[nodiscard]] size_t continued_string_at(std::string_view text, size_t at);
/// As end_of_quote with the rules of the dialect.
[[nodiscard]] size_t end_of_quote(std::string_view text, size_t at, const SplitOptions& options);

/// Bytes of the dollar tag that starts at `at`; 0 when there is none.
[[nodiscard]] size_t dollar_tag_at(std::string_view text, size_t at);
/// One past the closing tag, or the end of the text when there is none.
[[nodiscard]] size_t end_of_dollar_quote(std::string_view text, size_t at, size_t tag_size);

/// One past the line feed, or the end of the text.
[[nodiscard]] size_t end_of_line(std::string_view text, size_t at);
/// Bytes of LF or CRLF at `at`; 0 for anything else.
[[nodiscard]] size_t line_end_at(std::string_view text, size_t at);

enum class CommentKind { kNone, kLine, kBlock, kText };
struct Comment {
  CommentKind kind = CommentKind::kNone;  ///< kText: executable comment or hint
  size_t end = 0;                         ///< one past it
};
/// The comment that starts at `at`; kNone also for a block comment without an end.
[[nodiscard]] Comment comment_at(std::string_view text, size_t at, const SplitOptions& options);
/// Whether a comment that starts at `at` is one that MySQL or MariaDB executes.
[[nodiscard]] bool is_executable(std::string_view text, size_t at);
/// Bytes of the mark, version included, of an executable comment at `at` that stands in another one
/// and that every server in use executes: the first `*/` then closes both. 0 for anything else.
[[nodiscard]] size_t joining_mark_at(std::string_view text, size_t at);

/// Skips blanks and comments of every kind.
[[nodiscard]] size_t skip_gap(std::string_view text, size_t at, const SplitOptions& options);

}  // namespace rhumb::sql::internal
