#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

/// CBOR as far as it has to be looked at before a library reads it that believes what it says.
/// Source: RFC 8949 3; CTAP 2.1, 8 "Message Encoding", which has definite lengths only.
namespace rhumb::codec {

inline constexpr size_t kCborDepthMax = 16;  ///< arrays, maps and tags inside each other

/// What stands behind the first item. Nothing when there is none that is whole: each array, map and
/// string has to have as much as it says, so that what is read needs no more room than its bytes.
/// Lengths that are not told before, and items deeper than kCborDepthMax, are refused as well.
[[nodiscard]] std::optional<std::string_view> skip_cbor(std::string_view bytes);

// What an item holds. Nothing when it is of another kind, is not whole or has something behind it.
// Lifetime: what is returned refers to `item`.

[[nodiscard]] std::optional<std::string_view> read_cbor_bytes(std::string_view item);
[[nodiscard]] std::optional<std::string_view> read_cbor_text(std::string_view item);
/// Nothing for numbers of more than 63 bits, too.
[[nodiscard]] std::optional<int64_t> read_cbor_integer(std::string_view item);
/// The items, each as it is written.
[[nodiscard]] std::optional<std::vector<std::string_view>> read_cbor_array(std::string_view item);

struct CborMember {
  std::string_view name;
  std::string_view value;  ///< an item, as it is written
};
/// The members in their order. Nothing when a key is no text, or is there twice.
[[nodiscard]] std::optional<std::vector<CborMember>> read_cbor_map(std::string_view item);
[[nodiscard]] std::optional<std::string_view> find_cbor(const std::vector<CborMember>& members,
                                                        std::string_view name);

}  // namespace rhumb::codec
