#include <re2/re2.h>

#include "base/error.h"
#include "report/masking.h"

namespace rhumb::report {

Result<SensitivePattern> SensitivePattern::create(std::string_view pattern) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  auto regex =
      std::make_shared<const re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (!regex->ok()) {
    return invalid(regex->error());
  }
  return SensitivePattern(std::move(regex));
}

const std::string& SensitivePattern::text() const {
  return regex_->pattern();
}

std::vector<TextSpan> SensitivePattern::find_in(std::string_view text) const {
  std::vector<TextSpan> spans;
  const re2::StringPiece input(text.data(), text.size());
  const int groups = regex_->NumberOfCapturingGroups() > 0 ? 2 : 1;
  re2::StringPiece match[2];
  size_t at = 0;
  while (at <= text.size() &&
         regex_->Match(input, at, text.size(), re2::RE2::UNANCHORED, match, groups)) {
    const re2::StringPiece& chosen =
        groups == 2 && match[1].data() != nullptr ? match[1] : match[0];
    const size_t begin = static_cast<size_t>(chosen.data() - text.data());
    if (!chosen.empty()) {
      spans.push_back(TextSpan{.begin = begin, .end = begin + chosen.size()});
    }
    const size_t end = static_cast<size_t>(match[0].data() - text.data()) + match[0].size();
    at = match[0].empty() ? end + 1 : end;
  }
  return spans;
}

}  // namespace rhumb::report
