#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rhumb::codec {

/// Signs with RSASSA-PKCS1-v1_5 and SHA-256, `RS256` of JSON Web Signatures (RFC 7518, 3.3).
///
/// `private_key`: PEM, PKCS #8 or PKCS #1, not encrypted.
/// Errors: kInvalid when that is no RSA key; the message holds nothing of it.
[[nodiscard]] Result<std::vector<std::byte>> sign_rs256(const std::string& private_key,
                                                        std::string_view message);

}  // namespace rhumb::codec
