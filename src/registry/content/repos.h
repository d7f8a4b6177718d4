#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "registry/store/sql.h"

namespace rhumb::registry {

/// Whether reverts need an approval. Source: spec registry.md 6.2.
struct DownProtection {
  bool required = false;
  int64_t approvals = 1;
  bool self_approval = false;
  int64_t expiry_hours = 72;
  bool operator==(const DownProtection&) const = default;
};

/// What a repository lets only those do who hold kProtectedPermission, on top of what it needs
/// anyway. Source: spec registry.md 6.2.
struct ProtectedFlows {
  bool push = false;       ///< of directories and schemas
  bool move_tag = false;   ///< moving and deleting tags
  bool push_plan = false;  ///< of plans that are approved already; pending ones anybody may push
  bool approve_plan = false;
  std::optional<int64_t> deploy_since;  ///< runs in any environment need a permit, from then on
  bool operator==(const ProtectedFlows&) const = default;
};

/// A repository as stored. Times are nanoseconds since 1970.
struct Repo {
  int64_t id = 0;
  int64_t org_id = 0;
  int64_t project_id = 0;
  std::string slug;
  std::string name;
  std::string type;    ///< MIGRATION_DIRECTORY or SCHEMA
  std::string driver;  ///< canonical, may be empty
  std::optional<std::string> description;
  bool hidden = false;
  int64_t created_at = 0;
  std::optional<int64_t> archived_at;
  std::optional<int64_t> head_state_id;
  bool head_tagged = false;  ///< the head is a tagged push, for want of an untagged one
  std::string reported_version;
  std::optional<int64_t> last_push_id;
  std::optional<int64_t> last_push_at;
  int64_t databases_synced = 0;
  int64_t databases_pending = 0;
  int64_t databases_failed = 0;
  DownProtection down;
  bool locked_tags = false;  ///< tags but `latest` stay where they are
  ProtectedFlows flows;
  std::string review_policy;              ///< empty: none
  std::optional<int64_t> retention_days;  ///< of logs and contents; absent: as the organization
};

/// The columns of a Repo, with the table's alias `r`, and how they are read from `offset` on.
inline constexpr std::string_view kRepoColumns =
    "r.id, r.org_id, r.project_id, r.slug, r.name, r.type, r.driver, r.description, r.hidden, "
    "r.created_at, r.archived_at, r.head_state_id, r.head_tagged, r.reported_version, "
    "r.last_push_id, r.last_push_at, r.databases_synced, r.databases_pending, r.databases_failed, "
    "r.protect_down, r.plan_approvals, r.plan_self_approval, r.plan_expiry_hours, "
    "r.locked_tags, r.protect_push, r.protect_move_tag, r.protect_push_plan, "
    "r.protect_approve_plan, r.deploy_protected_at, r.review_policy, r.retention_days";
[[nodiscard]] Repo read_repo(const Row& row, size_t offset = 0);

Result<std::optional<Repo>> find_repo(Session& session, int64_t org_id, int64_t id);
/// As find_repo. Errors: kNotFound.
Result<Repo> load_repo(Session& session, int64_t org_id, int64_t id);
/// By slug, then by name, then by the slug the name would get, then by a slug it had before.
Result<std::optional<Repo>> find_repo(Session& session,
                                      int64_t org_id,
                                      std::string_view slug_or_name);
/// As find_repo, without the slugs of the past.
Result<std::optional<Repo>> find_current_repo(Session& session,
                                              int64_t org_id,
                                              std::string_view slug_or_name);

struct NewRepo {
  int64_t org_id = 0;
  std::string project = "default";
  std::string slug;
  std::string name;
  std::string type = "MIGRATION_DIRECTORY";
  std::string driver;
  std::optional<std::string> description;
  int64_t now = 0;
};
/// One that takes the former slug of another stands for it from then on.
/// Errors: kConflict when the slug is taken.
Result<Repo> create_repo(Session& session, const NewRepo& repo);

/// Found, or made on first use.
Result<int64_t> ensure_project(Session& session,
                               int64_t org_id,
                               std::string_view name,
                               int64_t now);
struct KnownEnvironment {
  int64_t id = 0;
  bool ephemeral = false;  ///< it comes and goes
};
Result<std::optional<KnownEnvironment>> find_environment(Session& session,
                                                         int64_t org_id,
                                                         std::string_view name);
Result<KnownEnvironment> ensure_environment(Session& session,
                                            int64_t org_id,
                                            std::string_view name,
                                            int64_t now);

/// Asks ahead (Session::ask_ahead) for what find_repo() and find_environment() read.
Result<void> ask_for_repo(Session& session, int64_t org_id, std::string_view slug);
Result<void> ask_for_environment(Session& session, int64_t org_id, std::string_view name);

}  // namespace rhumb::registry
