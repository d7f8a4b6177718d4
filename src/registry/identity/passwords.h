#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

/// Passwords, kept as argon2id in its text form, with all of its parameters.
/// Source: RFC 9106; NIST SP 800-63B 5.1.1 for what is asked of a password: length, and that it is
/// none of those tried first.
namespace rhumb::registry {

inline constexpr size_t kPasswordMin = 10;    ///< characters
inline constexpr size_t kPasswordMax = 1024;  ///< bytes

/// Errors: kInvalid for a password that is too short, too long, or among the first to be tried,
/// such as the person's own name or address.
Result<void> check_password(std::string_view password,
                            std::string_view name,
                            std::string_view email);

/// Takes some 20 ms and 19 MiB. At most two run at once; others wait.
/// Errors: kBusy when too many wait already; kInternal without memory.
/// Threads: any.
Result<std::string> hash_password(std::string_view password);
/// Whether it is the password that was hashed; takes as long as hashing. Errors: as
/// hash_password().
Result<bool> is_password(const std::string& hash, std::string_view password);
/// A hash of a password that nobody knows: to take the time for an account that is not there.
[[nodiscard]] const std::string& unknown_password_hash();

}  // namespace rhumb::registry
