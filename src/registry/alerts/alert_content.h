#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "registry/alerts/outbox.h"
#include "registry/content/ci_runs.h"
#include "registry/content/declarative_plans.h"
#include "registry/content/down_plans.h"
#include "registry/content/drifts.h"
#include "registry/content/states.h"

/// What is told of pushes, tags, CI runs, plans and drift. Each stores nothing when nobody wants
/// it.
namespace rhumb::registry {

/// `dir.pushed` or `schema.pushed`, and `tag.moved` where the tag stood for something else before.
struct ToldPush {
  const Repo& repo;
  const TaggedPush& push;
  int64_t tag_id = 0;
  bool moves_tag = false;
};
Result<void> tell_push(Registry& registry,
                       const Caller& caller,
                       Session& session,
                       const ToldPush& told);

/// `tag.moved` by hand.
struct ToldTagMove {
  const Repo& repo;
  const TagRow& tag;  ///< where it stands now
};
Result<void> tell_tag_move(Registry& registry,
                           const Caller& caller,
                           Session& session,
                           const ToldTagMove& told);

/// `ci.failed` or `ci.passed`; nothing for a run whose outcome is not known.
Result<void> tell_ci_run(Registry& registry,
                         const Caller& caller,
                         Session& session,
                         const CiRun& run,
                         const CiReport& report);

/// `plan.pending` or `plan.approved`.
Result<void> tell_plan(Registry& registry,
                       const Caller& caller,
                       Session& session,
                       const DeclarativePlan& plan);

/// `down.pending` for a plan that waits, else `down.decided`.
struct ToldDownPlan {
  const DownPlan& plan;
  std::optional<std::string> comment{};
  std::string because{};  ///< why it ended when nobody decided
};
Result<void> tell_down_plan(Registry& registry,
                            const Caller& caller,
                            Session& session,
                            const ToldDownPlan& told);

/// `drift.resolved` and `drift.detected`, whichever there was.
Result<void> tell_drift_change(Registry& registry,
                               const Caller& caller,
                               Session& session,
                               const DriftChange& change);

}  // namespace rhumb::registry
