#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

/// CBOR as far as it has to be looked at before a library reads it that believes what it says.
/// Source: RFC 8949 3; CTAP 2.1, 8 "Message Encoding", which has definite lengths only.
namespace rhumb::codec {

inline constexpr size_t kCborDepthMax = 16;  ///< arrays, maps and tags inside each other

/// What stands behind the first item. Nothing when there is none that is whole: each array, map and
/// string has to have as much as it says, so that what is read needs no more room than its bytes.
/// Lengths that are not told before, and items deeper than kCborDepthMax, are refused as well.
[[nodiscard]] std::optional<std::string_view> skip_cbor(std::string_view bytes);

}  // namespace rhumb::codec
