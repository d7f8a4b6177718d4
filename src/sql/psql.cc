#include "sql/directives.h"
#include "sql/psql_internal.h"
#include "sql/scan_internal.h"

namespace rhumb::sql::internal {
namespace {

/// One past the quoted text, word or single character at `at`; kNowhere when its quote has no end.
size_t end_of_token(std::string_view text, size_t at, const SplitOptions& options) {
  const char c = text[at];
  if (c == '\'' || c == '"' || c == '`') {
    return end_of_quote(text, at, options);
  }
  if (!is_word(c)) {
    return at + 1;
  }
  const size_t tag = c == '$' && options.dollar_quotes ? dollar_tag_at(text, at) : 0;
  return tag > 0 ? end_of_dollar_quote(text, at, tag) : end_of_word(text, at);
}

bool is_token(std::string_view text, size_t at, size_t end, std::string_view word) {
  return end - at == word.size() && matches_word(text, at, word);
}

/// The `;` that ends the command of `COPY ... FROM STDIN`, or kNowhere when it is another COPY.
size_t end_of_copy_command(std::string_view text,
                           size_t at,
                           const SplitOptions& options,
                           const std::function<bool(size_t)>& delimiter_at) {
  int depth = 0;
  bool after_from = false;
  bool from_stdin = false;
  for (;;) {
    at = skip_gap(text, at, options);
    if (at >= text.size() || (depth == 0 && delimiter_at(at))) {
      return kNowhere;
    }
    const char c = text[at];
    if (c == ';' && depth == 0) {
      return from_stdin ? at : kNowhere;
    }
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    const size_t end = end_of_token(text, at, options);
    if (depth < 0 || end == kNowhere) {
      return kNowhere;
    }
    from_stdin = from_stdin || (after_from && is_token(text, at, end, "stdin"));
    after_from = depth == 0 && is_token(text, at, end, "from");
    at = end;
  }
}

}  // namespace

CopyScan scan_copy(std::string_view text,
                   size_t at,
                   const SplitOptions& options,
                   const std::function<bool(size_t)>& delimiter_at) {
  if (!is_whole_word(text, at, "copy")) {
    return {};
  }
  const size_t semicolon = end_of_copy_command(text, at + 4, options, delimiter_at);
  if (semicolon == kNowhere) {
    return {};
  }
  size_t behind = semicolon + 1;
  while (behind < text.size() && text[behind] != '\n' && is_blank(text[behind])) {
    ++behind;
  }
  const bool empty = behind >= text.size() || text[behind] == '\n';
  if (!empty && !text.substr(behind).starts_with("--")) {
    return {.kind = CopyKind::kTextBehind, .at = behind, .data = 0};
  }
  const size_t data = end_of_line(text, behind);
  size_t line = data;
  while (line < text.size()) {
    const size_t next = end_of_line(text, line);
    if (text.substr(line, 2) == "\\.") {
      const std::string_view rest = text.substr(line + 2, next - line - 2);
      if (rest.empty() || rest == "\n" || rest == "\r\n" || rest == "\r") {
        return {.kind = CopyKind::kData, .at = line + 2, .data = data};
      }
    }
    line = next;
  }
  return {.kind = CopyKind::kNoEnd, .at = at, .data = data};
}

bool is_meta_command(std::string_view text, size_t at) {
  const size_t feed = at == 0 ? kNowhere : text.rfind('\n', at - 1);
  std::string_view head = text.substr(0, at);
  head = feed == kNowhere ? skip_byte_order_mark(head) : head.substr(feed + 1);
  return text[at] == '\\' && skip_white_space(head, 0) == head.size();
}

std::string_view meta_command_name(std::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && white_space_at(text, end) == 0) {
    ++end;
  }
  return text.substr(at, end - at);
}

}  // namespace rhumb::sql::internal
