#pragma once

#include <cstddef>
#include <span>
#include <string_view>

/// Signatures of JSON Web Tokens, checked with the numbers that a JSON Web Key holds. A key or a
/// signature of a wrong form is no error: it just has not signed anything.
/// Source: RFC 7518 3.3, 3.4, 6.2, 6.3.
namespace rhumb::codec {

/// RSASSA-PKCS1-v1_5 with SHA-256, by a key of 2048 to 8192 bits: modulus and exponent, big-endian.
[[nodiscard]] bool verify_rs256(std::span<const std::byte> modulus,
                                std::span<const std::byte> exponent,
                                std::string_view message,
                                std::span<const std::byte> signature);
/// ECDSA on P-256 with SHA-256: the point's coordinates, 32 bytes each, and `r || s`.
[[nodiscard]] bool verify_es256(std::span<const std::byte> x,
                                std::span<const std::byte> y,
                                std::string_view message,
                                std::span<const std::byte> signature);

}  // namespace rhumb::codec
