#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rhumb::codec {

/// Two lower-case hexadecimal digits for each byte.
[[nodiscard]] std::string hex_encode(std::span<const std::byte> bytes);
/// Digits of either case. Errors: kInvalid, odd length or another character.
[[nodiscard]] Result<std::vector<std::byte>> hex_decode(std::string_view text);

/// The bytes of a text, and a text of bytes, without copying the former.
[[nodiscard]] std::span<const std::byte> as_bytes(std::string_view text);
[[nodiscard]] std::string to_string(std::span<const std::byte> bytes);

}  // namespace rhumb::codec
