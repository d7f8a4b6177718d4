#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json.h"
#include "registry/registry.h"
#include "registry/store/paging.h"
#include "registry_api/report.h"

/// Declarative plans: the SQL from one state of a schema to another, written by a client, kept here
/// under a name, and approved before or after.
///
/// A plan is PENDING or APPROVED and never changes otherwise: other SQL needs another name.
/// Source: spec registry.md 2.10, 4.10, 4.16, 6.4.
namespace rhumb::registry {

/// A plan as stored. Times are nanoseconds since 1970.
struct DeclarativePlan {
  int64_t id = 0;
  int64_t repo_id = 0;
  std::string repo_slug;
  std::string name;
  std::string status;
  std::string from_hash;
  std::string to_hash;
  std::optional<std::string> from_desc;
  std::optional<std::string> to_desc;
  Blob migration;                          ///< body: the SQL, as it was written
  std::optional<Blob> lint;                ///< body: JSON
  std::optional<std::string> run_context;  ///< JSON
  int64_t created_at = 0;
  Actor actor;
  std::optional<int64_t> approved_at;
  std::optional<Actor> approver;

  [[nodiscard]] bool is_approved() const { return status == "APPROVED"; }
};

struct DeclarativePlanPush {
  std::string schema_slug;
  std::string name;
  bool approved = false;
  std::string from_hash;
  std::string to_hash;
  std::string migration;
  std::optional<std::string> from_desc;
  std::optional<std::string> to_desc;
  std::optional<registry_api::RunContext> context;
  std::optional<codec::Json> lint;
};

/// Stores a plan. The same plan again is the one that is stored; when that one is pending and this
/// one is not, it is approved.
///
/// Errors: kInvalid and kLimit for names and sizes; kNotFound `schema "x" not found`; kConflict for
/// a name that holds another plan; kDenied without `plan:push`, or without `plan:approve` when a
/// pending one would be approved.
Result<DeclarativePlan> push_declarative_plan(Registry& registry,
                                              const Caller& caller,
                                              DeclarativePlanPush push);

struct DeclarativePlanName {
  std::string schema_slug;
  std::string name;
};
/// A plan that is approved already stays as it is.
/// Errors: kNotFound; kDenied without `plan:approve`.
Result<DeclarativePlan> approve_declarative_plan(Registry& registry,
                                                 const Caller& caller,
                                                 const DeclarativePlanName& plan);

/// Errors: kNotFound; kDenied without `plan:push`, or without `plan:approve` for an approved one.
Result<void> delete_declarative_plan(Registry& registry,
                                     const Caller& caller,
                                     const DeclarativePlanName& plan);

/// Plans for one transition, oldest first, of both statuses; none for an unknown schema.
struct SchemaTransition {
  std::string schema_slug;
  std::string from_hash;
  std::string to_hash;
};
Result<std::vector<DeclarativePlan>> find_declarative_plans(Session& session,
                                                            int64_t org_id,
                                                            const SchemaTransition& transition);
/// Errors: kNotFound `schema "x" not found`, `plan "p" not found in schema "x"`.
Result<DeclarativePlan> load_declarative_plan(Session& session,
                                              int64_t org_id,
                                              const DeclarativePlanName& name);
/// Empty when there is none (any more).
Result<std::optional<DeclarativePlan>> find_declarative_plan(Session& session,
                                                             int64_t org_id,
                                                             int64_t id);

struct DeclarativePlanFilter {
  int64_t org_id = 0;
  std::optional<int64_t> repo_id;
  std::string status;  ///< empty: both
};
struct DeclarativePlanPage {
  std::vector<DeclarativePlan> plans;  ///< newest first
  PageFacts facts;
};
Result<DeclarativePlanPage> list_declarative_plans(Session& session,
                                                   const DeclarativePlanFilter& filter,
                                                   const Page& page);

/// `atlas://app/plans/p`.
[[nodiscard]] std::string declarative_plan_url(const DeclarativePlan& plan);
/// The name that such a URL holds, also as `atlas://repo/schema/app/plans/p`; empty for any other.
[[nodiscard]] DeclarativePlanName parse_plan_url(std::string_view url);
/// Whose part before `/plans/` is the page of the schema.
[[nodiscard]] std::string declarative_plan_link(const Registry& registry,
                                                const DeclarativePlan& plan);

}  // namespace rhumb::registry
