#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json.h"
#include "registry/alerts/alert_event.h"
#include "registry/store/sql.h"
#include "registry/store/store_seal.h"

/// Who is told what: webhooks as they are stored.
/// Source: spec registry.md 8, 4.17.
namespace rhumb::registry {

inline constexpr size_t kWebhooksMax = 25;  ///< of one repository; of every repository likewise

enum class WebhookType { kGeneric, kSlack, kWorkplace, kTeams, kDiscord, kEmail };
/// The names on the wire and in the store, never renamed: `GENERIC`.
[[nodiscard]] std::string_view to_text(WebhookType type);
[[nodiscard]] std::optional<WebhookType> parse_webhook_type(std::string_view text);

/// Which alerts a webhook is told of; an empty list does not narrow.
struct WebhookFilter {
  std::optional<int64_t> repo_id;   ///< this repository
  std::optional<std::string> repo;  ///< without it: those whose slug fits; neither: every one
  std::vector<std::string> events;  ///< empty: the usual ones
  std::vector<std::string> envs;    ///< globs, of what happened in an environment
  std::vector<std::string> statuses;

  [[nodiscard]] AlertEvents wanted() const;
};

/// A webhook without its secrets. Times are nanoseconds since 1970.
struct Webhook {
  int64_t id = 0;
  int64_t org_id = 0;
  WebhookType type = WebhookType::kGeneric;
  std::string url_shown;
  Blob url_sealed;
  std::optional<Blob> secret_sealed;
  WebhookFilter filter;
  std::optional<std::string> repo_slug;  ///< what `repo` is called by now
  bool enabled = true;
  std::optional<std::string> disabled_reason;
  std::optional<int64_t> failing_since;
  int64_t created_at = 0;
};

/// What an alert is about, as filters see it.
struct AlertSubject {
  AlertEvent event = AlertEvent::kPing;
  int64_t repo_id = 0;  ///< 0: of no repository
  std::string repo_slug;
  std::string env;     ///< empty: of no environment
  std::string status;  ///< empty: it has none
};
/// Whether a webhook is told of a repository. What is of none, repository 0, goes only to webhooks
/// of every one.
[[nodiscard]] bool is_of_repo(const WebhookFilter& filter,
                              int64_t repo_id,
                              std::string_view repo_slug);
/// Whether a webhook is told of it. What has no environment or no status passes filters by that.
[[nodiscard]] bool wants(const WebhookFilter& filter, const AlertSubject& subject);

/// What all enabled webhooks of an organization want together.
Result<AlertEvents> read_wanted_events(Session& session, int64_t org_id);
/// In the order they were made. `enabled_only` leaves the others out.
Result<std::vector<Webhook>> list_webhooks(Session& session, int64_t org_id, bool enabled_only);
/// Errors: kNotFound.
Result<Webhook> load_webhook(Session& session, int64_t org_id, int64_t id);

/// The address and the secret of a webhook, opened.
struct WebhookSecrets {
  std::string url;
  std::string secret;  ///< empty: none
};
/// Errors: those of StoreSeal::open().
Result<WebhookSecrets> open_secrets(const Webhook& webhook, const StoreSeal& seal);
/// Seals for a webhook of that organization. Errors: those of StoreSeal::seal().
Result<Blob> seal_url(const StoreSeal& seal, int64_t org_id, std::string_view url);
Result<Blob> seal_secret(const StoreSeal& seal, int64_t org_id, std::string_view secret);

}  // namespace rhumb::registry
