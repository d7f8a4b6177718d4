#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

/// Texts that only who has a key can read, and nobody can change: AES-256-GCM (NIST SP 800-38D).
namespace rhumb::codec {

using SealKey = std::array<std::byte, 32>;

/// The sealed text: one byte for the form, four that tell the key, a nonce of twelve, what `plain`
/// became, and a tag of sixteen. Stored on disk, never change.
///
/// `purpose` is not part of it but sealed with it: what is sealed for one place opens at no other.
/// Errors: kInternal when the library refuses, which it never should.
[[nodiscard]] Result<std::string> seal(const SealKey& key,
                                       std::string_view purpose,
                                       std::string_view plain);

/// Errors: kDenied for another key, and where a byte or the purpose is not the same.
[[nodiscard]] Result<std::string> open_seal(const SealKey& key,
                                            std::string_view purpose,
                                            std::string_view sealed);

}  // namespace rhumb::codec
