#include <algorithm>
#include <iterator>
#include <optional>

#include "codec/redact.h"
#include "report/comment_internal.h"
#include "report/masking.h"
#include "sql/directives.h"

namespace rhumb::report {
namespace {

constexpr std::string_view kBlanks = " \t\r\n\v\f";
constexpr size_t kQuotesTriedMax = 8;  // closing quotes tried for one opening: values hold quotes

/// The quote that closes the one at `open` where two in a row stand for one; npos: there is none.
size_t find_closing_quote(std::string_view text, size_t open) {
  size_t close = text.find(text[open], open + 1);
  while (close != std::string_view::npos && close + 1 < text.size() &&
         text[close + 1] == text[open]) {
    close = text.find(text[open], close + 2);
  }
  return close;
}

bool reads_as_directive(std::string_view comment) {
  const size_t feed = comment.find('\n');
  if (feed != std::string_view::npos && feed + 1 < comment.size()) {
    return false;
  }
  constexpr std::string_view kMarks[] = {"--", "-- ", "#", "# ", "/*"};
  const std::optional<sql::Directive> directive = sql::parse_directive(comment);
  return directive &&
         std::find(std::begin(kMarks), std::end(kMarks), directive->prefix) != std::end(kMarks);
}

}  // namespace

bool is_directive_comment(std::string_view comment) {
  const bool has_url = comment.find("://") != std::string_view::npos;
  return reads_as_directive(comment) && (!has_url || reads_as_directive(redact_comment(comment)));
}

std::string redact_comment(std::string_view comment) {
  const bool closed = comment.size() >= 4 && comment.starts_with("/*") && comment.ends_with("*/");
  const std::string_view body = comment.substr(0, comment.size() - (closed ? 2 : 0));
  return codec::redact_text(body) + (closed ? "*/" : "");
}

std::vector<TextSpan> find_comment_body(std::string_view comment) {
  const bool block = comment.starts_with("/*");
  const size_t mark = comment.starts_with('#') ? 1 : 2;
  size_t end = comment.size();
  if (block && comment.size() >= 4 && comment.ends_with("*/")) {
    end -= 2;
  }
  const bool closed = end < comment.size();
  size_t begin = std::min(mark, end);
  while (begin < end && kBlanks.find(comment[begin]) != std::string_view::npos) {
    ++begin;
  }
  while (begin < end && kBlanks.find(comment[end - 1]) != std::string_view::npos) {
    --end;
  }
  const std::string_view body = comment.substr(begin, end - begin);
  if (body.empty() || body == kPlaceholder) {
    return {};
  }
  return {TextSpan{.begin = begin,
                   .end = closed ? comment.size() : end,
                   .blank_before = begin == mark,
                   .closes_comment = closed}};
}

std::vector<TextSpan> find_hidden_quotes(std::string_view comment, const HiddenValues& hidden) {
  std::vector<TextSpan> spans;
  for (size_t open = 0; open < comment.size(); ++open) {
    const char quote = comment[open];
    if (quote != '\'' && quote != '"') {
      continue;
    }
    const auto try_to = [&](size_t close) {
      if (hidden.contains(comment.substr(open + 1, close - open - 1))) {
        spans.push_back(TextSpan{.begin = open, .end = close + 1});
      }
    };
    const size_t whole = find_closing_quote(comment, open);
    if (whole != std::string_view::npos) {
      try_to(whole);
    }
    size_t close = comment.find(quote, open + 1);
    for (size_t tried = 0; tried < kQuotesTriedMax && close != std::string_view::npos; ++tried) {
      try_to(close);
      close = comment.find(quote, close + 1);
    }
  }
  return spans;
}

std::string mask_comment(std::string_view comment,
                         const MaskPolicy& policy,
                         const HiddenValues& hidden) {
  if (policy.is_open()) {
    return std::string(comment);
  }
  const bool hides_literals = policy.sensitive || policy.literals != LiteralMasking::kNone;
  std::vector<TextSpan> spans;
  if (hides_literals) {
    spans = find_hidden_quotes(comment, hidden);
  }
  if (spans.empty() && is_directive_comment(comment)) {
    return hides_literals ? redact_comment(comment) : std::string(comment);
  }
  if (policy.sensitive) {
    spans = find_comment_body(comment);
  }
  for (const SensitivePattern& pattern : policy.patterns) {
    for (const TextSpan& span : pattern.find_in(comment)) {
      spans.push_back(span);
    }
  }
  const std::string masked = replace_spans(comment, std::move(spans));
  return hides_literals ? redact_comment(masked) : masked;
}

}  // namespace rhumb::report
