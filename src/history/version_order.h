#pragma once

#include <string_view>

namespace rhumb::history {

/// Versions as the tools count: parts between `.` and `_`, numbers by value, so that `2` comes
/// before `10` and `00001` is `1`; zeros at the end add nothing. Parts that are no numbers are
/// compared by their bytes, behind the numbers. Negative, 0 or positive.
[[nodiscard]] int compare_versions(std::string_view a, std::string_view b);

}  // namespace rhumb::history
