#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "base/result.h"

/// Signatures with Ed25519 (RFC 8032).
namespace rhumb::codec {

/// The secret half of a key: the seed that everything follows from.
using Ed25519Seed = std::array<std::byte, 32>;
using Ed25519PublicKey = std::array<std::byte, 32>;
using Ed25519Signature = std::array<std::byte, 64>;

/// Errors: kInternal when the library refuses, which it never should.
[[nodiscard]] Result<Ed25519PublicKey> ed25519_public_key(const Ed25519Seed& seed);
[[nodiscard]] Result<Ed25519Signature> sign_ed25519(const Ed25519Seed& seed,
                                                    std::string_view message);
/// Whether the owner of the key signed that message. Of any length but the right one: no.
[[nodiscard]] bool verify_ed25519(std::span<const std::byte> public_key,
                                  std::string_view message,
                                  std::span<const std::byte> signature);

}  // namespace rhumb::codec
