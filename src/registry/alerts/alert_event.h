#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What webhooks can be told of. Pure.
/// Source: spec registry.md 8.
namespace rhumb::registry {

enum class AlertEvent {
  kPing,
  kDirPushed,
  kSchemaPushed,
  kTagMoved,
  kCiFailed,
  kCiPassed,
  kDeploymentPassed,
  kDeploymentFailed,
  kDeploymentNoAction,
  kDeploymentDryRun,
  kSetFinished,
  kDatabasePending,
  kDatabaseFailed,
  kDatabaseSynced,
  kDriftDetected,
  kDriftResolved,
  kPlanPending,
  kPlanApproved,
  kDownPending,
  kDownDecided,
  kPolicyViolation,
  kTokenExpiring,
};

/// The names on the wire and in the store, never renamed: `deployment.failed`.
[[nodiscard]] std::string_view to_text(AlertEvent event);
[[nodiscard]] std::optional<AlertEvent> parse_alert_event(std::string_view text);
/// In the order of the specification.
[[nodiscard]] const std::vector<std::string>& alert_event_names();

/// A set of events.
class AlertEvents {
 public:
  AlertEvents() = default;
  /// What a webhook is told of that names no events: all but runs that changed nothing and dry
  /// runs.
  [[nodiscard]] static AlertEvents usual();

  void add(AlertEvent event) { bits_ |= bit(event); }
  void add(AlertEvents others) { bits_ |= others.bits_; }
  [[nodiscard]] bool has(AlertEvent event) const { return (bits_ & bit(event)) != 0; }
  [[nodiscard]] bool empty() const { return bits_ == 0; }
  bool operator==(const AlertEvents&) const = default;

 private:
  static uint32_t bit(AlertEvent event) { return uint32_t{1} << static_cast<unsigned>(event); }
  uint32_t bits_ = 0;
};

}  // namespace rhumb::registry
