#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/ip_address.h"
#include "http/mail.h"
#include "registry/alerts/webhook.h"

/// Addresses of webhooks: what they must be, and what may be seen of them. Pure.
namespace rhumb::registry {

/// An address in two forms.
struct WebhookAddress {
  std::string url;    ///< as it is sent to
  std::string shown;  ///< with `xxxxx` for what nobody may see
};
/// Of chat services the path is the secret.
/// Errors: kInvalid for what is no address of that type, or one that leads into somebody's own
/// network when the guard refuses it (of a name only what it is called by is known here).
Result<WebhookAddress> read_webhook_address(WebhookType type,
                                            const std::string& url,
                                            const std::string& sensitive_part,
                                            const http::AddressGuard& guard);

/// The addresses of `mailto:a@b,c@d`. Errors: kInvalid.
Result<std::vector<std::string>> read_recipients(std::string_view url);

}  // namespace rhumb::registry
