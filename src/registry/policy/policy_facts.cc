#include "registry/policy/policy_facts.h"

#include <algorithm>
#include <utility>

#include "migrate/format.h"
#include "registry/api/request_context.h"
#include "registry/content/version_content.h"
#include "registry/ingest/projection.h"
#include "registry/policy/permit.h"
#include "registry/policy/policy_approvals.h"
#include "registry/policy/policy_store.h"

namespace rhumb::registry {
namespace {

/// A database of a required stage, as it stands in the store.
struct Candidate {
  int64_t id = 0;
  StageDatabase shown;
};

/// Collects what the store knows of one version.
class FactFinder {
 public:
  FactFinder(Session& session, const Promotion& promotion, const VersionOrder& order)
      : session_(session),
        promotion_(promotion),
        order_(order),
        repo_id_(promotion.repo ? promotion.repo->id : 0),
        contents_(session, repo_id_, promotion.version) {}

  Result<DeploymentFacts> find(const PromotionPolicy& policy, const PromotionStage& stage) {
    wanted_ = TRY(find_wanted());
    DeploymentFacts facts{.version = promotion_.version, .now = promotion_.at, .required = {}};
    for (const std::string& name : stage.required) {
      StageFacts required{.stage = name, .databases = {}};
      if (const PromotionStage* before = policy.find_stage(name)) {
        required.databases = TRY(find_databases(policy, *before));
      }
      facts.required.push_back(std::move(required));
    }
    facts.approvals =
        TRY(count_approvals(session_, repo_id_, stage.name, promotion_.version, wanted_));
    facts.freezes = active_freezes(stage.freezes, promotion_.at, sys::TimeZones::of_machine());
    return facts;
  }

 private:
  /// The content that is about to run, as far as anybody can tell.
  Result<std::optional<std::string>> find_wanted() {
    if (!promotion_.dir_hash.empty()) {
      return contents_.in_directory(promotion_.dir_hash);
    }
    const auto head = promotion_.repo ? promotion_.repo->head_state_id : std::nullopt;
    return head ? contents_.in_state(*head)
                : Result<std::optional<std::string>>(std::optional<std::string>());
  }

  Result<std::vector<StageDatabase>> find_databases(const PromotionPolicy& policy,
                                                    const PromotionStage& stage) {
    std::vector<Candidate> candidates;
    TRY(session_.for_each(
        "SELECT d.id, d.name, n.name, coalesce(d.current_version, '') FROM databases d JOIN "
        "environments n ON n.id = d.env_id WHERE d.repo_id = ? AND d.archived_at IS NULL AND "
        "d.provisional = 0 AND n.ephemeral_hours IS NULL ORDER BY d.name, d.id",
        {repo_id_}, [&](const Row& row) {
          if (policy.find_stage_of(row[2].text()) == &stage) {
            candidates.push_back({row[0].number(),
                                  {.name = row[1].text(),
                                   .env_name = row[2].text(),
                                   .current_version = row[3].text()}});
          }
          return true;
        }));
    std::vector<StageDatabase> out;
    for (Candidate& candidate : candidates) {
      if (has_reached(candidate.shown.current_version)) {
        TRY(fill_passage(candidate));
      }
      out.push_back(std::move(candidate.shown));
    }
    return out;
  }

  [[nodiscard]] bool has_reached(const std::string& version) const {
    return !version.empty() && order_.compare(version, promotion_.version) >= 0;
  }

  Result<void> fill_passage(Candidate& candidate) {
    const bool is_settled = TRY(fill_from_own_run(candidate));
    return is_settled ? Result<void>() : fill_from_any_run(candidate);
  }

  /// By the newest run that executed the version's file; false when there was none.
  Result<bool> fill_from_own_run(Candidate& candidate) {
    const Rows rows = TRY(session_.query(
        "SELECT e.extra, e.received_at, f.name FROM events e JOIN event_files f ON f.event_id = "
        "e.id WHERE e.database_id = ? AND e.kind = 'APPLY' AND e.dry_run = 0 AND e.status = "
        "'PASSED' AND substr(f.name, 1, length(?)) = ? ORDER BY e.id DESC",
        {candidate.id, promotion_.version, promotion_.version}));
    for (const Row& row : rows) {
      if (migrate::file_version(row[2].text(), migrate::Format::kAtlas) == promotion_.version) {
        const bool same = TRY(has_wanted_content(row[0], row[1].number()));
        note(candidate.shown, same, row[1].number());
        return true;
      }
    }
    return false;
  }

  /// By the first run that left the database there.
  Result<void> fill_from_any_run(Candidate& candidate) {
    Result<void> problem;
    TRY(session_.for_each(
        "SELECT e.extra, e.received_at, coalesce(e.current_version, '') FROM events e WHERE "
        "e.database_id = ? AND e.kind = 'APPLY' AND e.dry_run = 0 AND e.status IN ('PASSED', "
        "'NO_ACTION') ORDER BY e.id",
        {candidate.id}, [&](const Row& row) {
          if (!has_reached(row[2].text())) {
            return true;
          }
          const Result<bool> same = has_wanted_content(row[0], row[1].number());
          if (!same) {
            problem = same.error();
            return false;
          }
          note(candidate.shown, *same, row[1].number());
          return !*same;
        }));
    return problem;
  }

  static void note(StageDatabase& database, bool same, int64_t received_at) {
    database.has_other_content = !same;
    if (same) {
      database.passed_at = received_at;
    }
  }

  /// Clients that do not name their directory ran what was pushed last.
  Result<bool> has_wanted_content(const Value& extra, int64_t received_at) {
    if (!wanted_) {
      return true;
    }
    const std::string dir_hash = stored_json(extra).string_or_empty("dirHash");
    const std::optional<std::string> content = TRY(
        dir_hash.empty() ? contents_.as_pushed_by(received_at) : contents_.in_directory(dir_hash));
    return content == wanted_;
  }

  Session& session_;
  const Promotion& promotion_;
  const VersionOrder& order_;
  int64_t repo_id_;
  VersionContents contents_;
  std::optional<std::string> wanted_;
};

}  // namespace

Result<std::vector<PolicyReason>> find_reasons(Session& session,
                                               Registry& registry,
                                               const Promotion& promotion) {
  const std::optional<PromotionPolicy> found =
      TRY(find_policy(session, promotion.org_id, promotion.repo ? promotion.repo->id : 0));
  const PromotionPolicy policy = found.value_or(PromotionPolicy{});
  const PromotionStage* stage = policy.find_stage_of(promotion.env);
  if (stage == nullptr || promotion.at < policy.since - kPermitSkewNs) {
    return std::vector<PolicyReason>();
  }
  RepoHead head;
  if (promotion.repo) {
    head = TRY(load_head(session, registry.orders, *promotion.repo));
  }
  const DeploymentFacts facts =
      TRY(FactFinder(session, promotion, head.order()).find(policy, *stage));
  return judge(*stage, facts);
}

}  // namespace rhumb::registry
