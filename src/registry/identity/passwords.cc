#include "registry/identity/passwords.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>

#include "base/text.h"
#include "base/utf8.h"

namespace rhumb::registry {
namespace {

constexpr unsigned long long kPasses = 2;
constexpr size_t kMemoryBytes = size_t{19} << 20;
constexpr int kRunningMax = 2;
constexpr int kWaitingMax = 30;

/// How many hashes are computed at once: each takes memory, and somebody could ask for many.
class Turnstile {
 public:
  Result<void> enter() {
    std::unique_lock lock(mutex_);
    if (waiting_ >= kWaitingMax) {
      return Error(ErrorCode::kBusy, "too many logins at once; try again in a moment");
    }
    ++waiting_;
    free_.wait(lock, [this] { return running_ < kRunningMax; });
    --waiting_;
    ++running_;
    return {};
  }
  void leave() {
    {
      const std::lock_guard lock(mutex_);
      --running_;
    }
    free_.notify_one();
  }

 private:
  std::mutex mutex_;  // guards the counts
  std::condition_variable free_;
  int running_ = 0;
  int waiting_ = 0;
};

Turnstile& turnstile() {
  static Turnstile instance;
  return instance;
}

class Turn {
 public:
  Turn() = default;
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() { turnstile().leave(); }
};

Result<std::string> compute_hash(std::string_view password) {
  RHUMB_CHECK(sodium_init() >= 0, "libsodium starts");
  std::array<char, crypto_pwhash_STRBYTES> out{};
  if (crypto_pwhash_str_alg(out.data(), password.data(), password.size(), kPasses, kMemoryBytes,
                            crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return Error(ErrorCode::kInternal, "no memory for a password's hash");
  }
  return std::string(out.data());
}

// Of at least ten characters, what lists of leaked passwords begin with.
constexpr std::string_view kTriedFirst[] = {
    "1234567890",   "12345678910", "0123456789",  "0987654321",    "1q2w3e4r5t",
    "1qaz2wsx3edc", "qwertyuiop",  "q1w2e3r4t5",  "password12",    "password123",
    "password1234", "passw0rd123", "iloveyou12",  "administrator", "changeme123",
    "letmein123",   "welcome123",  "qwerty12345", "football123",   "correcthorsebatterystaple"};

bool is_one_character(std::string_view text) {
  return std::ranges::all_of(text, [&](char c) { return c == text.front(); });
}

}  // namespace

Result<void> check_password(std::string_view password,
                            std::string_view name,
                            std::string_view email) {
  if (password.size() > kPasswordMax) {
    return invalid(fmt::format("the password must not be longer than {} bytes", kPasswordMax));
  }
  if (!is_valid_utf8(password) || password.find('\0') != std::string_view::npos) {
    return invalid("the password must be text");
  }
  if (count_runes(password) < kPasswordMin) {
    return invalid(fmt::format("the password needs at least {} characters", kPasswordMin));
  }
  const std::string lower = to_lower_ascii(password);
  const bool is_known = std::ranges::find(kTriedFirst, lower) != std::end(kTriedFirst) ||
                        is_one_character(password) || lower == to_lower_ascii(name) ||
                        lower == to_lower_ascii(email);
  if (is_known) {
    return invalid("the password is among the first that somebody would try");
  }
  return {};
}

Result<std::string> hash_password(std::string_view password) {
  TRY(turnstile().enter());
  const Turn turn;
  return compute_hash(password);
}

Result<bool> is_password(const std::string& hash, std::string_view password) {
  if (password.size() > kPasswordMax) {
    return false;
  }
  RHUMB_CHECK(sodium_init() >= 0, "libsodium starts");
  TRY(turnstile().enter());
  const Turn turn;
  return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

const std::string& unknown_password_hash() {
  static const std::string hash = [] {
    std::array<unsigned char, 32> random{};
    RHUMB_CHECK(sodium_init() >= 0, "libsodium starts");
    randombytes_buf(random.data(), random.size());
    Result<std::string> made =
        compute_hash({reinterpret_cast<const char*>(random.data()), random.size()});
    return made ? *made : std::string();
  }();
  return hash;
}

}  // namespace rhumb::registry
