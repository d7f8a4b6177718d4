#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "codec/json.h"
#include "registry/alerts/webhook.h"
#include "registry/content/repos.h"
#include "registry/registry.h"

/// What happened is written down for the webhooks that want it in the transaction in which it
/// happened: either both are stored or neither.
/// Source: spec registry.md 8.
namespace rhumb::registry {

/// The repository that an alert is about.
struct AlertRepo {
  int64_t id = 0;
  std::string slug;
  std::string type;
};
[[nodiscard]] AlertRepo alert_repo(const Repo& repo);

/// Something that somebody may want to be told of.
struct Alert {
  AlertEvent event = AlertEvent::kPing;
  std::optional<AlertRepo> repo{};
  std::string env{};
  std::string status{};
  std::string url{};   ///< its page
  std::string part{};  ///< the member that `detail` is told in: `deployment`
  codec::Json detail = codec::Json::object();
  /// What has the same key is one message, of which `count` says how often and `databases` where.
  std::string group_key{};
  std::optional<int64_t> set_id{};  ///< of that set, or of an entry of it
  int64_t hold_ns = 0;              ///< how long it waits for others of its group
};

/// Adds the databases that another alert of the same kind tells of.
void merge_alert_detail(codec::Json& detail, const codec::Json& other);

/// The alerts of one transaction. Members of a group are put together before they are stored.
///
/// Lifetime: one run of the transaction; refers to what it is made of.
class AlertBatch {
 public:
  AlertBatch(Registry& registry, const Caller& caller, Session& session)
      : registry_(registry), caller_(&caller), session_(session) {}

  /// Whose what comes next is, of the same organization; nothing must be left to store.
  void speak_for(const Caller& caller) { caller_ = &caller; }
  /// Whether anybody wants it; ask before composing what costs something.
  Result<bool> wants(AlertEvent event);
  /// Whether another member of a group is worth a name: a message names only some.
  [[nodiscard]] bool names_more(const std::string& group_key) const;
  /// Takes one in that somebody wants.
  void add(Alert alert);
  /// Stores what was taken in.
  Result<void> flush();

 private:
  Registry& registry_;
  const Caller* caller_;
  Session& session_;
  std::optional<AlertEvents> wanted_;
  std::vector<Alert> alerts_;
  std::map<std::string, size_t> groups_;  ///< places in alerts_
};

/// Stores one alert, when anybody wants it.
Result<void> put_alert(Registry& registry,
                       const Caller& caller,
                       Session& session,
                       const Alert& alert);

/// A delivery of an alert to a webhook, whatever that wants; its number.
Result<int64_t> put_delivery(Session& session,
                             const Webhook& webhook,
                             int64_t alert_id,
                             AlertEvent event,
                             int64_t now,
                             int64_t due_at);
/// Stores an alert without deliveries; its number.
Result<int64_t> insert_alert(Registry& registry,
                             const Caller& caller,
                             Session& session,
                             const Alert& alert);

/// A set has ended: what was held back for it goes out, but not to those who are told of the set
/// itself, which says it all. Call it after the alert of the set was flushed.
Result<void> release_set(Registry& registry,
                         const Caller& caller,
                         Session& session,
                         int64_t set_id);

}  // namespace rhumb::registry
