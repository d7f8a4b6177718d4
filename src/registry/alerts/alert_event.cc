#include "registry/alerts/alert_event.h"

#include <algorithm>
#include <array>

namespace rhumb::registry {
namespace {

// By the value of the enumerator.
constexpr std::array<std::string_view, 22> kNames = {
    "ping",
    "dir.pushed",
    "schema.pushed",
    "tag.moved",
    "ci.failed",
    "ci.passed",
    "deployment.passed",
    "deployment.failed",
    "deployment.no_action",
    "deployment.dry_run",
    "deployment_set.finished",
    "database.pending",
    "database.failed",
    "database.synced",
    "drift.detected",
    "drift.resolved",
    "plan.pending",
    "plan.approved",
    "down.pending",
    "down.decided",
    "policy.violation",
    "token.expiring",
};

}  // namespace

std::string_view to_text(AlertEvent event) {
  return kNames[static_cast<size_t>(event)];
}

std::optional<AlertEvent> parse_alert_event(std::string_view text) {
  const auto* found = std::find(kNames.begin(), kNames.end(), text);
  return found == kNames.end() ? std::nullopt
                               : std::optional(static_cast<AlertEvent>(found - kNames.begin()));
}

const std::vector<std::string>& alert_event_names() {
  static const std::vector<std::string> names(kNames.begin(), kNames.end());
  return names;
}

AlertEvents AlertEvents::usual() {
  AlertEvents events;
  for (size_t i = 0; i < kNames.size(); ++i) {
    const auto event = static_cast<AlertEvent>(i);
    if (event != AlertEvent::kDeploymentNoAction && event != AlertEvent::kDeploymentDryRun) {
      events.add(event);
    }
  }
  return events;
}

}  // namespace rhumb::registry
