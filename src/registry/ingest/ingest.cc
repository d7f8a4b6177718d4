#include "registry/ingest/ingest.h"

#include <fmt/format.h>

#include <span>
#include <vector>

#include "codec/json.h"
#include "registry/audit/chain.h"
#include "registry/content/down_plans.h"
#include "registry/ingest/ingest_job.h"
#include "registry/names.h"
#include "registry/store/neighbours.h"

namespace rhumb::registry {
namespace {

using codec::Json;

Error other_body(std::string_view what) {
  return Error(ErrorCode::kConflict,
               fmt::format("{} was used for another report; send a new id", what));
}

/// A report on its way into the store.
class ReportJob final : public SharedJob {
 public:
  ReportJob(Registry& registry, const Caller& caller, const PreparedReport& prepared)
      : registry_(registry), caller_(caller), prepared_(prepared) {}

  Result<void> run(Session& session, std::span<SharedJob* const> jobs) override {
    std::vector<ReportJob*> left;
    left.reserve(jobs.size());
    for (SharedJob* job : jobs) {
      left.push_back(static_cast<ReportJob*>(job));
    }
    while (!left.empty()) {
      std::vector<ReportJob*> next;
      const int64_t org_id = left.front()->caller_.org_id;
      std::erase_if(left, [&next, org_id](ReportJob* job) {
        const bool is_next = next.size() < kReportsTogether && job->caller_.org_id == org_id;
        if (is_next) {
          next.push_back(job);
        }
        return is_next;
      });
      TRY(run_together(session, next));
    }
    return {};
  }

  [[nodiscard]] const IngestOutcome& stored() const { return stored_; }
  [[nodiscard]] const std::vector<LiveEvent>& events() const { return events_; }

 private:
  Result<void> run_together(Session& session, const std::vector<ReportJob*>& jobs) {
    session.forget_asked();  // by those before
    IngestJob ingest(registry_, jobs.front()->caller_, session);
    std::vector<const PreparedReport*> reports;
    reports.reserve(jobs.size());
    for (const ReportJob* job : jobs) {
      reports.push_back(&job->prepared_);
    }
    TRY(ask_for_audit_head(session));
    TRY(ingest.ask_for(reports, false));
    for (ReportJob* job : jobs) {
      const int64_t before = session.rows_written();
      job->outcome = job->store(ingest, session);
      if (!job->outcome && (session.rows_written() != before || !session.in_transaction())) {
        return job->outcome;
      }
      if (!job->outcome) {
        session.forget_asked();  // what it has not read may be read by nobody after others wrote
      }
    }
    TRY(ingest.store_counts());
    return tell_events(registry_, session, ingest.published());
  }

  Result<void> store(IngestJob& ingest, Session& session) {
    events_.clear();
    const std::optional<KnownEvent> known = TRY(ingest.find_known(prepared_));
    if (known.has_value()) {
      stored_ = {known->event_id, true};
      return prepared_.has_client_id && known->fingerprint != prepared_.fingerprint
                 ? other_body(fmt::format("reportID \"{}\"",
                                          prepared_.report.extras.report_id.value_or("")))
                 : Result<void>();
    }
    ingest.speak_for(caller_);
    stored_ = {TRY(ingest.add(prepared_, std::nullopt)), false};
    TRY(ingest.finish());
    events_.push_back(ingest.published().back());
    return note_stored(ingest, session);
  }

  Result<void> note_stored(const IngestJob& ingest, Session& session) const {
    AuditEntry entry = audit_entry(caller_, ingest.now(), "deployment.report",
                                   fmt::format("deployment/{}", stored_.event_id));
    const registry_api::MigrationReport& report = prepared_.report;
    Json after = Json::object({{"repo", report.dir_name},
                               {"env", report.env_name},
                               {"target", report.target.url},
                               {"status", events_.back().status},
                               {"version", ingest.version()}});
    if (prepared_.kind != "APPLY") {
      after.set("kind", prepared_.kind);
      after.set_unless_empty("plan", prepared_.plan_id);
    }
    entry.after = codec::format_json(after);
    return append_audit(session, std::move(entry));
  }

  Registry& registry_;
  const Caller& caller_;
  const PreparedReport& prepared_;
  IngestOutcome stored_;
  std::vector<LiveEvent> events_;
};

Result<IngestOutcome> store(Registry& registry,
                            const Caller& caller,
                            const PreparedReport& prepared) {
  ReportJob job(registry, caller, prepared);
  TRY(registry.store.write(job));
  publish_events(registry, job.events());
  return job.stored();
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
