#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// One-time codes of an app: six digits that change every 30 seconds. Pure.
/// Source: RFC 6238 with SHA-1, RFC 4226 5.3; the address is that of Google's "Key Uri Format".
namespace rhumb::registry {

inline constexpr size_t kRecoveryCodes = 10;
inline constexpr size_t kTotpSecretBytes = 20;

/// kTotpSecretBytes, all random.
[[nodiscard]] std::string make_totp_secret();
/// RFC 4648 base32 without padding, as people type it into an app.
[[nodiscard]] std::string base32_encode(std::string_view bytes);
/// `otpauth://totp/Rhumb:ann%40example.com?secret=...`
[[nodiscard]] std::string totp_uri(std::string_view account, std::string_view secret);

/// The 30 seconds that an instant lies in.
[[nodiscard]] int64_t totp_step(int64_t now_ns);
[[nodiscard]] std::string totp_code(std::string_view secret, int64_t step);
/// The step whose code that is: of now, or of one before or after, for clocks that differ. Never
/// one up to `used`, so that no code is taken twice. Blanks in `code` do not count.
[[nodiscard]] std::optional<int64_t> find_totp_step(std::string_view secret,
                                                    std::string_view code,
                                                    int64_t now_ns,
                                                    int64_t used);

/// 80 random bits each, as `xxxx-xxxx-xxxx-xxxx`.
[[nodiscard]] std::vector<std::string> make_recovery_codes();
/// The form a recovery code is hashed in, whatever of dashes, blanks and case was typed.
[[nodiscard]] std::string normal_recovery_code(std::string_view code);

}  // namespace rhumb::registry
