#include "registry/identity/totp.h"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <array>

#include "base/check.h"
#include "codec/hex.h"
#include "codec/sha256.h"
#include "codec/url.h"

namespace rhumb::registry {
namespace {

constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr int64_t kStepNs = int64_t{30} * 1'000'000'000;
constexpr size_t kDigits = 6;
constexpr size_t kRecoveryBytes = 10;

template <size_t N>
std::string random_bytes() {
  std::array<unsigned char, N> bytes{};
  RHUMB_CHECK(RAND_bytes(bytes.data(), static_cast<int>(N)) == 1,
              "the system's random generator works");
  return {reinterpret_cast<const char*>(bytes.data()), N};
}

std::string digits_of(std::string_view code) {
  std::string out;
  for (const char c : code) {
    if (c != ' ') {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string make_totp_secret() {
  return random_bytes<kTotpSecretBytes>();
}

std::string base32_encode(std::string_view bytes) {
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : bytes) {
    bits = (bits << 8) | static_cast<unsigned char>(c);
    count += 8;
    while (count >= 5) {
      count -= 5;
      out += kBase32[(bits >> count) & 31U];
    }
  }
  if (count > 0) {
    out += kBase32[(bits << (5 - count)) & 31U];
  }
  return out;
}

std::string totp_uri(std::string_view account, std::string_view secret) {
  return fmt::format("otpauth://totp/Rhumb:{}?secret={}&issuer=Rhumb", codec::path_escape(account),
                     base32_encode(secret));
}

int64_t totp_step(int64_t now_ns) {
  return now_ns / kStepNs;
}

std::string totp_code(std::string_view secret, int64_t step) {
  std::array<std::byte, 8> counter{};
  for (size_t i = 0; i < counter.size(); ++i) {
    counter[7 - i] = static_cast<std::byte>((static_cast<uint64_t>(step) >> (8 * i)) & 0xff);
  }
  const auto mac = codec::hmac_sha1(codec::as_bytes(secret), counter);
  const size_t offset = std::to_integer<size_t>(mac[19]) & 15U;
  uint32_t number = 0;
  for (size_t i = 0; i < 4; ++i) {
    number = (number << 8) | std::to_integer<uint32_t>(mac[offset + i]);
  }
  return fmt::format("{:06}", (number & 0x7fffffffU) % 1'000'000U);
}

std::optional<int64_t> find_totp_step(std::string_view secret,
                                      std::string_view code,
                                      int64_t now_ns,
                                      int64_t used) {
  const std::string typed = digits_of(code);
  if (typed.size() != kDigits) {
    return std::nullopt;
  }
  const int64_t current = totp_step(now_ns);
  std::optional<int64_t> found;
  for (int64_t step = current - 1; step <= current + 1; ++step) {
    const std::string wanted = totp_code(secret, step);
    const bool is_equal =
        codec::equal_constant_time(codec::as_bytes(wanted), codec::as_bytes(typed));
    if (is_equal && step > used && !found.has_value()) {
      found = step;
    }
  }
  return found;
}

std::vector<std::string> make_recovery_codes() {
  std::vector<std::string> out;
  for (size_t i = 0; i < kRecoveryCodes; ++i) {
    const std::string text = base32_encode(random_bytes<kRecoveryBytes>());
    std::string code;
    for (size_t at = 0; at < text.size(); at += 4) {
      code += (code.empty() ? "" : "-") + text.substr(at, 4);
    }
    out.push_back(std::move(code));
  }
  return out;
}

std::string normal_recovery_code(std::string_view code) {
  std::string out;
  for (const char c : code) {
    if (c != '-' && c != ' ') {
      out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
  }
  return out;
}

}  // namespace rhumb::registry
