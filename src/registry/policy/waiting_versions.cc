#include "registry/policy/waiting_versions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "registry/content/version_content.h"
#include "registry/policy/policy_approvals.h"
#include "registry/policy/policy_store.h"

namespace rhumb::registry {
namespace {

/// An environment that stays.
struct Place {
  int64_t id = 0;
  std::string name;
};

/// A stage that takes approvals, with what there is of its environments.
struct Gate {
  const PromotionStage* stage = nullptr;
  int64_t number = 0;  ///< among the stages of its policy
  std::vector<Place> places;
};

/// What was pushed last of a repository.
struct Head {
  int64_t repo_id = 0;
  std::string slug;
  int64_t state_id = 0;
  std::string version;
  int64_t created_at = 0;
};

struct Candidate {
  const Head* head = nullptr;
  const Gate* gate = nullptr;

  /// Falls along the list, and is nobody else's: a state is of one repository. A policy has at most
  /// 50 stages.
  [[nodiscard]] int64_t key() const { return head->state_id * 64 + 63 - gate->number; }
};

/// Who approved the latest version of a repository for a stage, with what content.
struct Approval {
  std::string content;
  Actor actor;
};
using Approvals = std::map<std::pair<int64_t, std::string>, std::vector<Approval>>;

class WaitingFinder {
 public:
  WaitingFinder(Session& session, const WaitingFilter& filter)
      : session_(session), filter_(filter) {}

  Result<WaitingPage> find(const Page& page) {
    policies_ = TRY(list_policies(session_, filter_.org_id));
    TRY(load_places());
    sort_gates();
    TRY(load_heads());
    TRY(load_standings());
    TRY(load_approvals());
    const std::vector<Candidate> waiting = TRY(find_waiting());
    return read_page(waiting, page);
  }

 private:
  Result<void> load_places() {
    return session_.for_each(
        "SELECT id, name FROM environments WHERE org_id = ? AND name <> '' AND ephemeral_hours IS "
        "NULL ORDER BY name",
        {filter_.org_id}, [this](const Row& row) {
          places_.push_back({row[0].number(), row[1].text()});
          return true;
        });
  }

  void sort_gates() {
    for (const PromotionPolicy& policy : policies_) {
      gates_.emplace(policy.repo.value_or(""), find_gates(policy));
    }
  }

  [[nodiscard]] std::vector<Gate> find_gates(const PromotionPolicy& policy) const {
    std::vector<Gate> out;
    for (size_t i = 0; i < policy.stages.size(); ++i) {
      const PromotionStage& stage = policy.stages[i];
      const bool is_asked_for = filter_.env.empty() || policy.find_stage_of(filter_.env) == &stage;
      if (stage.approvals > 0 && is_asked_for) {
        out.push_back({&stage, static_cast<int64_t>(i), {}});
      }
    }
    for (const Place& place : places_) {
      const auto gate = std::ranges::find(out, policy.find_stage_of(place.name), &Gate::stage);
      if (gate != out.end()) {
        gate->places.push_back(place);
      }
    }
    return out;
  }

  /// Those of its own policy, else those of every other repository.
  [[nodiscard]] const std::vector<Gate>& gates_of(const std::string& repo) const {
    static const std::vector<Gate> kNone;
    const auto own = gates_.find(repo);
    const auto found = own == gates_.end() ? gates_.find("") : own;
    return found == gates_.end() ? kNone : found->second;
  }

  Result<void> load_heads() {
    const bool any = std::ranges::any_of(gates_, [](const auto& of) { return !of.second.empty(); });
    if (!any) {
      return {};
    }
    return session_.for_each(
        "SELECT r.id, r.slug, s.id, s.version, s.created_at FROM repos r JOIN dir_states s ON s.id "
        "= r.head_state_id WHERE r.org_id = ?1 AND r.id = coalesce(?2, r.id) AND r.hidden = 0 AND "
        "r.archived_at IS NULL AND r.type = 'MIGRATION_DIRECTORY' AND s.version <> '' ORDER BY "
        "s.id DESC",
        {filter_.org_id, filter_.repo_id}, [this](const Row& row) {
          if (!gates_of(row[1].text()).empty()) {
            heads_.push_back(
                {row[0].number(), row[1].text(), row[2].number(), row[3].text(), row[4].number()});
          }
          return true;
        });
  }

  /// Whether the databases of a repository in an environment are all in sync.
  Result<void> load_standings() {
    std::set<int64_t> envs;
    for (const auto& [repo, gates] : gates_) {
      for (const Gate& gate : gates) {
        for (const Place& place : gate.places) {
          envs.insert(place.id);
        }
      }
    }
    if (heads_.empty() || envs.empty()) {
      return {};
    }
    return session_.for_each(
        fmt::format("SELECT env_id, repo_id, min(CASE WHEN status = 'SYNCED' THEN 1 ELSE 0 END) "
                    "FROM databases WHERE org_id = ?1 AND archived_at IS NULL AND env_id IN ({}) "
                    "AND repo_id = coalesce(?2, repo_id) GROUP BY env_id, repo_id",
                    fmt::join(envs, ", ")),
        {filter_.org_id, filter_.repo_id}, [this](const Row& row) {
          in_sync_[{row[1].number(), row[0].number()}] = row[2].flag();
          return true;
        });
  }

  Result<void> load_approvals() {
    if (heads_.empty()) {
      return {};
    }
    return session_.for_each(
        "SELECT a.repo_id, a.stage, a.content, a.actor_kind, a.actor_id, a.actor_name FROM repos r "
        "JOIN dir_states s ON s.id = r.head_state_id JOIN promotion_approvals a ON a.repo_id = "
        "r.id AND a.version = s.version WHERE r.org_id = ?1 AND r.id = coalesce(?2, r.id) ORDER BY "
        "a.id",
        {filter_.org_id, filter_.repo_id}, [this](const Row& row) {
          approvals_[{row[0].number(), row[1].text()}].push_back(
              {row[2].text(), {row[3].text(), row[4].find_number(), row[5].text()}});
          return true;
        });
  }

  [[nodiscard]] bool is_deployed(const Candidate& candidate) const {
    bool any = false;
    for (const Place& place : candidate.gate->places) {
      const auto standing = in_sync_.find({candidate.head->repo_id, place.id});
      if (standing != in_sync_.end() && !standing->second) {
        return false;
      }
      any = any || standing != in_sync_.end();
    }
    return any;
  }

  [[nodiscard]] const std::vector<Approval>* find_approvals(const Candidate& candidate) const {
    const auto found = approvals_.find({candidate.head->repo_id, candidate.gate->stage->name});
    return found == approvals_.end() ? nullptr : &found->second;
  }

  Result<std::vector<Candidate>> find_waiting() {
    std::vector<Candidate> out;
    std::vector<int64_t> approved_states;
    for (const Head& head : heads_) {
      for (const Gate& gate : gates_of(head.slug)) {
        const Candidate candidate{&head, &gate};
        if (is_deployed(candidate)) {
          continue;
        }
        out.push_back(candidate);
        if (find_approvals(candidate) != nullptr) {
          approved_states.push_back(head.state_id);
        }
      }
    }
    contents_ = TRY(newest_contents(session_, approved_states));
    std::erase_if(out, [this](const Candidate& candidate) {
      return static_cast<int64_t>(approvers_of(candidate).size()) >=
             candidate.gate->stage->approvals;
    });
    return out;
  }

  /// Those whose approval is of the content that was pushed.
  [[nodiscard]] std::vector<Actor> approvers_of(const Candidate& candidate) const {
    std::vector<Actor> out;
    const std::vector<Approval>* approvals = find_approvals(candidate);
    const auto content = contents_.find(candidate.head->state_id);
    if (approvals == nullptr || content == contents_.end()) {
      return out;
    }
    for (const Approval& approval : *approvals) {
      if (approval.content == content->second) {
        out.push_back(approval.actor);
      }
    }
    return out;
  }

  Result<WaitingPage> read_page(const std::vector<Candidate>& waiting, const Page& page) {
    WaitingPage out;
    out.facts.total = static_cast<int64_t>(waiting.size());
    const auto first = std::ranges::find_if(waiting, [&](const Candidate& candidate) {
      return page.after ? candidate.key() < *page.after
                        : &candidate - waiting.data() >= page.offset();
    });
    const int64_t left = waiting.end() - first;
    const auto last = first + std::min(left, page.size);
    for (auto it = first; it != last; ++it) {
      out.versions.push_back(TRY(read_version(*it)));
    }
    if (first != last) {
      out.facts.end = std::prev(last)->key();
      out.facts.has_next = last != waiting.end();
    }
    return out;
  }

  Result<WaitingVersion> read_version(const Candidate& candidate) {
    const Head& head = *candidate.head;
    const PromotionStage& stage = *candidate.gate->stage;
    WaitingVersion out{.repo = head.slug,
                       .stage = stage.name,
                       .envs = {},
                       .version = head.version,
                       .needed = stage.approvals,
                       .approved_by = approvers_of(candidate),
                       .pushed_by = {},
                       .since = head.created_at};
    for (const Place& place : candidate.gate->places) {
      out.envs.push_back(place.name);
    }
    if (out.envs.empty()) {
      out.envs = stage.envs;
    }
    TRY(fill_push(head, out));
    return out;
  }

  /// A file that asks not to be hashed was pushed by nobody in particular.
  Result<void> fill_push(const Head& head, WaitingVersion& out) {
    const std::optional<std::string> content =
        TRY(VersionContents(session_, head.repo_id, head.version).in_state(head.state_id));
    if (!content) {
      return {};
    }
    std::optional<FirstPush> push = TRY(find_first_push(session_, {.repo_id = head.repo_id,
                                                                   .state_id = head.state_id,
                                                                   .version = head.version,
                                                                   .content = *content}));
    if (push) {
      out.pushed_by = std::move(push->actor);
      out.since = push->pushed_at;
    }
    return {};
  }

  Session& session_;
  const WaitingFilter& filter_;
  std::vector<PromotionPolicy> policies_;                // what gates point into
  std::vector<Place> places_;                            // by name
  std::map<std::string, std::vector<Gate>> gates_;       // by repository; "": of every other
  std::vector<Head> heads_;                              // the newest state first
  std::map<std::pair<int64_t, int64_t>, bool> in_sync_;  // by repository and environment
  Approvals approvals_;
  std::map<int64_t, std::string> contents_;  // of approved latest versions, by state
};

}  // namespace

Result<WaitingPage> list_waiting_versions(Session& session,
                                          const WaitingFilter& filter,
                                          const Page& page) {
  return WaitingFinder(session, filter).find(page);
}

}  // namespace rhumb::registry
