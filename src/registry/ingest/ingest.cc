#include "registry/ingest/ingest.h"

#include <fmt/format.h>

#include "codec/json.h"
#include "registry/content/down_plans.h"
#include "registry/ingest/ingest_job.h"
#include "registry/names.h"

namespace rhumb::registry {
namespace {

using codec::Json;

Error other_body(std::string_view what) {
  return Error(ErrorCode::kConflict,
               fmt::format("{} was used for another report; send a new id", what));
}

Result<IngestOutcome> store_report(Registry& registry,
                                   const Caller& caller,
                                   const PreparedReport& prepared,
                                   Session& session,
                                   std::vector<LiveEvent>& events) {
  IngestJob job(registry, caller, session);
  TRY(job.ask_for(prepared));
  std::optional<KnownEvent> known = TRY(find_event_key(session, caller.org_id, prepared.key));
  if (known.has_value()) {
    if (prepared.has_client_id && known->fingerprint != prepared.fingerprint) {
      return other_body(
          fmt::format("reportID \"{}\"", prepared.report.extras.report_id.value_or(std::string())));
    }
    return IngestOutcome{known->event_id, true};
  }
  int64_t event_id = TRY(job.add(prepared, std::nullopt));
  TRY(job.finish());
  AuditEntry entry =
      audit_entry(caller, job.now(), "deployment.report", fmt::format("deployment/{}", event_id));
  Json after = Json::object({{"repo", prepared.report.dir_name},
                             {"env", prepared.report.env_name},
                             {"target", prepared.report.target.url},
                             {"status", job.published().back().status},
                             {"version", job.version()}});
  if (prepared.kind != "APPLY") {
    after.set("kind", prepared.kind);
    after.set_unless_empty("plan", prepared.plan_id);
  }
  entry.after = codec::format_json(after);
  TRY(append_audit(session, std::move(entry)));
  events = job.published();
  return IngestOutcome{event_id, false};
}

Result<IngestOutcome> store(Registry& registry,
                            const Caller& caller,
                            const PreparedReport& prepared) {
  return write_and_publish(registry, [&](Session& session, std::vector<LiveEvent>& events) {
    return store_report(registry, caller, prepared, session, events);
  });
}

}  // namespace

Result<IngestOutcome> ingest_report(Registry& registry,
                                    const Caller& caller,
                                    registry_api::MigrationReport report) {
  return store(registry, caller, TRY(prepare_report(std::move(report))));
}

Result<IngestOutcome> ingest_schema_apply(Registry& registry,
                                          const Caller& caller,
                                          registry_api::SchemaApplyReport report) {
  return store(registry, caller, TRY(prepare_schema_apply(std::move(report))));
}

Result<IngestOutcome> ingest_revert(Registry& registry,
                                    const Caller& caller,
                                    registry_api::RevertReport report) {
  PreparedReport prepared = TRY(prepare_revert(std::move(report)));
  registry_api::MigrationReport& run = prepared.report;
  if (run.env_name.empty()) {
    run.env_name = TRY(read_value<std::string>(registry.store, [&](Session& session) {
      return only_env_name(session, caller.org_id, run.dir_name, run.target);
    }));
  }
  return store(registry, caller, prepared);
}

}  // namespace rhumb::registry
