#include <fmt/format.h>

#include "base/go_format.h"
#include "registry_api/report.h"

namespace rhumb::registry_api {
namespace {

using codec::Json;
using codec::JsonWriter;

constexpr std::string_view kUnsetTime = "0001-01-01T00:00:00Z";
constexpr std::string_view kUnsetDate = "0001-01-01T";
constexpr std::string_view kYearMin = "1678";
constexpr std::string_view kYearEnd = "2262";

void put(JsonWriter& out, std::string_view key, const std::string& text) {
  out.key(key);
  out.text(text);
}
void put(JsonWriter& out, std::string_view key, int64_t number) {
  out.key(key);
  out.number(number);
}
void put(JsonWriter& out, std::string_view key, double number) {
  out.key(key);
  out.real(number);
}
void put(JsonWriter& out, std::string_view key, const OptionalTime& time) {
  out.key(key);
  out.text(format_time(time));
}

void put_flag(JsonWriter& out, std::string_view key, bool value) {
  out.key(key);
  out.flag(value);
}

void put_some(JsonWriter& out, std::string_view key, const std::optional<std::string>& text) {
  if (text.has_value()) {
    put(out, key, *text);
  }
}

/// As `omitempty` has it.
void put_filled(JsonWriter& out, std::string_view key, const std::optional<std::string>& text) {
  if (text.has_value() && !text->empty()) {
    put(out, key, *text);
  }
}

void write_members(JsonWriter& out, const DeployedTarget& target);
void write_members(JsonWriter& out, const StatementError& error);
void write_members(JsonWriter& out, const CheckStatement& check);
void write_members(JsonWriter& out, const FileChecks& checks);
void write_members(JsonWriter& out, const StatementFigures& figures);
void write_members(JsonWriter& out, const DeployedFile& file);
void write_members(JsonWriter& out, const DeployContext& context);
void write_members(JsonWriter& out, const RunContext& context);
void write_members(JsonWriter& out, const Masked& masked);
void write_members(JsonWriter& out, const Drift& drift);
void write_members(JsonWriter& out, const StepLog& log);
void write_members(JsonWriter& out, const SetStep& step);
void write_members(JsonWriter& out, const PlannedFile& file);
void write_members(JsonWriter& out, const RevertPlan& plan);
void write_members(JsonWriter& out, const BeginSet& set);

void write(JsonWriter& out, const std::string& text) {
  out.text(text);
}

template <typename T>
void write(JsonWriter& out, const T& value) {
  out.begin_object();
  write_members(out, value);
  out.end_object();
}

template <typename T>
void write(JsonWriter& out, const std::vector<T>& values) {
  out.begin_array();
  for (const T& value : values) {
    write(out, value);
  }
  out.end_array();
}

template <typename T>
void put_value(JsonWriter& out, std::string_view key, const T& value) {
  out.key(key);
  write(out, value);
}

template <typename T>
void put_value(JsonWriter& out, std::string_view key, const std::optional<T>& value) {
  if (value.has_value()) {
    put_value(out, key, *value);
  }
}

template <typename T>
Json tree_of(const T& value) {
  codec::JsonTreeWriter out;
  write(out, value);
  return out.take();
}

void write_members(JsonWriter& out, const DeployedTarget& target) {
  put(out, "id", target.id);
  put(out, "schema", target.schema);
  put(out, "url", target.url);
}

void write_members(JsonWriter& out, const StatementError& error) {
  put(out, "stmt", error.statement);
  put(out, "text", error.text);
}

void write_members(JsonWriter& out, const CheckStatement& check) {
  put(out, "stmt", check.statement);
  put_some(out, "error", check.error);
}

void write_members(JsonWriter& out, const FileChecks& checks) {
  put(out, "name", checks.name);
  put(out, "start", checks.start);
  put(out, "end", checks.end);
  put_value(out, "checks", checks.checks);
  put_value(out, "error", checks.error);
}

void write_members(JsonWriter& out, const StatementFigures& figures) {
  put(out, "number", figures.number);
  put(out, "seconds", figures.seconds);
  put(out, "rowsAffected", figures.rows_affected);
  if (figures.lock_wait_seconds) {
    put(out, "lockWaitSeconds", *figures.lock_wait_seconds);
  }
}

void write_members(JsonWriter& out, const DeployedFile& file) {
  put(out, "name", file.name);
  put(out, "content", file.content);
  put(out, "startTime", file.start);
  put(out, "endTime", file.end);
  put(out, "skipped", file.skipped);
  put(out, "applied", file.applied);
  put_value(out, "checks", file.checks);
  put_value(out, "error", file.error);
  if (!file.slowest.empty()) {
    put_value(out, "slowest", file.slowest);
  }
}

void write_members(JsonWriter& out, const DeployContext& context) {
  put_filled(out, "triggerType", context.trigger_type);
  put_filled(out, "triggerVersion", context.trigger_version);
}

void write_members(JsonWriter& out, const RunContext& context) {
  put_filled(out, "repo", context.repo);
  put_filled(out, "path", context.path);
  put_filled(out, "branch", context.branch);
  put_filled(out, "commit", context.commit);
  put_filled(out, "url", context.url);
  put_filled(out, "username", context.username);
  put_filled(out, "userID", context.user_id);
  put_filled(out, "scmType", context.scm_type);
}

void write_members(JsonWriter& out, const Masked& masked) {
  put(out, "policy", masked.policy);
  put(out, "values", masked.values);
  put(out, "statements", masked.statements);
}

void write_members(JsonWriter& out, const Drift& drift) {
  put(out, "status", drift.status);
  put_some(out, "diff", drift.diff);
}

void write_members(JsonWriter& out, const StepLog& log) {
  put_filled(out, "text", log.text);
  if (!log.children.empty()) {
    put_value(out, "children", log.children);
  }
}

void write_members(JsonWriter& out, const SetStep& step) {
  put(out, "text", step.text);
  put(out, "startTime", step.start);
  put(out, "endTime", step.end);
  if (step.error) {
    put_flag(out, "error", true);
  }
  if (!step.log.empty()) {
    put_value(out, "log", step.log);
  }
}

void write_members(JsonWriter& out, const PlannedFile& file) {
  put(out, "name", file.name);
  put(out, "version", file.version);
  put_value(out, "stmts", file.statements);
  put_value(out, "checks", file.checks);
}

void write_members(JsonWriter& out, const RevertPlan& plan) {
  put(out, "extID", plan.id);
  put(out, "projectName", plan.project_name);
  put(out, "dirName", plan.dir_name);
  put_filled(out, "dirTag", plan.dir_tag);
  put(out, "envName", plan.env_name);
  put(out, "atlasVersion", plan.atlas_version);
  put_value(out, "target", plan.target);
  put(out, "fromVersion", plan.from_version);
  put(out, "toVersion", plan.to_version);
  put_value(out, "files", plan.files);
  put_value(out, "context", plan.context);
}

void write_members(JsonWriter& out, const BeginSet& set) {
  put(out, "id", set.id);
  put(out, "planned", set.planned);
  put(out, "startTime", set.start);
  put(out, "envName", set.env_name);
  put(out, "dirName", set.dir_name);
  put_value(out, "targets", set.targets);
  put_value(out, "context", set.context);
}

}  // namespace

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

void write_members(JsonWriter& out, const ReportExtras& extras) {
  put_some(out, "reportID", extras.report_id);
  put_some(out, "dirTag", extras.dir_tag);
  put_some(out, "dirVersion", extras.dir_version);
  put_some(out, "dirHash", extras.dir_hash);
  put_some(out, "dirSource", extras.dir_source);
  put_some(out, "actor", extras.actor);
  put_value(out, "runContext", extras.run_context);
  put_value(out, "masked", extras.masked);
  if (extras.provisional_target.has_value()) {
    put_flag(out, "provisionalTarget", *extras.provisional_target);
  }
  put_value(out, "drift", extras.drift);
  put_some(out, "group", extras.group);
  put_some(out, "permit", extras.permit);
}

void write_members(JsonWriter& out, const MigrationReport& report) {
  put(out, "projectName", report.project_name);
  put(out, "envName", report.env_name);
  put(out, "dirName", report.dir_name);
  put(out, "atlasVersion", report.atlas_version);
  put_value(out, "target", report.target);
  put(out, "startTime", report.start);
  put(out, "endTime", report.end);
  put(out, "fromVersion", report.from_version);
  put(out, "toVersion", report.to_version);
  put(out, "currentVersion", report.current_version);
  put_filled(out, "error", report.error);
  if (report.files.has_value()) {
    put_value(out, "files", *report.files);
  } else {
    out.key("files");
    out.null();
  }
  put(out, "log", report.log);
  put_value(out, "context", report.context);
  if (report.dry_run) {
    put_flag(out, "dryRun", true);
  }
  write_members(out, report.extras);
}

void write_members(JsonWriter& out, const MigrationSetReport& report) {
  put(out, "id", report.id);
  put(out, "planned", report.planned);
  put(out, "startTime", report.start);
  put(out, "endTime", report.end);
  put_filled(out, "error", report.error);
  put_value(out, "log", report.log);
  if (!report.completed.empty()) {
    put_value(out, "completed", report.completed);
  }
  put_value(out, "context", report.context);
}

void write_members(JsonWriter& out, const RevertReport& report) {
  put_filled(out, "extID", report.plan_id);
  write_members(out, report.run);
}

Json to_json(const DeployContext& context) {
  return tree_of(context);
}
Json to_json(const RunContext& context) {
  return tree_of(context);
}
Json to_json(const ReportExtras& extras) {
  return tree_of(extras);
}
Json to_json(const FileChecks& checks) {
  return tree_of(checks);
}
Json to_json(const SetStep& step) {
  return tree_of(step);
}
Json to_json(const MigrationReport& report) {
  return tree_of(report);
}
Json to_json(const MigrationSetReport& report) {
  return tree_of(report);
}
Json to_json(const RevertReport& report) {
  return tree_of(report);
}
Json to_json(const PlannedFile& file) {
  return tree_of(file);
}
Json to_json(const RevertPlan& plan) {
  return tree_of(plan);
}
Json to_json(const BeginSet& set) {
  return tree_of(set);
}
Json to_json(const std::vector<StatementFigures>& slowest) {
  return tree_of(slowest);
}

}  // namespace rhumb::registry_api
