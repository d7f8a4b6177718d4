#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace rhumb::sys {

/// What the operating system says about an errno, in lower case: `no such file or directory`.
[[nodiscard]] std::string errno_text(int number);

/// `<operation> <object>: <errno text>`, for example `open a.sql: permission denied`.
///
/// Errors: kNotFound, kDenied, kConflict (exists) or kIo; the cause holds the errno.
[[nodiscard]] Error system_error(std::string_view operation, std::string_view object, int number);

}  // namespace rhumb::sys
