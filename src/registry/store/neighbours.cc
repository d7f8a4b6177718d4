#include "registry/store/neighbours.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <span>

#include "base/text.h"
#include "codec/json.h"

namespace rhumb::registry {
namespace {

constexpr std::string_view kTokens = "tokens";
constexpr std::string_view kPolicies = "policies";
constexpr std::string_view kWebhooks = "webhooks";
constexpr std::string_view kEvents = "events";
constexpr std::string_view kUses = "uses";
constexpr std::chrono::seconds kTellEvery{1};
// Messages of PostgreSQL have fewer than 8,000 bytes. Source: PostgreSQL 15 manual, NOTIFY.
constexpr size_t kEventsTogether = 40;

using codec::Json;

std::string format_events(std::span<const LiveEvent> events) {
  Json all = Json::array();
  for (const LiveEvent& event : events) {
    all.push_back(Json::object({{"org", event.org_id},
                                {"event", event.event_id},
                                {"set", event.set_id.has_value() ? Json(*event.set_id) : Json()},
                                {"repo", event.repo_id},
                                {"status", event.status}}));
  }
  return codec::format_json(all);
}

LiveEvent read_event(const Json& json) {
  return LiveEvent{json.find_int("org").value_or(0), json.find_int("event").value_or(0),
                   json.find_int("set"), json.find_int("repo").value_or(0),
                   json.string_or_empty("status")};
}

std::vector<LiveEvent> read_events(std::string_view text) {
  std::vector<LiveEvent> events;
  const Result<Json> all = codec::parse_json(text);
  if (all && all->is_array()) {
    for (const Json& event : all->as_array()) {
      events.push_back(read_event(event));
    }
  }
  return events;
}

}  // namespace

Result<void> tell_events(const Registry& registry,
                         Session& session,
                         const std::vector<LiveEvent>& events) {
  for (std::span<const LiveEvent> left = events; !left.empty();) {
    const std::span<const LiveEvent> next = left.first(std::min(left.size(), kEventsTogether));
    TRY(session.tell_others(fmt::format("{} {} {}", registry.node, kEvents, format_events(next))));
    left = left.subspan(next.size());
  }
  return {};
}

Result<void> tell_tokens_changed(const Registry& registry, Session& session) {
  return session.tell_others(fmt::format("{} {}", registry.node, kTokens));
}

Result<void> tell_policies_changed(const Registry& registry, Session& session) {
  return session.tell_others(fmt::format("{} {}", registry.node, kPolicies));
}

Result<void> tell_webhooks_changed(const Registry& registry, Session& session) {
  return session.tell_others(fmt::format("{} {}", registry.node, kWebhooks));
}

Result<void> tell_uses(Registry& registry) {
  const std::vector<std::string> messages = registry.rates.tell();
  if (messages.empty()) {
    return {};
  }
  return registry.store.write([&](Session& session) -> Result<void> {
    for (const std::string& message : messages) {
      TRY(session.tell_others(fmt::format("{} {} {}", registry.node, kUses, message)));
    }
    return {};
  });
}

UseTeller::UseTeller(Registry& registry)
    : registry_(registry), thread_([this] {
        while (!stop_.token().wait_for(kTellEvery)) {
          (void)tell_uses(registry_);  // else the others count too few of one second
        }
      }) {}

UseTeller::~UseTeller() {
  stop_.cancel();
  thread_.join();
}

std::unique_ptr<StoreSubscription> listen_to_neighbours(Registry& registry) {
  return registry.store.listen(
      {.heard = [&registry](std::string_view message) { hear_neighbour(registry, message); },
       .missed =
           [&registry] {
             registry.tokens.forget();
             registry.policies.forget();
             registry.alerts.forget();
           }});
}

void hear_neighbour(Registry& registry, std::string_view message) {
  const auto said = cut(message, " ");
  if (!said || said->first == registry.node) {
    return;
  }
  if (said->second == kTokens) {
    registry.tokens.forget();
    return;
  }
  if (said->second == kPolicies) {
    registry.policies.forget();
    return;
  }
  if (said->second == kWebhooks) {
    registry.alerts.forget();
    return;
  }
  const auto word = cut(said->second, " ");
  if (word && word->first == kUses) {
    registry.rates.hear(word->second, registry.now());
  } else if (word && word->first == kEvents) {
    registry.live.publish(read_events(word->second));
  }
}

}  // namespace rhumb::registry
