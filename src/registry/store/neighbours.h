#pragma once

#include <memory>
#include <string_view>
#include <thread>
#include <vector>

#include "registry/registry.h"
#include "sys/cancellation.h"

/// What the servers of one store tell each other: pages that are open at one of them show what was
/// stored by another, a token that was revoked is refused everywhere, policies hold everywhere, and
/// webhooks are told of what happens everywhere; a token may make so many requests at all of them.
namespace rhumb::registry {

/// To be called in the transaction that stores what it is about.
Result<void> tell_events(const Registry& registry,
                         Session& session,
                         const std::vector<LiveEvent>& events);
Result<void> tell_tokens_changed(const Registry& registry, Session& session);
Result<void> tell_policies_changed(const Registry& registry, Session& session);
Result<void> tell_webhooks_changed(const Registry& registry, Session& session);
/// How many requests were taken here since the last time; in a transaction of its own.
Result<void> tell_uses(Registry& registry);

/// Calls tell_uses() once a second until it goes, on a thread of its own: no request waits for the
/// store because of it. `registry` must outlive it.
class UseTeller {
 public:
  explicit UseTeller(Registry& registry);
  ~UseTeller();
  UseTeller(const UseTeller&) = delete;
  UseTeller& operator=(const UseTeller&) = delete;

 private:
  Registry& registry_;
  sys::CancellationSource stop_;
  std::thread thread_;
};

/// Hears the others until the subscription goes, which must be before the registry does.
[[nodiscard]] std::unique_ptr<StoreSubscription> listen_to_neighbours(Registry& registry);

/// What a message says to `registry`; its own are passed over, as is what it does not understand.
void hear_neighbour(Registry& registry, std::string_view message);

}  // namespace rhumb::registry
