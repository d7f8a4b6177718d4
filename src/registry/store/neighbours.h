#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "registry/registry.h"

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
/// How many requests this server took, now and then; in a transaction of its own.
Result<void> tell_uses(Registry& registry);

/// Hears the others until the subscription goes, which must be before the registry does.
[[nodiscard]] std::unique_ptr<StoreSubscription> listen_to_neighbours(Registry& registry);

/// What a message says to `registry`; its own are passed over, as is what it does not understand.
void hear_neighbour(Registry& registry, std::string_view message);

}  // namespace rhumb::registry
