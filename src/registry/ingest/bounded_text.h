#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// What is kept of texts that are too long. Cuts between characters.
namespace rhumb::registry {

/// Keeps both ends and says so in between.
[[nodiscard]] std::string cut_middle(std::string_view text, size_t bytes_max);

/// Keeps the beginning and a digest of the whole: what differs stays different. `bytes_max` is at
/// least 20.
[[nodiscard]] std::string shorten(std::string_view text, size_t bytes_max);

}  // namespace rhumb::registry
