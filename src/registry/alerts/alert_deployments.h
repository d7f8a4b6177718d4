#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "registry/alerts/outbox.h"
#include "registry/ingest/ingest_prepare.h"
#include "registry/ingest/projection.h"
#include "registry/ingest/status.h"
#include "registry/policy/policy.h"

/// What is told of deployments and of what they leave databases in.
namespace rhumb::registry {

/// A deployment that was stored.
struct ToldDeployment {
  const PreparedReport& prepared;
  const Repo& repo;
  int64_t event_id = 0;
  std::optional<int64_t> set_id;
  int64_t database_id = 0;
  EventStatus status = EventStatus::kPassed;
};

/// `deployment.passed` and its kin. Entries of a set that came to the same in the same way are one.
Result<void> note_deployment(Registry& registry,
                             Session& session,
                             AlertBatch& batch,
                             const ToldDeployment& told);

/// `policy.violation`.
Result<void> note_violation(Registry& registry,
                            Session& session,
                            AlertBatch& batch,
                            const ToldDeployment& told,
                            const std::vector<PolicyReason>& reasons);

/// `database.failed` and its kin, of databases of one repository: one for each environment.
struct ToldMoves {
  const Repo& repo;
  std::string latest_version;
  const std::vector<StatusMove>& moves;
  std::optional<int64_t> set_id{};  ///< that moved them
};
Result<void> note_moves(Registry& registry,
                        Session& session,
                        AlertBatch& batch,
                        const ToldMoves& told);

/// A set that has ended, as it stands in the store.
struct ToldSet {
  const Repo& repo;
  int64_t event_id = 0;
  int64_t env_id = 0;
  EventStatus status = EventStatus::kPassed;
  SetFacts facts;
  std::optional<std::string> error;
};
/// `deployment_set.finished`, with what failed in it, the most frequent first.
Result<void> note_set(Registry& registry, Session& session, AlertBatch& batch, const ToldSet& told);

}  // namespace rhumb::registry
