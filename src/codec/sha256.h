#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace rhumb::codec {

/// A SHA-256 digest, 32 bytes in the order they are printed.
using Sha256 = std::array<std::byte, 32>;

/// Hashes a stream of pieces; the digest so far may be asked for at any time.
///
/// A copy goes on independently from where the original stands.
class Sha256Hasher {
 public:
  Sha256Hasher();

  Sha256Hasher& update(std::string_view text);
  Sha256Hasher& update(std::span<const std::byte> bytes);
  /// The digest of everything fed so far; more may be fed afterwards.
  [[nodiscard]] Sha256 digest() const;

 private:
  std::array<uint32_t, 28> state_{};  // the library's, in place: nothing to allocate, cheap to copy
};

[[nodiscard]] Sha256 sha256(std::string_view text);
[[nodiscard]] Sha256 sha256(std::span<const std::byte> bytes);
/// HMAC with SHA-256 (RFC 2104), any key length.
[[nodiscard]] Sha256 hmac_sha256(std::span<const std::byte> key,
                                 std::span<const std::byte> message);
/// HMAC with SHA-1, 20 bytes, for one-time passwords only (RFC 4226).
[[nodiscard]] std::array<std::byte, 20> hmac_sha1(std::span<const std::byte> key,
                                                  std::span<const std::byte> message);
/// Whether two byte strings are equal; takes the same time wherever they differ.
[[nodiscard]] bool equal_constant_time(std::span<const std::byte> a, std::span<const std::byte> b);

}  // namespace rhumb::codec
