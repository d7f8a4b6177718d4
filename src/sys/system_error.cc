#include "sys/system_error.h"

#include <cerrno>
#include <system_error>

#include "base/text.h"

namespace rhumb::sys {
namespace {

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

ErrorCode error_code(int number) {
  switch (number) {
    case ENOENT:
      return ErrorCode::kNotFound;
    case EACCES:
    case EPERM:
      return ErrorCode::kDenied;
    case EEXIST:
      return ErrorCode::kConflict;
    default:
      return ErrorCode::kIo;
  }
}

}  // namespace

std::string errno_text(int number) {
  std::string text = std::generic_category().message(number);
  // An abbreviation at the beginning stays as it is.
  if (!text.empty() && is_upper(text[0]) && (text.size() < 2 || !is_upper(text[1]))) {
    text.replace(0, 1, to_lower_ascii(text.substr(0, 1)));
  }
  return text;
}

Error system_error(std::string_view operation, std::string_view object, int number) {
  const std::string text = errno_text(number);
  std::string message(operation);
  message += ' ';
  message += object;
  message += ": " + text;
  return Error(error_code(number), message)
      .caused_by({.code = std::to_string(number), .text = text});
}

}  // namespace rhumb::sys
