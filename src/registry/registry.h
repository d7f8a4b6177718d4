#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "registry/alerts/alert_presence.h"
#include "registry/alerts/alert_settings.h"
#include "registry/audit/audit.h"
#include "registry/audit/audit_key.h"
#include "registry/identity/access.h"
#include "registry/identity/rate_limit.h"
#include "registry/identity/token_cache.h"
#include "registry/ingest/place_hints.h"
#include "registry/ingest/projection.h"
#include "registry/live.h"
#include "registry/metrics.h"
#include "registry/policy/policy_presence.h"
#include "registry/store/store.h"
#include "registry/store/store_seal.h"
#include "registry_api/report.h"
#include "sys/clock.h"

namespace rhumb::registry {

/// Who asks, with what rights, in which organization.
struct Caller {
  Origin origin;
  int64_t org_id = 0;
  std::string org_slug;
  std::string org_name;
  Rights rights;
  std::optional<int64_t> expires_at;
  int64_t bot_id = 0;      ///< 0: a person asks
  int64_t user_id = 0;     ///< 0: a bot asks
  int64_t session_id = 0;  ///< of a person at the pages; 0: by token
};

/// A name that no other server has.
[[nodiscard]] std::string make_node_name();

/// What every operation of the registry works with.
///
/// Lifetime: refers to store and clock, which must outlive it. Threads: any.
struct Registry {
  Store& store;
  const sys::Clock& clock;
  std::string public_url;  ///< without a slash at the end
  StateOrders orders{};
  PlaceHints places{};
  LiveHub live{};
  TokenCache tokens{store};
  /// Tells this server from others that share its store.
  std::string node = make_node_name();
  PolicyPresence policies{store};
  /// That signs what leaves the audit log; nothing until the server is ready.
  std::optional<AuditKey> audit_key{};
  AlertPresence alerts{};
  AlertSettings alert_settings{};
  StoreSeal seal{};  ///< of the secrets in the store
  Metrics metrics{};
  RateLimit rates{};  ///< by token, and by session as negative numbers

  [[nodiscard]] int64_t now() const { return clock.now().time_since_epoch().count(); }
};

/// Errors: kDenied naming the permission.
Result<void> require(const Caller& caller,
                     std::string_view permission,
                     const AccessTarget& target = {});

/// An entry of the audit log about something the caller did.
[[nodiscard]] AuditEntry audit_entry(const Caller& caller,
                                     int64_t now,
                                     std::string action,
                                     std::string object);

// Addresses of web pages.
[[nodiscard]] std::string repo_link(const Registry& registry, std::string_view slug);
[[nodiscard]] std::string tag_link(const Registry& registry, int64_t repo_id, int64_t tag_id);
[[nodiscard]] std::string event_link(const Registry& registry, int64_t event_id, bool is_set);
[[nodiscard]] std::string database_link(const Registry& registry, int64_t database_id);

/// Stored instants and those of reports.
[[nodiscard]] std::optional<int64_t> to_stored(const registry_api::OptionalTime& time);
[[nodiscard]] registry_api::OptionalTime from_stored(const std::optional<int64_t>& time);

}  // namespace rhumb::registry
