#include "registry/api/request_context.h"
#include "registry/ingest/ingest.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using graphql::FieldCall;

Json answer(const Registry& registry, const IngestOutcome& outcome, bool is_set) {
  return Json::object({{"url", event_link(registry, outcome.event_id, is_set)}, {"success", true}});
}

Result<Json> report_migration(RequestContext& context, FieldCall& call) {
  registry_api::MigrationReport report = TRY(registry_api::read_migration_report(call.input()));
  const IngestOutcome outcome =
      TRY(ingest_report(context.registry, context.caller, std::move(report)));
  return answer(context.registry, outcome, false);
}

Result<Json> report_set(RequestContext& context, FieldCall& call, std::string_view kind) {
  registry_api::MigrationSetReport set = TRY(registry_api::read_migration_set(call.input()));
  const IngestOutcome outcome = TRY(ingest_set(context.registry, context.caller, std::move(set),
                                               context.entries_of(call.input(), kind)));
  return answer(context.registry, outcome, true);
}

Result<Json> report_migration_set(RequestContext& context, FieldCall& call) {
  return report_set(context, call, kApplyKind);
}

Result<Json> report_schema_set(RequestContext& context, FieldCall& call) {
  return report_set(context, call, kSchemaApplyKind);
}

Result<Json> report_migration_down(RequestContext& context, FieldCall& call) {
  registry_api::RevertReport report = TRY(registry_api::read_revert_report(call.input()));
  const IngestOutcome outcome =
      TRY(ingest_revert(context.registry, context.caller, std::move(report)));
  return answer(context.registry, outcome, false);
}

Result<Json> report_schema_apply(RequestContext& context, FieldCall& call) {
  registry_api::SchemaApplyReport report = TRY(registry_api::read_schema_apply(call.input()));
  const IngestOutcome outcome =
      TRY(ingest_schema_apply(context.registry, context.caller, std::move(report)));
  return answer(context.registry, outcome, false);
}

Result<Json> begin_migration_set(RequestContext& context, FieldCall& call) {
  const registry_api::BeginSet set = TRY(registry_api::read_begin_set(call.input()));
  const IngestOutcome outcome = TRY(ingest_begin(context.registry, context.caller, set));
  return answer(context.registry, outcome, true);
}

}  // namespace

void add_report_resolvers(graphql::Resolvers& resolvers) {
  bind_root(resolvers, "Mutation", "reportMigration", report_migration);
  bind_root(resolvers, "Mutation", "reportMigrationSet", report_migration_set);
  bind_root(resolvers, "Mutation", "reportMigrationDown", report_migration_down);
  bind_root(resolvers, "Mutation", "reportSchemaApply", report_schema_apply);
  bind_root(resolvers, "Mutation", "reportSchemaApplySet", report_schema_set);
  bind_root(resolvers, "Mutation", "beginMigrationSet", begin_migration_set);
}

}  // namespace rhumb::registry
