#pragma once

#include <string_view>

namespace rhumb::cli {

/// The license this program is under, as it stands in the source tree.
[[nodiscard]] std::string_view license_text();

}  // namespace rhumb::cli
