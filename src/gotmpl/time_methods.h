#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "gotmpl/value.h"

namespace rhumb::gotmpl {

/// The layout that Go's Time.String uses.
inline constexpr std::string_view kTimeStringLayout = "2006-01-02 15:04:05.999999999 -0700 MST";

/// A time in a Go layout (`2006-01-02T15:04:05Z07:00`): every element of Go's reference time is
/// replaced, all else is copied.
/// Source: documentation of Go's package time, constants Layout to StampNano.
[[nodiscard]] std::string format_time(const Time& time, std::string_view layout);

/// The methods that templates may call on a time and on a duration; nothing for other names.
[[nodiscard]] std::optional<Function> time_method(const Time& time, std::string_view name);
[[nodiscard]] std::optional<Function> duration_method(std::chrono::nanoseconds duration,
                                                      std::string_view name);

}  // namespace rhumb::gotmpl
