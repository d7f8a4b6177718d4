#include "http/ip_address.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace rhumb::http {
namespace {

constexpr int kV4Bits = 96;  // of the IPv6 form before an address of version 4
constexpr std::array<uint8_t, 12> kV4Prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

IpAddress from_v4(const void* four) {
  IpAddress::Bytes bytes{};
  std::copy(kV4Prefix.begin(), kV4Prefix.end(), bytes.begin());
  std::memcpy(bytes.data() + kV4Prefix.size(), four, 4);
  return IpAddress(bytes);
}

struct SpecialRange {
  const char* range;
  std::string_view purpose;
};

// The first that holds an address names it.
constexpr SpecialRange kSpecial[] = {
    {"0.0.0.0/8", "unspecified"},        {"10.0.0.0/8", "private"},
    {"100.64.0.0/10", "shared"},         {"127.0.0.0/8", "loopback"},
    {"168.63.129.16", "metadata"},  // Azure's own, inside public space
    {"169.254.0.0/16", "link-local"},    {"172.16.0.0/12", "private"},
    {"192.0.0.0/24", "reserved"},        {"192.0.2.0/24", "documentation"},
    {"192.88.99.0/24", "reserved"},      {"192.168.0.0/16", "private"},
    {"198.18.0.0/15", "benchmarking"},   {"198.51.100.0/24", "documentation"},
    {"203.0.113.0/24", "documentation"}, {"224.0.0.0/4", "multicast"},
    {"255.255.255.255", "broadcast"},    {"240.0.0.0/4", "reserved"},
};
constexpr SpecialRange kSpecialV6[] = {
    {"::", "unspecified"},          {"::1", "loopback"},
    {"64:ff9b:1::/48", "private"},  {"100::/64", "discard-only"},
    {"100:0:0:1::/64", "reserved"}, {"2001:db8::/32", "documentation"},
    {"3fff::/20", "documentation"}, {"5f00::/16", "reserved"},
    {"fc00::/7", "private"},        {"fe80::/10", "link-local"},
    {"fec0::/10", "private"},       {"ff00::/8", "multicast"},
    {"2001::/23", "reserved"},
};
// What is none of this kind is not given out yet, or is one of the forms that hold an address of
// version 4, which are asked by that.
constexpr const char* kGlobalV6[] = {"2000::/3", "64:ff9b::/96"};

struct NamedRange {
  IpRange range;
  std::string_view purpose;
};

template <size_t Size>
std::vector<NamedRange> read_ranges(const SpecialRange (&ranges)[Size]) {
  std::vector<NamedRange> out;
  for (const SpecialRange& special : ranges) {
    out.push_back({IpRange::parse(special.range).value_or(IpRange{}), special.purpose});
  }
  return out;
}

std::string_view find_purpose(const std::vector<NamedRange>& ranges, const IpAddress& address) {
  for (const NamedRange& named : ranges) {
    if (named.range.contains(address)) {
      return named.purpose;
    }
  }
  return "";
}

bool is_global_v6(const IpAddress& address) {
  return std::any_of(std::begin(kGlobalV6), std::end(kGlobalV6), [&address](const char* range) {
    return IpRange::parse(range).value_or(IpRange{}).contains(address);
  });
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  const std::string name(text);
  in_addr four{};
  if (inet_pton(AF_INET, name.c_str(), &four) == 1) {
    return from_v4(&four);
  }
  Bytes bytes{};
  if (inet_pton(AF_INET6, name.c_str(), bytes.data()) == 1) {
    return IpAddress(bytes);
  }
  return std::nullopt;
}

std::optional<IpAddress> IpAddress::from_socket(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    sockaddr_in four{};
    std::memcpy(&four, address, sizeof(four));
    return from_v4(&four.sin_addr);
  }
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 six{};
    std::memcpy(&six, address, sizeof(six));
    Bytes bytes{};
    std::memcpy(bytes.data(), &six.sin6_addr, bytes.size());
    return IpAddress(bytes);
  }
  return std::nullopt;
}

bool IpAddress::is_v4() const {
  return std::equal(kV4Prefix.begin(), kV4Prefix.end(), bytes_.begin());
}

std::string IpAddress::to_string() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool four = is_v4();
  inet_ntop(four ? AF_INET : AF_INET6, bytes_.data() + (four ? kV4Prefix.size() : 0), text.data(),
            text.size());
  return text.data();
}

std::optional<IpAddress> IpAddress::embedded() const {
  if (is_v4()) {
    return std::nullopt;
  }
  constexpr std::array<uint8_t, 12> kNat64 = {0, 0x64, 0xff, 0x9b};
  constexpr std::array<uint8_t, 12> kTranslated = {0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  constexpr std::array<uint8_t, 12> kCompatible = {};
  for (const auto* prefix : {&kNat64, &kTranslated, &kCompatible}) {
    if (std::equal(prefix->begin(), prefix->end(), bytes_.begin())) {
      return from_v4(bytes_.data() + prefix->size());
    }
  }
  const bool is_6to4 = bytes_[0] == 0x20 && bytes_[1] == 0x02;
  return is_6to4 ? std::optional(from_v4(bytes_.data() + 2)) : std::nullopt;
}

Result<IpRange> IpRange::parse(std::string_view text) {
  const Error wrong =
      invalid(fmt::format("\"{}\" is neither an address nor a range such as 10.0.0.0/8", text));
  const size_t slash = text.find('/');
  const std::optional<IpAddress> first = IpAddress::parse(text.substr(0, slash));
  if (!first) {
    return wrong;
  }
  IpRange range{*first, 128};
  if (slash != std::string_view::npos) {
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data() + slash + 1, end, range.bits);
    const int bits_max = first->is_v4() ? 128 - kV4Bits : 128;
    if (read.ec != std::errc() || read.ptr != end || range.bits < 0 || range.bits > bits_max) {
      return wrong;
    }
    range.bits += 128 - bits_max;
  }
  IpAddress::Bytes rest = first->bytes();
  for (int bit = range.bits; bit < 128; ++bit) {
    if ((rest[static_cast<size_t>(bit) / 8] >> (7 - bit % 8) & 1) != 0) {
      return wrong;
    }
  }
  return range;
}

bool IpRange::contains(const IpAddress& address) const {
  const auto whole = static_cast<size_t>(bits) / 8;
  const int left = bits % 8;
  const IpAddress::Bytes& a = first.bytes();
  const IpAddress::Bytes& b = address.bytes();
  return std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole), b.begin()) &&
         (left == 0 || a[whole] >> (8 - left) == b[whole] >> (8 - left));
}

std::string_view special_purpose(const IpAddress& address) {
  static const std::vector<NamedRange> special = read_ranges(kSpecial);
  static const std::vector<NamedRange> special_v6 = read_ranges(kSpecialV6);
  if (address.is_v4()) {
    return find_purpose(special, address);
  }
  const std::string_view purpose = find_purpose(special_v6, address);
  if (!purpose.empty()) {
    return purpose;
  }
  if (const std::optional<IpAddress> inner = address.embedded()) {
    const std::string_view of_inner = find_purpose(special, *inner);
    if (!of_inner.empty()) {
      return of_inner;
    }
  }
  return is_global_v6(address) ? "" : "reserved";
}

std::optional<std::string> AddressGuard::refuse(const IpAddress& address) const {
  const std::string_view purpose = special_purpose(address);
  const bool allowed =
      purpose.empty() || std::any_of(allowed_.begin(), allowed_.end(),
                                     [&](const IpRange& range) { return range.contains(address); });
  return allowed ? std::nullopt
                 : std::optional(fmt::format("{} is a {} address", address.to_string(), purpose));
}

}  // namespace rhumb::http
