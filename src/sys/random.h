#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace rhumb::sys {

/// Fills with bytes fit for keys and tokens. Aborts when the system has no randomness to give.
void fill_random(std::span<std::byte> bytes);

template <size_t Size>
[[nodiscard]] std::array<std::byte, Size> random_bytes() {
  std::array<std::byte, Size> bytes{};
  fill_random(bytes);
  return bytes;
}

}  // namespace rhumb::sys
