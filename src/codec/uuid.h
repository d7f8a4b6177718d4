#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sys/clock.h"

namespace rhumb::codec {

/// A 128-bit identifier (RFC 9562). Compares bytewise, so that version 7 sorts by time.
class Uuid {
 public:
  using Bytes = std::array<std::byte, 16>;

  /// All zeros: no identifier.
  Uuid() = default;
  explicit Uuid(const Bytes& bytes) : bytes_(bytes) {}

  /// Version 4, all random.
  [[nodiscard]] static Uuid random();
  /// Version 7: milliseconds, then a fraction of 1/4096 ms, then random.
  [[nodiscard]] static Uuid at_time(sys::Instant time);
  /// Version 5: the same for the same name in the same name space (RFC 9562, SHA-1).
  [[nodiscard]] static Uuid named(const Uuid& space, std::string_view name);
  /// The 36-character form, digits of either case. Errors: kInvalid `invalid UUID "x"`.
  [[nodiscard]] static Result<Uuid> parse(std::string_view text);

  /// Lower case, `0191f2c4-5b6d-7c3e-8f00-0123456789ab`.
  [[nodiscard]] std::string to_string() const;
  [[nodiscard]] const Bytes& bytes() const { return bytes_; }
  [[nodiscard]] bool is_nil() const { return *this == Uuid(); }
  /// 1 to 8 by the standard; 0 for the nil one.
  [[nodiscard]] int version() const;

  auto operator<=>(const Uuid&) const = default;

 private:
  Bytes bytes_{};
};

/// Makes version 7 identifiers that rise strictly, also within one clock tick and when the clock
/// goes back. Safe to use from several threads.
class UuidGenerator {
 public:
  explicit UuidGenerator(const sys::Clock& clock) : clock_(clock) {}
  [[nodiscard]] Uuid next();

 private:
  const sys::Clock& clock_;
  std::mutex mutex_;        // guards last_ticks_
  int64_t last_ticks_ = 0;  // 1/4096 ms since 1970
};

}  // namespace rhumb::codec
