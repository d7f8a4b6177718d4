#include "report/run_report.h"

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "report/run_text.h"

namespace rhumb::report {
namespace {

using registry_api::DeployedFile;
using registry_api::FileChecks;
using registry_api::MigrationReport;
using registry_api::MigrationSetReport;
using registry_api::SetStep;
using registry_api::StatementError;

FileChecks make_checks(const CheckGroup& group) {
  FileChecks checks;
  checks.name = group.name;
  checks.start = group.start;
  checks.end = group.end;
  for (const CheckStatement& check : group.statements) {
    checks.checks.push_back(
        {.statement = check.statement.reported,
         .error = check.ok ? std::nullopt : std::optional(check.error.reported)});
  }
  if (!group.error.empty()) {
    checks.error = StatementError{.statement = {}, .text = group.error.reported};
  }
  return checks;
}

std::vector<registry_api::StatementFigures> make_figures(const FileSummary& file) {
  using Seconds = std::chrono::duration<double>;
  std::vector<registry_api::StatementFigures> slowest;
  for (const StatementFigures& figures : file.slowest) {
    registry_api::StatementFigures& sent = slowest.emplace_back();
    sent.number = static_cast<int64_t>(figures.number);
    sent.seconds = Seconds(figures.duration).count();
    sent.rows_affected =
        std::min<int64_t>(figures.rows_affected, std::numeric_limits<int32_t>::max());
    if (figures.lock_wait) {
      sent.lock_wait_seconds = Seconds(*figures.lock_wait).count();
    }
  }
  return slowest;
}

DeployedFile make_file(const FileSummary& file, bool with_figures) {
  DeployedFile deployed;
  deployed.name = file.file().name;
  deployed.content = file.planned->content(migrate::TextForm::kReported);
  deployed.start = file.start;
  deployed.end = file.end;
  deployed.skipped = static_cast<int64_t>(file.skipped);
  deployed.applied = static_cast<int64_t>(file.attempted);
  for (const CheckGroup& group : file.checks) {
    deployed.checks.push_back(make_checks(group));
  }
  if (file.failure) {
    deployed.error = StatementError{.statement = file.failure->statement.reported,
                                    .text = file.failure->text.reported};
  }
  if (with_figures) {
    deployed.slowest = make_figures(file);
  }
  return deployed;
}

/// An absent member for an empty text.
std::optional<std::string> if_set(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

void add_extras(MigrationReport& report,
                const TargetSummary& target,
                const PlannedTarget& planned,
                const ReportFacts& facts) {
  report.extras.report_id = if_set(planned.report_id);
  report.extras.dir_tag = if_set(target.info.tag);
  report.extras.dir_version = if_set(target.info.version);
  report.extras.dir_hash = if_set(target.info.dir_hash);
  report.extras.dir_source = if_set(planned.dir_source);
  report.extras.permit = if_set(planned.permit);
  report.extras.actor = facts.actor;
  report.extras.run_context = facts.run_context;
  if (target.info.provisional_identity) {
    report.extras.provisional_target = true;
  }
  report.extras.masked = registry_api::Masked{.policy = facts.masking_policy};
}

SetStep start_step(const RunSummary& run, const std::vector<PlannedTarget>& planned) {
  SetStep step;
  step.text = "Start migration for " + std::to_string(planned.size()) + " targets";
  step.start = run.start();
  step.end = run.start();
  for (const PlannedTarget& target : planned) {
    step.log.push_back({.text = target.url, .children = {}});
  }
  return step;
}

SetStep target_step(const TargetSummary& target, const PlannedTarget& planned, size_t number) {
  SetStep step;
  step.text = "Run migration: " + std::to_string(number);
  step.start = target.start;
  if (has_result(target)) {
    step.end = target.end;
  }
  step.log.push_back({.text = "Target URL: " + planned.url, .children = {}});
  step.log.push_back({.text = "Migration directory: " + planned.dir_url, .children = {}});
  if (!target.error.empty()) {
    step.error = true;
    step.log.push_back({.text = "Error: " + target.error.reported, .children = {}});
  }
  return step;
}

SetStep not_started_step(const RunSummary& run, const std::vector<PlannedTarget>& planned) {
  const size_t first = planned.size() - run.not_started();
  SetStep step;
  step.text = "Not started: " + std::to_string(run.not_started()) + " targets";
  step.start = run.end();
  step.end = run.end();
  for (size_t i = first; i < planned.size(); ++i) {
    step.log.push_back({.text = planned[i].url, .children = {}});
  }
  return step;
}

}  // namespace

bool has_result(const TargetSummary& target) {
  return target.started && target.done;
}

MigrationReport make_migration_report(const RunSummary& run,
                                      const TargetSummary& target,
                                      const PlannedTarget& planned,
                                      const ReportFacts& facts) {
  MigrationReport report;
  report.project_name = facts.project_name;
  report.env_name = run.run().env;
  report.dir_name = planned.dir_name;
  report.atlas_version = facts.operator_version;
  report.target = {
      .id = target.info.identity, .schema = target.info.schema, .url = target.info.url};
  report.start = target.start;
  report.end = target.end;
  report.from_version = target.current;
  report.to_version = target.target;
  report.current_version = target.current_after;
  report.error = if_set(target.error.reported);
  if (target.planned) {
    report.files.emplace();
    for (const FileSummary& file : target.files) {
      report.files->push_back(make_file(file, facts.with_extras));
    }
  }
  report.log = format_run_text(target, migrate::TextForm::kReported, {});
  report.context = facts.context;
  report.dry_run = run.run().dry_run;
  if (facts.with_extras) {
    add_extras(report, target, planned, facts);
  }
  return report;
}

MigrationSetReport make_set_report(const RunSummary& run,
                                   const std::vector<PlannedTarget>& planned,
                                   const std::string& set_id,
                                   const ReportFacts& facts) {
  MigrationSetReport set;
  set.id = set_id;
  set.planned = static_cast<int64_t>(planned.size());
  set.start = run.start();
  if (run.is_done()) {
    set.end = run.end();
  }
  set.context = facts.context;
  if (!run.error().empty()) {
    set.error = "Error: " + run.error().reported;
  }
  ReportFacts of_entries = facts;
  of_entries.context.reset();  // the set carries it
  set.log.push_back(start_step(run, planned));
  for (size_t i = 0; i < run.targets().size() && i < planned.size(); ++i) {
    const TargetSummary& target = run.targets()[i];
    set.log.push_back(target_step(target, planned[i], i + 1));
    if (has_result(target)) {
      set.completed.push_back(make_migration_report(run, target, planned[i], of_entries));
    }
  }
  if (facts.with_extras && run.not_started() > 0) {
    set.log.push_back(not_started_step(run, planned));
  }
  return set;
}

}  // namespace rhumb::report
