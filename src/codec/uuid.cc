#include "codec/uuid.h"

#include <openssl/evp.h>

#include <algorithm>

#include "base/check.h"
#include "base/go_format.h"
#include "codec/hex.h"
#include "sys/random.h"

namespace rhumb::codec {
namespace {

constexpr std::array<size_t, 4> kDashes = {8, 13, 18, 23};
constexpr size_t kTextSize = 36;

bool is_dash_at(size_t at) {
  return std::ranges::find(kDashes, at) != kDashes.end();
}

void set_version(Uuid::Bytes& bytes, int version) {
  bytes[6] = (bytes[6] & std::byte{0x0F}) | static_cast<std::byte>(version << 4);
  bytes[8] = (bytes[8] & std::byte{0x3F}) | std::byte{0x80};
}

int64_t ticks_of(sys::Instant time) {
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(time);
  const int64_t fraction = (time - millis).count() * 4096 / 1'000'000;
  return millis.time_since_epoch().count() * 4096 + fraction;
}

Uuid from_ticks(int64_t ticks) {
  Uuid::Bytes bytes = sys::random_bytes<16>();
  const auto millis = static_cast<uint64_t>(ticks / 4096);
  const auto fraction = static_cast<uint64_t>(ticks % 4096);
  for (size_t i = 0; i < 6; ++i) {
    bytes[i] = static_cast<std::byte>(millis >> (40 - 8 * i) & 0xFF);
  }
  bytes[6] = static_cast<std::byte>(fraction >> 8);
  bytes[7] = static_cast<std::byte>(fraction & 0xFF);
  set_version(bytes, 7);
  return Uuid(bytes);
}

}  // namespace

Uuid Uuid::random() {
  Bytes bytes = sys::random_bytes<16>();
  set_version(bytes, 4);
  return Uuid(bytes);
}

Uuid Uuid::at_time(sys::Instant time) {
  return from_ticks(std::max<int64_t>(ticks_of(time), 0));
}

Uuid Uuid::named(const Uuid& space, std::string_view name) {
  std::string input(reinterpret_cast<const char*>(space.bytes_.data()), space.bytes_.size());
  input += name;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  const bool hashed =
      EVP_Digest(input.data(), input.size(), digest.data(), nullptr, EVP_sha1(), nullptr) == 1;
  RHUMB_CHECK(hashed, "SHA-1 is always available");
  Bytes bytes{};
  for (size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::byte>(digest[i]);
  }
  set_version(bytes, 5);
  return Uuid(bytes);
}

Result<Uuid> Uuid::parse(std::string_view text) {
  std::string digits;
  bool well_formed = text.size() == kTextSize;
  for (size_t i = 0; i < text.size() && well_formed; ++i) {
    if (is_dash_at(i)) {
      well_formed = text[i] == '-';
    } else {
      digits += text[i];
    }
  }
  const auto bytes = hex_decode(digits);
  if (!well_formed || !bytes.has_value()) {
    return invalid("invalid UUID " + go_quote(text));
  }
  Uuid out;
  std::ranges::copy(*bytes, out.bytes_.begin());
  return out;
}

std::string Uuid::to_string() const {
  std::string out = hex_encode(bytes_);
  for (const size_t at : kDashes) {
    out.insert(at, 1, '-');
  }
  return out;
}

int Uuid::version() const {
  return std::to_integer<int>(bytes_[6] >> 4);
}

Uuid UuidGenerator::next() {
  const std::lock_guard lock(mutex_);
  last_ticks_ = std::max(ticks_of(clock_.now()), last_ticks_ + 1);
  return from_ticks(last_ticks_);
}

}  // namespace rhumb::codec
