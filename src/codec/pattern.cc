#include "codec/pattern.h"

#include <re2/re2.h>

namespace rhumb::codec {

std::string_view pattern_problem(const re2::RE2& regex) {
  switch (regex.error_code()) {
    case RE2::ErrorBadEscape:
      return "invalid escape sequence";
    case RE2::ErrorBadCharClass:
      return "invalid character class";
    case RE2::ErrorBadCharRange:
      return "invalid character class range";
    case RE2::ErrorMissingBracket:
      return "missing closing ]";
    case RE2::ErrorMissingParen:
      return "missing closing )";
    case RE2::ErrorUnexpectedParen:
      return "unexpected )";
    case RE2::ErrorTrailingBackslash:
      return "trailing backslash at end of expression";
    case RE2::ErrorRepeatArgument:
      return "missing argument to repetition operator";
    case RE2::ErrorRepeatSize:
      return "invalid repeat count";
    case RE2::ErrorRepeatOp:
      return "invalid nested repetition operator";
    case RE2::ErrorBadPerlOp:
      return "invalid or unsupported Perl syntax";
    case RE2::ErrorBadUTF8:
      return "invalid UTF-8";
    case RE2::ErrorBadNamedCapture:
      return "invalid named capture";
    case RE2::ErrorPatternTooLarge:
      return "expression too large";
    default:
      return "internal error";
  }
}

Error pattern_error(const re2::RE2& regex) {
  std::string text = "error parsing regexp: ";
  text += pattern_problem(regex);
  text += ": `" + regex.error_arg() + "`";
  return invalid(std::move(text));
}

Result<Pattern> Pattern::create(std::string_view text) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  auto regex =
      std::make_shared<const re2::RE2>(re2::StringPiece(text.data(), text.size()), options);
  if (!regex->ok()) {
    return pattern_error(*regex);
  }
  return Pattern(std::move(regex));
}

const std::string& Pattern::text() const {
  return regex_->pattern();
}

bool Pattern::is_found_in(std::string_view text) const {
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *regex_);
}

}  // namespace rhumb::codec
