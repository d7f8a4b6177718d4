#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "codec/json.h"
#include "registry/content/repos.h"
#include "registry/registry.h"

/// What not everybody may do with a repository, and who has to agree.
/// Source: spec registry.md 6.2; registry.graphql ProtectedFlows, ProtectedFlowsInput.
namespace rhumb::registry {

/// Absent members stay as they are.
struct FlowsChange {
  std::optional<bool> migrate_down;
  std::optional<bool> push;
  std::optional<bool> move_tag;
  std::optional<bool> deploy;
  std::optional<bool> push_plan;
  std::optional<bool> approve_plan;
  std::optional<int64_t> approvals;
  std::optional<bool> self_approval;
  std::optional<int64_t> expiry_hours;
};

/// The member `protectedFlows` of an input. Errors: kInvalid for a number out of its range.
Result<FlowsChange> read_flows_change(const codec::Json& input);
/// What `flows` and `down` become at `now`.
void apply_flows_change(const FlowsChange& change,
                        int64_t now,
                        DownProtection& down,
                        ProtectedFlows& flows);
/// A ProtectedFlows.
[[nodiscard]] codec::Json protected_flows_json(const DownProtection& down,
                                               const ProtectedFlows& flows);

/// Of repositories and organizations, behind those of DownProtection.
inline constexpr std::string_view kFlowColumns =
    "protect_push, protect_move_tag, protect_push_plan, protect_approve_plan, "
    "deploy_protected_at";
[[nodiscard]] ProtectedFlows read_flows(const Row& row, size_t offset);

/// Errors: kDenied `<what> of "app" are protected: ...` without kProtectedPermission.
Result<void> require_protected(const Caller& caller, const Repo& repo, std::string_view what);

}  // namespace rhumb::registry
