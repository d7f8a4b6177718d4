#include "registry/alerts/webhook_address.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "codec/redact.h"
#include "codec/url.h"

namespace rhumb::registry {
namespace {

constexpr size_t kUrlMax = 4096;
constexpr size_t kRecipientsMax = 10;
constexpr std::string_view kMailScheme = "mailto:";

bool is_chat(WebhookType type) {
  return type != WebhookType::kGeneric && type != WebhookType::kEmail;
}

Result<WebhookAddress> read_mail_addresses(const std::string& url) {
  const std::vector<std::string> recipients = TRY(read_recipients(url));
  return recipients.size() <= kRecipientsMax
             ? Result<WebhookAddress>(WebhookAddress{url, url})
             : Error(ErrorCode::kLimit, fmt::format("url: at most {} addresses", kRecipientsMax));
}

/// The URL with its path, query and fragment hidden.
std::string shown_host(const codec::Url& url) {
  return fmt::format("{}://{}/{}", url.scheme, url.host, codec::kRedacted);
}

Result<void> check_host(const codec::Url& url, const http::AddressGuard& guard) {
  const std::optional<http::IpAddress> address = http::IpAddress::parse(url.hostname());
  const std::optional<std::string> refusal =
      address ? guard.refuse(*address) : std::optional<std::string>();
  return refusal ? Result<void>(invalid(fmt::format(
                       "url: {}; whoever runs the registry can allow it with --webhook-allow",
                       *refusal)))
                 : Result<void>();
}

}  // namespace

Result<WebhookAddress> read_webhook_address(WebhookType type,
                                            const std::string& given,
                                            const std::string& sensitive_part,
                                            const http::AddressGuard& guard) {
  if (given.empty() || given.size() > kUrlMax || sensitive_part.size() > kUrlMax) {
    return invalid(fmt::format("url must have from 1 to {} bytes", kUrlMax));
  }
  if (type == WebhookType::kEmail) {
    return read_mail_addresses(given);
  }
  const bool is_inside = !sensitive_part.empty() && given.find(sensitive_part) != std::string::npos;
  const std::string text = is_inside ? given : given + sensitive_part;
  const Result<codec::Url> url = codec::parse_url(text);
  const bool has_control = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
  });
  if (!url || has_control || (url->scheme != "http" && url->scheme != "https") ||
      url->hostname().empty()) {
    return invalid("url must be http:// or https:// with a host");
  }
  TRY(check_host(*url, guard));
  WebhookAddress address{text, ""};
  if (!sensitive_part.empty()) {
    address.shown = codec::redact_url(replace_all(text, sensitive_part, codec::kRedacted));
  } else {
    address.shown = is_chat(type) ? shown_host(*url) : codec::redact_url(text);
  }
  return address;
}

Result<std::vector<std::string>> read_recipients(std::string_view url) {
  if (!url.starts_with(kMailScheme)) {
    return invalid("url of type EMAIL must be mailto:somebody@example.com");
  }
  std::vector<std::string> out;
  for (const std::string_view text : split(url.substr(kMailScheme.size()), ',')) {
    std::string address = TRY(http::mail_address(text).context("url"));
    out.push_back(std::move(address));
  }
  return out;
}

}  // namespace rhumb::registry
