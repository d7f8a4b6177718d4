#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "graphql/resolver.h"
#include "registry/ingest/ingest_prepare.h"
#include "registry/registry.h"

namespace rhumb::registry {

/// What a resolver knows of the request it serves.
class RequestContext final : public graphql::Context {
 public:
  RequestContext(Registry& the_registry, const Caller& the_caller)
      : registry(the_registry), caller(the_caller) {}

  int64_t begin_list(std::string_view type, size_t elements) override;
  void take_element(int64_t list, const codec::Json& element) override;
  /// Those that came in with the input of a set, which are of that kind.
  [[nodiscard]] SetEntries& entries_of(const codec::Json& input, std::string_view kind);

  Registry& registry;
  const Caller& caller;

 private:
  std::deque<SetEntries> sets_;
};

/// The member of an input that has the entries of a set.
inline constexpr std::string_view kSetEntries = "completed";

/// A resolver of ours: the context is known, errors of writes and refusals reach the audit log.
using RegistryResolver = std::function<Result<codec::Json>(RequestContext&, graphql::FieldCall&)>;

/// Binds a root field. A mutation that fails and a query that is refused leave an entry in the
/// audit log, `request.refused`.
void bind_root(graphql::Resolvers& resolvers,
               std::string_view type,
               std::string_view field,
               RegistryResolver resolver);
/// Binds a field of an object that its parent leaves out.
void bind_field(graphql::Resolvers& resolvers,
                std::string_view type,
                std::string_view field,
                RegistryResolver resolver);

// Resolvers by subject.
void add_identity_resolvers(graphql::Resolvers& resolvers);
void add_directory_resolvers(graphql::Resolvers& resolvers);
void add_schema_resolvers(graphql::Resolvers& resolvers);
void add_schema_diff_resolvers(graphql::Resolvers& resolvers);
void add_tag_resolvers(graphql::Resolvers& resolvers);
void add_plan_resolvers(graphql::Resolvers& resolvers);
void add_ci_resolvers(graphql::Resolvers& resolvers);
void add_drawing_resolvers(graphql::Resolvers& resolvers);
void add_snapshot_resolvers(graphql::Resolvers& resolvers);
void add_drift_resolvers(graphql::Resolvers& resolvers);
void add_report_resolvers(graphql::Resolvers& resolvers);
void add_repo_resolvers(graphql::Resolvers& resolvers);
void add_database_resolvers(graphql::Resolvers& resolvers);
void add_database_change_resolvers(graphql::Resolvers& resolvers);
void add_event_resolvers(graphql::Resolvers& resolvers);
void add_down_resolvers(graphql::Resolvers& resolvers);
void add_policy_resolvers(graphql::Resolvers& resolvers);
void add_trace_resolvers(graphql::Resolvers& resolvers);
void add_setting_resolvers(graphql::Resolvers& resolvers);
void add_token_resolvers(graphql::Resolvers& resolvers);
void add_member_resolvers(graphql::Resolvers& resolvers);
void add_account_resolvers(graphql::Resolvers& resolvers);
void add_device_resolvers(graphql::Resolvers& resolvers);
void add_trust_resolvers(graphql::Resolvers& resolvers);
void add_bot_resolvers(graphql::Resolvers& resolvers);
void add_organization_resolvers(graphql::Resolvers& resolvers);
void add_audit_resolvers(graphql::Resolvers& resolvers);
void add_webhook_resolvers(graphql::Resolvers& resolvers);

/// A member of an ID type, as the number it is here.
/// Errors: kNotFound `<what> not found` for anything else.
Result<int64_t> read_id(const codec::Json* id, std::string_view what);
/// The instant of a Time member, absent when it is null or unset. Errors: kInvalid.
Result<std::optional<int64_t>> read_instant(const codec::Json& input, std::string_view member);
/// The texts of a list; none when it is absent.
[[nodiscard]] std::vector<std::string> read_texts(const codec::Json& input,
                                                  std::string_view member);
/// A text that names are searched for; empty when it is absent.
/// Errors: kInvalid for one that is longer than any name.
Result<std::string> read_search(const codec::Json& input, std::string_view member);
/// A member that may be absent.
[[nodiscard]] std::optional<std::string> read_text(const codec::Json& input,
                                                   std::string_view member);
[[nodiscard]] codec::Json time_json(const std::optional<int64_t>& time);
[[nodiscard]] codec::Json text_json(const std::optional<std::string>& text);
/// Null for an empty text.
[[nodiscard]] codec::Json filled_json(const std::string& text);
[[nodiscard]] codec::Json actor_json(const Value& kind, const Value& id, const Value& name);
/// A stored JSON text, null when there is none.
[[nodiscard]] codec::Json stored_json(const Value& text);
/// As stored_json, an empty list when it is none.
[[nodiscard]] codec::Json stored_list(const Value& text);

}  // namespace rhumb::registry
