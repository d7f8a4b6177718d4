#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "registry/alerts/webhook.h"
#include "registry/registry.h"

/// Making, changing and removing webhooks.
namespace rhumb::registry {

/// What is asked for; what is absent stays as it is.
struct WebhookWish {
  /// A slug or a glob; empty: every repository.
  std::optional<std::string> repo{};
  std::optional<WebhookType> type{};
  std::optional<std::string> url{};
  /// What nobody may see of the URL: a part of it, else its end, which the URL is without.
  std::optional<std::string> sensitive_part{};
  std::optional<std::string> secret{};  ///< empty: none
  std::optional<std::vector<std::string>> events{};
  std::optional<std::vector<std::string>> envs{};
  std::optional<std::vector<std::string>> statuses{};
  std::optional<bool> enabled{};
};

/// Errors: kInvalid and kLimit; kNotFound for an unknown repository; kUnsupported where the server
/// has no key to seal with, or no mail server for mail.
Result<Webhook> create_webhook(Registry& registry, const Caller& caller, const WebhookWish& wish);
/// Errors: as above; kNotFound `webhook not found`; kInvalid for another type. Enabling one forgets
/// why it was disabled.
Result<Webhook> update_webhook(Registry& registry,
                               const Caller& caller,
                               int64_t id,
                               const WebhookWish& wish);
/// With its deliveries. Errors: kNotFound.
Result<void> delete_webhook(Registry& registry, const Caller& caller, int64_t id);

}  // namespace rhumb::registry
