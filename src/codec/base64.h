#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rhumb::codec {

/// The alphabets and paddings of RFC 4648.
enum class Base64 {
  kStandard,     ///< `+` and `/`, padded with `=`
  kRawStandard,  ///< `+` and `/`, without padding
  kUrl,          ///< `-` and `_`, padded with `=`
  kRawUrl,       ///< `-` and `_`, without padding
};

[[nodiscard]] std::string base64_encode(std::span<const std::byte> bytes,
                                        Base64 variant = Base64::kStandard);
/// Line breaks between characters are skipped and unused low bits of the last one are not looked
/// at, as Go's decoder has it.
///
/// Errors: kInvalid `illegal base64 data at input byte N`.
[[nodiscard]] Result<std::vector<std::byte>> base64_decode(std::string_view text,
                                                           Base64 variant = Base64::kStandard);

}  // namespace rhumb::codec
