#include <fmt/format.h>

#include "base/go_format.h"
#include "registry_api/report.h"

namespace rhumb::registry_api {
namespace {

using codec::Json;

constexpr std::string_view kUnsetTime = "0001-01-01T00:00:00Z";
constexpr std::string_view kUnsetDate = "0001-01-01T";
constexpr std::string_view kYearMin = "1678";
constexpr std::string_view kYearEnd = "2262";

void set_some(Json& object, std::string_view key, const std::optional<std::string>& text) {
  if (text.has_value()) {
    object.set(key, *text);
  }
}

/// As `omitempty` has it.
void set_filled(Json& object, std::string_view key, const std::optional<std::string>& text) {
  if (text.has_value() && !text->empty()) {
    object.set(key, *text);
  }
}

Json texts_json(const std::vector<std::string>& texts) {
  Json out = Json::array();
  for (const std::string& text : texts) {
    out.push_back(text);
  }
  return out;
}

Json to_json(const DeployedTarget& target) {
  return Json::object({{"id", target.id}, {"schema", target.schema}, {"url", target.url}});
}

Json to_json(const StatementError& error) {
  return Json::object({{"stmt", error.statement}, {"text", error.text}});
}

Json to_json(const DeployedFile& file) {
  Json out = Json::object({{"name", file.name},
                           {"content", file.content},
                           {"startTime", format_time(file.start)},
                           {"endTime", format_time(file.end)},
                           {"skipped", file.skipped},
                           {"applied", file.applied}});
  Json checks = Json::array();
  for (const FileChecks& check : file.checks) {
    checks.push_back(to_json(check));
  }
  out.set("checks", std::move(checks));
  if (file.error.has_value()) {
    out.set("error", to_json(*file.error));
  }
  if (!file.slowest.empty()) {
    out.set("slowest", to_json(file.slowest));
  }
  return out;
}

Json to_json(const StepLog& log) {
  Json out = Json::object();
  out.set_unless_empty("text", log.text);
  if (!log.children.empty()) {
    Json children = Json::array();
    for (const StepLog& child : log.children) {
      children.push_back(to_json(child));
    }
    out.set("children", std::move(children));
  }
  return out;
}

void set_extras(Json& out, const ReportExtras& extras) {
  set_some(out, "reportID", extras.report_id);
  set_some(out, "dirTag", extras.dir_tag);
  set_some(out, "dirVersion", extras.dir_version);
  set_some(out, "dirHash", extras.dir_hash);
  set_some(out, "dirSource", extras.dir_source);
  set_some(out, "actor", extras.actor);
  if (extras.run_context.has_value()) {
    out.set("runContext", to_json(*extras.run_context));
  }
  if (extras.masked.has_value()) {
    out.set("masked", Json::object({{"policy", extras.masked->policy},
                                    {"values", extras.masked->values},
                                    {"statements", extras.masked->statements}}));
  }
  if (extras.provisional_target.has_value()) {
    out.set("provisionalTarget", *extras.provisional_target);
  }
  if (extras.drift.has_value()) {
    Json drift = Json::object({{"status", extras.drift->status}});
    set_some(drift, "diff", extras.drift->diff);
    out.set("drift", std::move(drift));
  }
  set_some(out, "group", extras.group);
  set_some(out, "permit", extras.permit);
}

}  // namespace

Json to_json(const std::vector<StatementFigures>& slowest) {
  Json out = Json::array();
  for (const StatementFigures& figures : slowest) {
    Json entry = Json::object({{"number", figures.number},
                               {"seconds", figures.seconds},
                               {"rowsAffected", figures.rows_affected}});
    if (figures.lock_wait_seconds) {
      entry.set("lockWaitSeconds", *figures.lock_wait_seconds);
    }
    out.push_back(std::move(entry));
  }
  return out;
}

std::string format_time(const OptionalTime& time) {
  return time.has_value() ? format_rfc3339_nano(*time) : std::string(kUnsetTime);
}

Result<OptionalTime> parse_time(std::string_view text) {
  if (text.starts_with(kUnsetDate)) {
    return OptionalTime();
  }
  // What fits into 64 bits of nanoseconds.
  if (text.size() >= kYearMin.size() && (text < kYearMin || text >= kYearEnd)) {
    return invalid(fmt::format("time \"{}\" is out of range", text));
  }
  Time time = TRY(parse_rfc3339(text));
  return OptionalTime(time);
}

Json to_json(const DeployContext& context) {
  Json out = Json::object();
  set_filled(out, "triggerType", context.trigger_type);
  set_filled(out, "triggerVersion", context.trigger_version);
  return out;
}

Json to_json(const RunContext& context) {
  Json out = Json::object();
  set_filled(out, "repo", context.repo);
  set_filled(out, "path", context.path);
  set_filled(out, "branch", context.branch);
  set_filled(out, "commit", context.commit);
  set_filled(out, "url", context.url);
  set_filled(out, "username", context.username);
  set_filled(out, "userID", context.user_id);
  set_filled(out, "scmType", context.scm_type);
  return out;
}

Json to_json(const FileChecks& checks) {
  Json out = Json::object({{"name", checks.name},
                           {"start", format_time(checks.start)},
                           {"end", format_time(checks.end)}});
  Json statements = Json::array();
  for (const CheckStatement& check : checks.checks) {
    Json statement = Json::object({{"stmt", check.statement}});
    set_some(statement, "error", check.error);
    statements.push_back(std::move(statement));
  }
  out.set("checks", std::move(statements));
  if (checks.error.has_value()) {
    out.set("error", to_json(*checks.error));
  }
  return out;
}

Json to_json(const SetStep& step) {
  Json out = Json::object({{"text", step.text},
                           {"startTime", format_time(step.start)},
                           {"endTime", format_time(step.end)}});
  if (step.error) {
    out.set("error", true);
  }
  if (!step.log.empty()) {
    Json log = Json::array();
    for (const StepLog& line : step.log) {
      log.push_back(to_json(line));
    }
    out.set("log", std::move(log));
  }
  return out;
}

Json to_json(const MigrationReport& report) {
  Json out = Json::object({{"projectName", report.project_name},
                           {"envName", report.env_name},
                           {"dirName", report.dir_name},
                           {"atlasVersion", report.atlas_version}});
  out.set("target", to_json(report.target));
  out.set("startTime", format_time(report.start));
  out.set("endTime", format_time(report.end));
  out.set("fromVersion", report.from_version);
  out.set("toVersion", report.to_version);
  out.set("currentVersion", report.current_version);
  set_filled(out, "error", report.error);
  Json files;
  if (report.files.has_value()) {
    files = Json::array();
    for (const DeployedFile& file : *report.files) {
      files.push_back(to_json(file));
    }
  }
  out.set("files", std::move(files));
  out.set("log", report.log);
  if (report.context.has_value()) {
    out.set("context", to_json(*report.context));
  }
  if (report.dry_run) {
    out.set("dryRun", true);
  }
  set_extras(out, report.extras);
  return out;
}

Json to_json(const MigrationSetReport& report) {
  Json out = Json::object({{"id", report.id},
                           {"planned", report.planned},
                           {"startTime", format_time(report.start)},
                           {"endTime", format_time(report.end)}});
  set_filled(out, "error", report.error);
  Json log = Json::array();
  for (const SetStep& step : report.log) {
    log.push_back(to_json(step));
  }
  out.set("log", std::move(log));
  if (!report.completed.empty()) {
    Json completed = Json::array();
    for (const MigrationReport& entry : report.completed) {
      completed.push_back(to_json(entry));
    }
    out.set("completed", std::move(completed));
  }
  if (report.context.has_value()) {
    out.set("context", to_json(*report.context));
  }
  return out;
}

Json to_json(const RevertReport& report) {
  Json out = Json::object();
  set_filled(out, "extID", report.plan_id);
  const Json run = to_json(report.run);
  for (const Json::Member& member : run.as_object()) {
    out.set(member.key, member.value);
  }
  return out;
}

Json to_json(const PlannedFile& file) {
  return Json::object({{"name", file.name},
                       {"version", file.version},
                       {"stmts", texts_json(file.statements)},
                       {"checks", texts_json(file.checks)}});
}

Json to_json(const RevertPlan& plan) {
  Json out = Json::object(
      {{"extID", plan.id}, {"projectName", plan.project_name}, {"dirName", plan.dir_name}});
  set_filled(out, "dirTag", plan.dir_tag);
  out.set("envName", plan.env_name);
  out.set("atlasVersion", plan.atlas_version);
  out.set("target", to_json(plan.target));
  out.set("fromVersion", plan.from_version);
  out.set("toVersion", plan.to_version);
  Json files = Json::array();
  for (const PlannedFile& file : plan.files) {
    files.push_back(to_json(file));
  }
  out.set("files", std::move(files));
  if (plan.context.has_value()) {
    out.set("context", to_json(*plan.context));
  }
  return out;
}

Json to_json(const BeginSet& set) {
  Json out = Json::object({{"id", set.id},
                           {"planned", set.planned},
                           {"startTime", format_time(set.start)},
                           {"envName", set.env_name},
                           {"dirName", set.dir_name},
                           {"targets", texts_json(set.targets)}});
  if (set.context.has_value()) {
    out.set("context", to_json(*set.context));
  }
  return out;
}

}  // namespace rhumb::registry_api
