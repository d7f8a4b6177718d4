#include <algorithm>
#include <initializer_list>
#include <optional>
#include <utility>

#include "base/go_format.h"
#include "base/text.h"
#include "codec/redact.h"
#include "report/masking.h"

namespace rhumb::report {
namespace {

constexpr size_t kNowhere = std::string_view::npos;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
}

/// The first place at or behind `from` where `word` (lower case) stands alone, in any case.
size_t find_word(const std::string& folded, std::string_view word, size_t from) {
  for (size_t at = folded.find(word, from); at != kNowhere; at = folded.find(word, at + 1)) {
    const size_t end = at + word.size();
    const bool alone = (at == 0 || !is_letter(folded[at - 1])) &&
                       (end == folded.size() || !is_letter(folded[end]));
    if (alone) {
      return at;
    }
  }
  return kNowhere;
}

/// The closing quote of the one at `open`. Servers do not double quotes in what they echo, so one
/// that is followed by a letter does not close, and the words that follow a value decide first.
size_t closing_quote(std::string_view text, size_t open) {
  const char quote = text[open];
  for (const std::string_view tail : {"' for key ", "' for column ", "' for function "}) {
    const size_t end = text.find(tail, open + 1);
    if (quote == '\'' && end != kNowhere && text.substr(open, end - open).find('\n') == kNowhere) {
      return end;
    }
  }
  for (size_t at = text.find(quote, open + 1); at != kNowhere; at = text.find(quote, at + 1)) {
    if (at + 1 == text.size() || !is_letter(text[at + 1])) {
      return at;
    }
  }
  return kNowhere;
}

class EchoFinder {
 public:
  explicit EchoFinder(std::string_view text) : text_(text), folded_(to_lower_ascii(text)) {}

  std::vector<TextSpan> find() {
    for (const std::string_view word : {"value", "entry", "literal", "input"}) {
      find_quoted_behind(word);
    }
    find_key_values();
    find_in_check_expressions();
    find_in_parentheses("failing row contains (", {});
    find_in_parentheses("the duplicate key value is (", {});
    find_copy_context();
    return std::move(spans_);
  }

 private:
  /// The quoted text behind a word that announces a value; its quotes stay.
  void find_quoted_behind(std::string_view word) {
    for (size_t at = find_word(folded_, word, 0); at != kNowhere;
         at = find_word(folded_, word, at + 1)) {
      const size_t open = text_.find_first_of("'\"", at + word.size());
      if (open == kNowhere) {
        return;
      }
      const size_t close = closing_quote(text_, open);
      const size_t end = close == kNowhere ? text_.size() : close;
      add(open + 1, end);
    }
  }

  /// PostgreSQL: `Key (a, b)=(1, x) already exists.`
  void find_key_values() {
    for (size_t at = folded_.find("key ("); at != kNowhere; at = folded_.find("key (", at + 1)) {
      const size_t values = text_.find(")=(", at);
      if (values == kNowhere) {
        return;
      }
      add_to_parenthesis(values + 3, {") already exists", ") is not present", ") is still ref",
                                      ") is duplicated", ") conflicts with"});
    }
  }

  /// SQLite: `CHECK constraint failed: a <> 'x'`, the expression as the table was made with, maybe
  /// by a run long ago.
  void find_in_check_expressions() {
    constexpr std::string_view kHead = "check constraint failed: ";
    const size_t head = folded_.find(kHead);
    size_t open = head == kNowhere ? kNowhere : text_.find('\'', head + kHead.size());
    while (open != kNowhere) {
      size_t close = text_.find('\'', open + 1);
      while (close != kNowhere && text_.substr(close + 1).starts_with('\'')) {
        close = text_.find('\'', close + 2);
      }
      const size_t end = close == kNowhere ? text_.size() : close + 1;
      spans_.push_back(TextSpan{.begin = open, .end = end});
      open = text_.find('\'', end);
    }
  }

  void find_in_parentheses(std::string_view head, std::initializer_list<std::string_view> tails) {
    for (size_t at = folded_.find(head); at != kNowhere; at = folded_.find(head, at + 1)) {
      add_to_parenthesis(at + head.size(), tails);
    }
  }

  /// PostgreSQL: `COPY t, line 3, column c: "x"`.
  void find_copy_context() {
    for (size_t at = folded_.find("copy "); at != kNowhere; at = folded_.find("copy ", at + 1)) {
      const size_t line_end = std::min(text_.find('\n', at), text_.size());
      const size_t line = folded_.find(", line ", at);
      const size_t open = text_.find(": \"", at);
      if (line < open && open < line_end) {
        const size_t close = text_.substr(0, line_end).rfind('"');
        add(open + 3, close > open + 2 ? close : line_end);
      }
    }
  }

  /// Hides from `begin` to the parenthesis that closes: before one of `tails`, else the last one
  /// of the line, else the end.
  void add_to_parenthesis(size_t begin, std::initializer_list<std::string_view> tails) {
    for (const std::string_view tail : tails) {
      if (const size_t end = folded_.find(tail, begin); end != kNowhere) {
        add(begin, end);
        return;
      }
    }
    const size_t line_end = std::min(text_.find('\n', begin), text_.size());
    const size_t close = text_.substr(0, line_end).rfind(')');
    add(begin, close != kNowhere && close >= begin ? close : text_.size());
  }

  void add(size_t begin, size_t end) {
    if (text_.substr(begin, end - begin) != kPlaceholder) {
      spans_.push_back(TextSpan{.begin = begin, .end = end});
    }
  }

  std::string_view text_;
  std::string folded_;
  std::vector<TextSpan> spans_;
};

/// `parse "<url>": cause` without the URL.
std::string drop_parsed_urls(std::string_view text) {
  constexpr std::string_view kHead = "parse \"";
  std::string out;
  size_t done = 0;
  for (size_t at = text.find(kHead); at != kNowhere; at = text.find(kHead, done)) {
    const size_t begin = at + kHead.size();
    const size_t end = text.find("\": ", begin);
    if (end == kNowhere) {
      break;
    }
    out += text.substr(done, begin - done);
    done = end;
  }
  out += text.substr(done);
  return out;
}

/// MySQL and MariaDB quote a part of the statement, cut anywhere: `near '...' at line 1`. It is
/// found in the statement and masked as that is; one that is not found is hidden.
struct Fragment {
  size_t begin = 0;
  size_t end = 0;
  std::string masked{};
};

std::optional<Fragment> find_fragment(std::string_view error, const QuotedStatement& statement) {
  constexpr std::string_view kHead = "near '";
  const size_t head = error.find(kHead);
  const size_t tail = error.rfind("' at line ");
  if (statement.masked == nullptr || head == kNowhere || tail == kNowhere ||
      tail < head + kHead.size()) {
    return std::nullopt;
  }
  Fragment fragment{.begin = head + kHead.size(), .end = tail};
  const std::string_view text = error.substr(fragment.begin, fragment.end - fragment.begin);
  const size_t at = text.empty() ? kNowhere : statement.text.find(text);
  if (at == kNowhere) {
    const bool known = text.empty() || statement.masked->text.find(text) != std::string::npos;
    fragment.masked = known ? std::string(text) : std::string(kPlaceholder);
    return fragment;
  }
  std::vector<TextSpan> inside;
  for (const TextSpan& span : statement.masked->spans) {
    const size_t begin = std::max(span.begin, at);
    const size_t end = std::min(span.end, at + text.size());
    if (begin < end) {
      inside.push_back(TextSpan{.begin = begin - at, .end = end - at});
    }
  }
  fragment.masked = replace_spans(text, std::move(inside));
  return fragment;
}

/// A stretch of an error that needs no statement to be masked.
std::string mask_plain(std::string_view text,
                       const MaskPolicy& policy,
                       const HiddenValues& hidden) {
  const std::string redacted = codec::redact_text(drop_parsed_urls(text));
  std::vector<TextSpan> spans = hidden.find_in(redacted);
  if (policy.sensitive || policy.literals != LiteralMasking::kNone) {
    for (const TextSpan& span : EchoFinder(redacted).find()) {
      spans.push_back(span);
    }
  }
  for (const SensitivePattern& pattern : policy.patterns) {
    for (const TextSpan& span : pattern.find_in(redacted)) {
      spans.push_back(span);
    }
  }
  return replace_spans(redacted, std::move(spans));
}

std::string quoted_inside(std::string_view text) {
  const std::string quoted = go_quote(text);
  return quoted.substr(1, quoted.size() - 2);
}

}  // namespace

std::string mask_error(std::string_view error,
                       const QuotedStatement& statement,
                       const MaskPolicy& policy,
                       const HiddenValues& hidden) {
  if (policy.is_open()) {
    return codec::redact_text(error);
  }
  if (statement.masked != nullptr && !statement.text.empty()) {
    const std::pair<std::string, std::string> forms[] = {
        {std::string(statement.text), statement.masked->text},
        {quoted_inside(statement.text), quoted_inside(statement.masked->text)}};
    for (const auto& form : forms) {
      if (const size_t at = error.find(form.first); at != kNowhere) {
        const std::string_view behind = error.substr(at + form.first.size());
        return mask_plain(error.substr(0, at), policy, hidden) + form.second +
               mask_error(behind, statement, policy, hidden);
      }
    }
  }
  if (const std::optional<Fragment> fragment = find_fragment(error, statement)) {
    return mask_plain(error.substr(0, fragment->begin), policy, hidden) +
           mask_plain(fragment->masked, {.literals = LiteralMasking::kNone}, hidden) +
           mask_plain(error.substr(fragment->end), policy, hidden);
  }
  return mask_plain(error, policy, hidden);
}

std::string mask_text(std::string_view text, const HiddenValues& hidden) {
  const std::string redacted = codec::redact_text(text);
  return replace_spans(redacted, hidden.find_in(redacted));
}

}  // namespace rhumb::report
