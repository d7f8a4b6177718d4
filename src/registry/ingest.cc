#include "registry/ingest.h"

#include <fmt/format.h>

#include "codec/json.h"
#include "registry/ingest_job.h"
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
                                   std::vector<LiveEvent>& published) {
  published.clear();
  std::optional<KnownEvent> known = TRY(find_event_key(session, caller.org_id, prepared.key));
  if (known.has_value()) {
    if (prepared.has_client_id && known->fingerprint != prepared.fingerprint) {
      return other_body(
          fmt::format("reportID \"{}\"", prepared.report.extras.report_id.value_or(std::string())));
    }
    return IngestOutcome{known->event_id, true};
  }
  IngestJob job(registry, caller, session);
  int64_t event_id = TRY(job.add(prepared, std::nullopt));
  TRY(job.finish());
  AuditEntry entry =
      audit_entry(caller, job.now(), "deployment.report", fmt::format("deployment/{}", event_id));
  Json const after = Json::object({{"repo", prepared.report.dir_name},
                             {"env", prepared.report.env_name},
                             {"target", prepared.report.target.url},
                             {"status", job.published().back().status},
                             {"version", prepared.report.current_version}});
  entry.after = codec::format_json(after);
  TRY(append_audit(session, std::move(entry)));
  published = job.published();
  return IngestOutcome{event_id, false};
}

}  // namespace

Result<IngestOutcome> ingest_report(Registry& registry,
                                    const Caller& caller,
                                    registry_api::MigrationReport report) {
  const PreparedReport prepared = TRY(prepare_report(std::move(report)));
  std::vector<LiveEvent> published;
  IngestOutcome outcome = TRY(write_value<IngestOutcome>(registry.store, [&](Session& session) {
    return store_report(registry, caller, prepared, session, published);
  }));
  registry.live.publish(published);
  return outcome;
}

}  // namespace rhumb::registry
