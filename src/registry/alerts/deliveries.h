#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "codec/json.h"
#include "registry/alerts/webhook.h"
#include "registry/registry.h"
#include "registry/store/paging.h"

/// Alerts on their way to webhooks, as they are stored.
///
/// A delivery is sent until it was taken or its retries are used up. Whoever sends one claims it
/// first, for a time that sending never lasts: when the claimer goes, somebody else takes over.
/// Source: spec registry.md 8.
namespace rhumb::registry {

inline constexpr size_t kRetries = 5;  ///< after 1, 5 and 30 minutes, 2 and 6 hours
inline constexpr int64_t kClaimNs = int64_t{60} * 1'000'000'000;
/// How long a webhook may fail before it is disabled.
inline constexpr int64_t kFailingNs = int64_t{3} * 24 * 3600 * 1'000'000'000;
/// How long what was sent is kept.
inline constexpr int64_t kHistoryNs = int64_t{30} * 24 * 3600 * 1'000'000'000;

/// When a delivery that failed is tried again, after so many attempts; nothing: never.
[[nodiscard]] std::optional<int64_t> retry_delay_ns(int64_t attempts);

/// A delivery as it is shown. Times are nanoseconds since 1970.
struct Delivery {
  int64_t id = 0;
  int64_t webhook_id = 0;
  std::string guid;
  std::string event;
  int64_t time = 0;  ///< of the last attempt; before the first one when it was written
  int64_t attempts = 0;
  bool delivered = false;
  std::optional<int64_t> due_at;  ///< of the next attempt
  std::optional<int64_t> status;
  std::string request;
  std::optional<std::string> response;
  std::optional<std::string> error;
};
struct DeliveryPage {
  std::vector<Delivery> deliveries;  ///< newest first
  PageFacts facts;
};
Result<DeliveryPage> list_deliveries(Session& session, int64_t webhook_id, const Page& page);

/// A `ping` to one webhook, whether it wants it or not. Errors: kNotFound; kConflict for a disabled
/// one.
Result<Delivery> ping_webhook(Registry& registry, const Caller& caller, int64_t webhook_id);
/// The same alert once more, under another number. Errors: kNotFound; kConflict for a disabled
/// webhook.
Result<Delivery> redeliver(Registry& registry, const Caller& caller, int64_t delivery_id);

// -------------------------------------------------------------------------- for who sends them

/// A webhook that something is due for.
struct DueWebhook {
  int64_t webhook_id = 0;
  int64_t org_id = 0;
  bool is_failing = false;
};
/// Those that waited longest come first.
Result<std::vector<DueWebhook>> find_due(Session& session, int64_t now);

/// A delivery that is ours to send.
struct ClaimedDelivery {
  int64_t id = 0;
  int64_t claim = 0;  ///< what tells this claim from a later one
  std::string guid;
  std::string event;
  int64_t attempts = 0;
  int64_t created_at = 0;
  codec::Json body;  ///< of the alert, with its id
  Webhook webhook;
};
struct ClaimLimits {
  size_t deliveries_max = 1;
  int64_t messages_per_minute = 0;  ///< of the webhook; 0: no limit
};
/// Claims what is due for a webhook; where its minute is used up, the rest waits for the next.
Result<std::vector<ClaimedDelivery>> claim_due(Session& session,
                                               const DueWebhook& due,
                                               const ClaimLimits& limits,
                                               int64_t now);

/// What became of an attempt.
struct AttemptOutcome {
  bool delivered = false;
  std::optional<int64_t> status;
  std::string request;
  std::optional<std::string> response;
  std::optional<std::string> error;
  std::optional<int64_t> retry_after_ns{};  ///< as the receiver asked
};
/// Notes it, unless somebody else has the delivery by now. A webhook that has failed for three days
/// is disabled, which is told by `disabled`.
struct NotedAttempt {
  bool is_ours = false;
  bool disabled = false;
};
Result<NotedAttempt> note_attempt(Registry& registry,
                                  Session& session,
                                  const ClaimedDelivery& claimed,
                                  const AttemptOutcome& outcome);

/// For a server that has the store to itself: whoever claimed something before is gone.
Result<void> release_claims(Session& session, int64_t now);

/// Removes what is older than the history, so many rows at a time; how many it were.
Result<int64_t> forget_old_deliveries(Session& session, int64_t now);

}  // namespace rhumb::registry
