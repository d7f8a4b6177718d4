#include "http/trusted_proxies.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.h"

namespace rhumb::http {
namespace {

using Bytes = std::array<uint8_t, 16>;
constexpr int kMappedBits = 96;  // of `::ffff:0:0/96`, where IPv4 addresses are

struct ParsedAddress {
  Bytes bytes{};
  bool is_ipv4 = false;
};

std::optional<ParsedAddress> parse_address(std::string_view text) {
  const std::string terminated(text);
  ParsedAddress out;
  if (inet_pton(AF_INET6, terminated.c_str(), out.bytes.data()) == 1) {
    return out;
  }
  out.bytes = {};
  out.bytes[10] = out.bytes[11] = 0xff;
  out.is_ipv4 = true;
  return inet_pton(AF_INET, terminated.c_str(), &out.bytes[12]) == 1 ? std::optional(out)
                                                                     : std::nullopt;
}

std::optional<int> parse_bits(std::string_view text, int most) {
  int bits = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  return is_number && bits >= 0 && bits <= most ? std::optional(bits) : std::nullopt;
}

bool starts_alike(const Bytes& left, const Bytes& right, int bits) {
  const auto whole = static_cast<size_t>(bits) / 8;
  if (!std::equal(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(whole), right.begin())) {
    return false;
  }
  const int rest = bits % 8;
  const auto mask = static_cast<uint8_t>(0xff00U >> static_cast<unsigned>(rest));
  return rest == 0 || ((left.at(whole) ^ right.at(whole)) & mask) == 0;
}

}  // namespace

Result<TrustedProxies> TrustedProxies::parse(const std::vector<std::string>& networks) {
  TrustedProxies out;
  for (const std::string& text : networks) {
    const auto parts = cut(text, "/");
    const auto address = parse_address(parts ? parts->first : std::string_view(text));
    const int most = address && address->is_ipv4 ? 32 : 128;
    const auto bits = parts ? parse_bits(parts->second, most) : std::optional(most);
    if (!address || !bits) {
      return invalid(fmt::format(
          "\"{}\" is neither an address nor a network, such as 10.0.0.5 or 10.0.0.0/8", text));
    }
    out.networks_.push_back({address->bytes, *bits + (address->is_ipv4 ? kMappedBits : 0)});
  }
  return out;
}

bool TrustedProxies::contains(std::string_view address) const {
  const auto parsed = parse_address(address);
  return parsed && std::ranges::any_of(networks_, [&parsed](const Network& network) {
           return starts_alike(network.address, parsed->bytes, network.bits);
         });
}

std::string TrustedProxies::client_of(std::string_view peer, std::string_view forwarded) const {
  std::string_view client = peer;
  while (!forwarded.empty() && contains(client)) {
    const size_t comma = forwarded.rfind(',');
    const std::string_view before =
        trim(comma == std::string_view::npos ? forwarded : forwarded.substr(comma + 1));
    if (!parse_address(before)) {
      break;
    }
    client = before;
    forwarded = comma == std::string_view::npos ? "" : forwarded.substr(0, comma);
  }
  return std::string(client);
}

}  // namespace rhumb::http
