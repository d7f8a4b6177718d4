#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "codec/json.h"
#include "registry/api/event_list.h"
#include "registry/api/request_context.h"
#include "registry/content/ci_runs.h"
#include "registry/store/paging.h"

/// Stored things as the API shows them. Members that cost something have resolvers of their own;
/// members whose name begins with `_` are for those.
namespace rhumb::registry {


[[nodiscard]] codec::Json repo_json(const Registry& registry, const Repo& repo);
/// The columns of a Push, with the aliases `p` and `s` (its state), and the Push.
inline constexpr std::string_view kPushColumns =
    "p.pushed_at, p.actor_kind, p.actor_id, p.actor_name, p.tag, s.version, p.run_context";
[[nodiscard]] codec::Json push_json(const Row& row);
/// A Tag.
Result<codec::Json> load_tag(RequestContext& context, int64_t repo_id, int64_t tag_id);
/// A TagsPayload.
Result<codec::Json> list_tags(RequestContext& context,
                              int64_t repo_id,
                              const std::string& search,
                              const Page& page);

/// A DatabasesPayload for a DatabasesInput; `repo_id` narrows it to one repository. Without
/// `wants_total` its total is 0: to count all is more work than to find a page.
Result<codec::Json> list_databases(RequestContext& context,
                                   const codec::Json& input,
                                   std::optional<int64_t> repo_id,
                                   bool wants_total);
Result<codec::Json> load_database(RequestContext& context, int64_t id);

/// A MigrationsPayload for a MigrationsInput; what `base` already narrows stays narrowed.
Result<codec::Json> list_migrations(RequestContext& context,
                                    const codec::Json& input,
                                    EventFilter base);
/// Events in the order of `ids`; ids of another organization are left out.
Result<std::vector<codec::Json>> load_events(RequestContext& context,
                                             Session& session,
                                             const std::vector<int64_t>& ids);

/// The MigratePlan that an event has carried out, or tried to; null for any other.
Result<codec::Json> load_plan_of_event(RequestContext& context, int64_t event_id);

/// A list of CIRun.
[[nodiscard]] codec::Json ci_runs_json(const Registry& registry, const std::vector<CiRun>& runs);

/// A Repo, or null.
Result<codec::Json> load_repo(RequestContext& context, int64_t id);

/// Empty when there is none of that name; an unknown repository makes a list empty, not an error.
Result<std::optional<int64_t>> find_repo_id(Session& session,
                                            int64_t org_id,
                                            const std::string& name);
/// Narrows a filter to the repository that is named, if one is. Where there is none of that name,
/// or the filter stands for another one already, nothing fits: no repository has the number 0.
Result<void> narrow_to_repo(Session& session,
                            int64_t org_id,
                            const std::string& name,
                            std::optional<int64_t>& repo_id);
Result<std::optional<int64_t>> find_env_id(Session& session,
                                           int64_t org_id,
                                           const std::string& name);

}  // namespace rhumb::registry
