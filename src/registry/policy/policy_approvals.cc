#include "registry/policy/policy_approvals.h"

#include <fmt/format.h>

#include "registry/api/request_context.h"
#include "registry/content/version_content.h"
#include "registry/policy/policy_store.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr size_t kCommentMax = 4096;

/// Carries out one approval in a transaction.
class ApprovalJob {
 public:
  ApprovalJob(Registry& registry,
              const Caller& caller,
              const ApprovalRequest& request,
              Session& session)
      : registry_(registry), caller_(caller), request_(request), session_(session) {}

  Result<PromotionApproval> run() {
    const std::optional<Repo> repo = TRY(find_repo(session_, caller_.org_id, request_.repo));
    if (!repo) {
      return Error(ErrorCode::kNotFound, fmt::format("dir \"{}\" not found", request_.repo));
    }
    TRY(require(caller_, "plan:approve", {.repo = repo->slug}));
    const int64_t needed = TRY(find_needed(repo->id));
    content_ = TRY(find_content(*repo));
    TRY(refuse_pusher(*repo));
    TRY(insert(repo->id));
    TRY(audit(*repo));
    const int64_t approvals =
        TRY(count_approvals(session_, repo->id, request_.stage, request_.version, content_));
    return PromotionApproval{request_.stage, request_.version, approvals, needed};
  }

 private:
  /// How many approvals the stage takes.
  Result<int64_t> find_needed(int64_t repo_id) {
    const std::optional<PromotionPolicy> policy =
        TRY(find_policy(session_, caller_.org_id, repo_id));
    const PromotionStage* stage = policy ? policy->find_stage(request_.stage) : nullptr;
    if (stage == nullptr) {
      return Error(ErrorCode::kNotFound,
                   fmt::format("stage \"{}\" not found in the policy of \"{}\"", request_.stage,
                               request_.repo));
    }
    return stage->approvals;
  }

  Result<std::string> find_content(const Repo& repo) {
    VersionContents contents(session_, repo.id, request_.version);
    const std::optional<std::string> content =
        TRY(contents.in_state(repo.head_state_id.value_or(0)));
    if (!content) {
      return Error(ErrorCode::kNotFound,
                   fmt::format("version {} is not in the latest state of \"{}\"; only what was "
                               "pushed can be approved",
                               request_.version, repo.slug));
    }
    return *content;
  }

  /// Nobody lets in what is their own.
  Result<void> refuse_pusher(const Repo& repo) {
    const std::optional<FirstPush> first =
        TRY(find_first_push(session_, {.repo_id = repo.id,
                                       .state_id = repo.head_state_id.value_or(0),
                                       .version = request_.version,
                                       .content = content_}));
    const Actor& actor = caller_.origin.actor;
    if (first && is_same(first->actor, actor)) {
      return Error(ErrorCode::kDenied, fmt::format("version {} cannot be approved by \"{}\", who "
                                                   "pushed it",
                                                   request_.version, actor.name));
    }
    return {};
  }

  Result<void> insert(int64_t repo_id) {
    const Actor& actor = caller_.origin.actor;
    const Rows known = TRY(session_.query(
        "SELECT actor_kind, actor_id, actor_name FROM promotion_approvals WHERE repo_id = ? AND "
        "version = ? AND stage = ? AND content = ?",
        {repo_id, request_.version, request_.stage, content_}));
    for (const Row& row : known) {
      if (is_same(Actor{row[0].text(), row[1].find_number(), row[2].text()}, actor)) {
        return Error(ErrorCode::kConflict,
                     fmt::format("\"{}\" has approved version {} for {} already", actor.name,
                                 request_.version, request_.stage));
      }
    }
    return session_.run(
        "INSERT INTO promotion_approvals (org_id, repo_id, stage, version, content, comment, "
        "approved_at, actor_kind, actor_id, actor_name) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {caller_.org_id, repo_id, request_.stage, request_.version, content_, request_.comment,
         registry_.now(), actor.kind, actor.id, actor.name});
  }

  Result<void> audit(const Repo& repo) {
    AuditEntry entry = audit_entry(caller_, registry_.now(), "policy.approve", "repo/" + repo.slug);
    entry.after = codec::format_json(Json::object({{"stage", request_.stage},
                                                   {"version", request_.version},
                                                   {"content", content_},
                                                   {"comment", text_json(request_.comment)}}));
    return append_audit(session_, std::move(entry));
  }

  Registry& registry_;
  const Caller& caller_;
  const ApprovalRequest& request_;
  Session& session_;
  std::string content_;
};

}  // namespace

Result<PromotionApproval> approve_version(Registry& registry,
                                          const Caller& caller,
                                          const ApprovalRequest& request) {
  if (request.comment.value_or("").size() > kCommentMax) {
    return invalid(fmt::format("comment must not be longer than {} bytes", kCommentMax));
  }
  return write_value<PromotionApproval>(registry.store, [&](Session& session) {
    return ApprovalJob(registry, caller, request, session).run();
  });
}

Result<int64_t> count_approvals(Session& session,
                                int64_t repo_id,
                                std::string_view stage,
                                std::string_view version,
                                const std::optional<std::string>& content) {
  const Value count = TRY(session.scalar(
      "SELECT count(*) FROM promotion_approvals WHERE repo_id = ? AND version = ? AND stage = ? "
      "AND coalesce(?, content) = content",
      {repo_id, version, stage, content}));
  return count.number();
}

Result<std::optional<FirstPush>> find_first_push(Session& session, const PushedVersion& pushed) {
  // A content stands for everything before it. So where a state ends with a version that comes
  // before this one, it does not hold it; nearly all that were pushed earlier end so.
  const std::optional<Row> first = TRY(session.find_row(
      "SELECT p.actor_kind, p.actor_id, p.actor_name, p.pushed_at FROM dir_states s JOIN pushes p "
      "ON p.state_id = s.id JOIN dir_files f ON f.state_id = s.id WHERE s.repo_id = ?1 AND "
      "s.version NOT IN (SELECT e.version FROM dir_files e WHERE e.state_id = ?2 AND e.version <> "
      "'' AND e.position < (SELECT min(v.position) FROM dir_files v WHERE v.state_id = ?2 AND "
      "v.version = ?3)) AND f.version = ?3 AND 'file:' || f.hash = ?4 ORDER BY p.id LIMIT 1",
      {pushed.repo_id, pushed.state_id, pushed.version, pushed.content}));
  if (!first) {
    return std::optional<FirstPush>();
  }
  const Row& row = *first;
  return std::optional(
      FirstPush{{row[0].text(), row[1].find_number(), row[2].text()}, row[3].number()});
}

}  // namespace rhumb::registry
