#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

struct sockaddr;

/// Addresses of the Internet Protocol, and which of them lead into somebody's own network. Pure.
namespace rhumb::http {

/// An address of either version; one of version 4 has its IPv6 form, `::ffff:a.b.c.d`.
///
/// Shape: forms of IPv6 that hold an address of version 4 (mapped, compatible, NAT64, 6to4) stay as
/// they are; embedded() tells what is inside.
class IpAddress {
 public:
  using Bytes = std::array<uint8_t, 16>;

  explicit IpAddress(const Bytes& bytes) : bytes_(bytes) {}
  /// `10.0.0.1`, `::1`, without brackets, port and zone. Nothing for anything else, so neither for
  /// `010.1`, `2130706433` nor `0x7f.1`.
  [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);
  /// Nothing for an address of another family.
  [[nodiscard]] static std::optional<IpAddress> from_socket(const sockaddr* address);

  [[nodiscard]] const Bytes& bytes() const { return bytes_; }
  [[nodiscard]] bool is_v4() const;
  [[nodiscard]] std::string to_string() const;
  /// The address of version 4 that an address of version 6 stands for where gateways translate.
  [[nodiscard]] std::optional<IpAddress> embedded() const;

  bool operator==(const IpAddress&) const = default;

 private:
  Bytes bytes_{};
};

/// A block of addresses: `10.0.0.0/8`, `fd00::/8`, or one address.
struct IpRange {
  IpAddress first = IpAddress(IpAddress::Bytes{});
  int bits = 128;  ///< of the IPv6 form

  /// Errors: kInvalid `"x" is neither an address nor a range such as 10.0.0.0/8`; also where bits
  /// behind the prefix are set.
  static Result<IpRange> parse(std::string_view text);
  [[nodiscard]] bool contains(const IpAddress& address) const;
};

/// What an address is for when it does not lead to the open Internet: `private`, `loopback`,
/// `link-local` (which has the metadata services of clouds), `shared` (carriers' NAT), `multicast`,
/// `reserved`, ...; empty for every other. What an embedded address is for counts too.
/// Source: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890, 2025-10).
[[nodiscard]] std::string_view special_purpose(const IpAddress& address);

/// Which addresses a server may connect to on behalf of somebody else.
class AddressGuard {
 public:
  AddressGuard() = default;
  /// Of the special ones only those in a range are let through.
  explicit AddressGuard(std::vector<IpRange> allowed) : allowed_(std::move(allowed)) {}

  /// Why not; nothing when it may.
  [[nodiscard]] std::optional<std::string> refuse(const IpAddress& address) const;

 private:
  std::vector<IpRange> allowed_;
};

}  // namespace rhumb::http
