#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/registry.h"
#include "registry/store/paging.h"
#include "registry_api/report.h"

/// Plans of reverts: asked for by a client, approved or aborted by somebody else, carried out by
/// the client.
///
/// A plan is open (PENDING_USER, APPROVED) until it is aborted, carried out, expired, or until its
/// database is reported to be at another version; the last two make it ABORTED.
/// Source: spec registry.md 4.7, 6.2, 6.3.
namespace rhumb::registry {

inline constexpr int64_t kHourNs = int64_t{3600} * 1'000'000'000;

/// A plan as stored, with the status it has at the time it was read. Times are nanoseconds.
struct DownPlan {
  int64_t id = 0;
  std::string ext_id;
  Blob fingerprint;
  int64_t repo_id = 0;
  int64_t env_id = 0;
  std::string repo_slug;
  std::string env_name;
  std::string target_id;
  std::string target_schema;
  std::string from_version;
  std::string to_version;
  Blob files;  ///< body: a list of PlannedFile as JSON
  int64_t approvals = 1;
  bool self_approval = false;
  int64_t expiry_hours = 0;
  std::string status;
  int64_t created_at = 0;
  int64_t expires_at = 0;
  std::optional<int64_t> ended_at;
  std::optional<int64_t> event_id;
  Actor actor;

  [[nodiscard]] int64_t expiry_ns() const { return expiry_hours * kHourNs; }
  [[nodiscard]] bool is_open() const { return status == "PENDING_USER" || status == "APPROVED"; }
};

/// The plan that answers for that id; nothing when there is none, or when it is over and may be
/// asked for again: its database has moved since it ended, or it was aborted longer ago than it may
/// stand.
Result<std::optional<DownPlan>> find_plan(Session& session,
                                          int64_t org_id,
                                          std::string_view ext_id,
                                          int64_t now);
/// Errors: kNotFound `plan not found`.
Result<DownPlan> load_plan(Session& session, int64_t org_id, int64_t id, int64_t now);

struct PlanFilter {
  int64_t org_id = 0;
  std::optional<int64_t> repo_id;
  std::vector<std::string> statuses;  ///< empty: all
};
struct PlanPage {
  std::vector<DownPlan> plans;  ///< newest first
  PageFacts facts;
};
Result<PlanPage> list_plans(Session& session,
                            const PlanFilter& filter,
                            const Page& page,
                            int64_t now);

/// Asks for an approval. The same request again is the same plan.
///
/// Errors: kInvalid and kLimit for names and counts past their bounds; kNotFound `dir "x" not
/// found`; kDenied without `report:write`; kConflict when the id was used for another content.
Result<DownPlan> request_plan(Registry& registry,
                              const Caller& caller,
                              registry_api::RevertPlan request);

struct PlanDecision {
  int64_t plan_id = 0;
  bool approves = false;
  std::optional<std::string> comment;
};
/// Approves or aborts.
///
/// Errors: kNotFound; kDenied without `plan:approve` (who asked for a plan may abort it without),
/// and for an approval by who asked for it; kConflict for a plan whose status does not allow it, or
/// for a second approval by the same person; kInvalid for a comment that is too long.
Result<DownPlan> decide_plan(Registry& registry,
                             const Caller& caller,
                             const PlanDecision& decision);

/// What a stored report says of the plans of its database.
struct PlanSettlement {
  int64_t org_id = 0;
  int64_t repo_id = 0;
  int64_t env_id = 0;
  registry_api::DeployedTarget target;
  std::string plan_id;  ///< of a revert; empty: none
  bool passed = false;
  bool applies = false;  ///< it is the newest word on its database
  std::string current_version;
  int64_t event_id = 0;
};
/// A revert that passed makes its plan APPLIED; a database at another version ends its open plans.
/// Returns the ids of the plans that it ended. Must run in the transaction that stores the report.
Result<std::vector<int64_t>> settle_plans(Session& session,
                                          const PlanSettlement& settlement,
                                          int64_t now);
/// Asks ahead (Session::ask_ahead) for the open plans that settle_plans() looks for.
Result<void> ask_for_open_plans(Session& session, const PlanSettlement& settlement);

/// The name of the only environment in which a repository knows a database; a run without one is
/// filed there. Empty when there is none, or several.
Result<std::string> only_env_name(Session& session,
                                  int64_t org_id,
                                  std::string_view repo,
                                  const registry_api::DeployedTarget& target);

[[nodiscard]] std::string plan_link(const Registry& registry, int64_t plan_id);

}  // namespace rhumb::registry
