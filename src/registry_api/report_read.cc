#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "base/name_cursor.h"
#include "base/value_path.h"
#include "registry_api/report.h"
#include "registry_api/schema_apply.h"

namespace rhumb::registry_api {
namespace {

using codec::Json;

// Deeper than any step log a run writes; what lies below is dropped.
constexpr int kStepLogDepthMax = 32;

constexpr ValuePath kInput{.name = "input"};
constexpr ValuePath kEntries{.parent = &kInput, .name = "completed"};

/// Takes members out of one object and remembers the first that is missing or of another kind.
class Reader {
 public:
  Reader(const Json& object, const ValuePath& path) : path_(path), members_(members_of(object)) {
    if (!object.is_object()) {
      error_ = invalid(fmt::format("{}: must be an object", path.text()));
    }
  }

  [[nodiscard]] std::string text(std::string_view key) {
    const std::string* found = require_text(key);
    return found == nullptr ? std::string() : *found;
  }
  [[nodiscard]] std::optional<std::string> find_text(std::string_view key) {
    const Json* member = find(key);
    const std::string* found = member == nullptr ? nullptr : text_of(key, *member);
    return found == nullptr ? std::nullopt : std::optional(*found);
  }
  [[nodiscard]] int64_t number(std::string_view key) {
    const Json* member = find(key);
    const std::optional<int64_t> value = member == nullptr ? std::nullopt : member->to_int();
    if (!value.has_value()) {
      fail(key, member == nullptr ? "missing" : "must be a whole number");
    }
    return value.value_or(0);
  }
  [[nodiscard]] std::optional<double> find_real(std::string_view key) {
    const Json* member = find(key);
    if (member == nullptr) {
      return std::nullopt;
    }
    const std::optional<double> value = member->to_double();
    if (!value.has_value()) {
      fail(key, "must be a number");
    }
    return value;
  }
  [[nodiscard]] std::optional<bool> find_flag(std::string_view key) {
    const Json* member = find(key);
    if (member == nullptr) {
      return std::nullopt;
    }
    if (!member->is_bool()) {
      fail(key, "must be true or false");
      return std::nullopt;
    }
    return member->as_bool();
  }
  [[nodiscard]] OptionalTime time(std::string_view key) {
    const std::string* text = require_text(key);
    if (text == nullptr) {
      return std::nullopt;
    }
    Result<OptionalTime> time = parse_time(*text);
    if (!time) {
      fail(key, time.error().message());
      return std::nullopt;
    }
    return *time;
  }
  /// Null when absent.
  [[nodiscard]] const Json* find(std::string_view key) {
    const Json::Member* member = members_.find(key);
    return member == nullptr || member->value.is_null() ? nullptr : &member->value;
  }

  /// The elements of a list, each read by `read`; an absent list is empty.
  template <typename T>
  [[nodiscard]] std::vector<T> list(std::string_view key,
                                    Result<T> (*read)(const Json&, const ValuePath&)) {
    std::vector<T> out;
    const Json* member = find(key);
    if (member == nullptr) {
      return out;
    }
    if (!member->is_array()) {
      fail(key, "must be a list");
      return out;
    }
    const ValuePath place{.parent = &path_, .name = key};
    out.reserve(member->size());
    for (size_t i = 0; i < member->size() && !error_.has_value(); ++i) {
      Result<T> element = read(member->at(i), {.parent = &place, .index = i});
      if (!element) {
        error_ = element.error();
        break;
      }
      out.push_back(std::move(*element));
    }
    return out;
  }

  template <typename T>
  [[nodiscard]] std::optional<T> find_object(std::string_view key,
                                             Result<T> (*read)(const Json&, const ValuePath&)) {
    const Json* member = find(key);
    if (member == nullptr) {
      return std::nullopt;
    }
    Result<T> value = read(*member, {.parent = &path_, .name = key});
    if (!value) {
      if (!error_.has_value()) {
        error_ = value.error();
      }
      return std::nullopt;
    }
    return std::move(*value);
  }

  void require(std::string_view key) {
    if (find(key) == nullptr) {
      fail(key, "missing");
    }
  }

  template <typename T>
  [[nodiscard]] Result<T> finish(T value) const {
    if (error_.has_value()) {
      return *error_;
    }
    return value;
  }

 private:
  static std::span<const Json::Member> members_of(const Json& object) {
    return object.is_object() ? std::span<const Json::Member>(object.as_object())
                              : std::span<const Json::Member>();
  }

  /// Null when it is not there or of another kind, which is an error.
  const std::string* require_text(std::string_view key) {
    const Json* member = find(key);
    if (member == nullptr) {
      fail(key, "missing");
      return nullptr;
    }
    return text_of(key, *member);
  }
  const std::string* text_of(std::string_view key, const Json& member) {
    if (!member.is_string()) {
      fail(key, "must be a string");
      return nullptr;
    }
    return &member.as_string();
  }

  void fail(std::string_view key, std::string_view what) {
    if (!error_.has_value()) {
      const ValuePath place{.parent = &path_, .name = key};
      error_ = invalid(fmt::format("{}: {}", place.text(), what));
    }
  }

  const ValuePath& path_;  // outlives the reader, as the object does: used within one function
  NameCursor<const Json::Member, &Json::Member::key> members_;
  std::optional<Error> error_;
};

Result<DeployContext> read_deploy_context(const Json& json, const ValuePath& path) {
  Reader reader(json, path);
  DeployContext out;
  out.trigger_type = reader.find_text("triggerType");
  out.trigger_version = reader.find_text("triggerVersion");
  return reader.finish(std::move(out));
}

Result<RunContext> read_run_context_at(const Json& json, const ValuePath& path) {
  Reader reader(json, path);
  RunContext out;
  out.repo = reader.find_text("repo");
  out.path = reader.find_text("path");
  out.branch = reader.find_text("branch");
  out.commit = reader.find_text("commit");
  out.url = reader.find_text("url");
  out.username = reader.find_text("username");
  out.user_id = reader.find_text("userID");
  out.scm_type = reader.find_text("scmType");
  return reader.finish(std::move(out));
}

Result<StatementError> read_statement_error(const Json& json, const ValuePath& path) {
  Reader reader(json, path);
  StatementError out;
  out.statement = reader.text("stmt");
  out.text = reader.text("text");
  return reader.finish(std::move(out));
}

Result<CheckStatement> read_check_statement(const Json& json, const ValuePath& path) {
  Reader reader(json, path);
  CheckStatement out;
  out.statement = reader.text("stmt");
  out.error = reader.find_text("error");
  return reader.finish(std::move(out));
}

Result<FileChecks> read_checks_at(const Json& json, const ValuePath& path) {
  Reader reader(json, path);
  FileChecks out;
  out.name = reader.text("name");
  out.start = reader.time("start");
  out.end = reader.time("end");
  out.checks = reader.list("checks", read_check_statement);
  out.error = reader.find_object("error", read_statement_error);
  return reader.finish(std::move(out));
}

Result<StatementFigures> read_figures_at(const Json& json, const ValuePath& path) {
  Reader reader(json, path);
  StatementFigures out;
  out.number = reader.number("number");
  reader.require("seconds");
  out.seconds = reader.find_real("seconds").value_or(0);
  out.rows_affected = reader.number("rowsAffected");
  out.lock_wait_seconds = reader.find_real("lockWaitSeconds");
  return reader.finish(out);
}

Result<DeployedFile> read_file(const Json& json, const ValuePath& path) {
  Reader reader(json, path);
  DeployedFile out;
  out.name = reader.text("name");
  out.content = reader.find_text("content").value_or("");  // optional in reports of reverts
  out.start = reader.time("startTime");
  out.end = reader.time("endTime");
  out.skipped = reader.number("skipped");
  out.applied = reader.number("applied");
  out.checks = reader.list("checks", read_checks_at);
  out.error = reader.find_object("error", read_statement_error);
  out.slowest = reader.list("slowest", read_figures_at);
  return reader.finish(std::move(out));
}

Result<DeployedTarget> read_target(const Json& json, const ValuePath& path) {
  Reader reader(json, path);
  DeployedTarget out;
  out.id = reader.text("id");
  out.schema = reader.text("schema");
  out.url = reader.text("url");
  return reader.finish(std::move(out));
}

Result<Masked> read_masked(const Json& json, const ValuePath& path) {
  Reader reader(json, path);
  Masked out;
  out.policy = reader.text("policy");
  out.values = reader.number("values");
  out.statements = reader.number("statements");
  return reader.finish(std::move(out));
}

Result<Drift> read_drift(const Json& json, const ValuePath& path) {
  Reader reader(json, path);
  Drift out;
  out.status = reader.text("status");
  out.diff = reader.find_text("diff");
  return reader.finish(std::move(out));
}

ReportExtras read_extras(Reader& reader) {
  ReportExtras out;
  out.report_id = reader.find_text("reportID");
  out.dir_tag = reader.find_text("dirTag");
  out.dir_version = reader.find_text("dirVersion");
  out.dir_hash = reader.find_text("dirHash");
  out.dir_source = reader.find_text("dirSource");
  out.actor = reader.find_text("actor");
  out.run_context = reader.find_object("runContext", read_run_context_at);
  out.masked = reader.find_object("masked", read_masked);
  out.provisional_target = reader.find_flag("provisionalTarget");
  out.drift = reader.find_object("drift", read_drift);
  out.group = reader.find_text("group");
  out.permit = reader.find_text("permit");
  return out;
}

/// What reports of every kind of run have in common.
MigrationReport read_run(Reader& reader) {
  MigrationReport out;
  out.project_name = reader.text("projectName");
  out.env_name = reader.text("envName");
  out.atlas_version = reader.text("atlasVersion");
  reader.require("target");
  out.target = reader.find_object("target", read_target).value_or(DeployedTarget{});
  out.start = reader.time("startTime");
  out.end = reader.time("endTime");
  out.error = reader.find_text("error");
  if (reader.find("files") != nullptr) {
    out.files = reader.list("files", read_file);
  }
  out.log = reader.text("log");
  out.context = reader.find_object("context", read_deploy_context);
  out.dry_run = reader.find_flag("dryRun").value_or(false);
  out.extras = read_extras(reader);
  return out;
}

Result<MigrationReport> read_report_at(const Json& json, const ValuePath& path) {
  Reader reader(json, path);
  MigrationReport out = read_run(reader);
  out.dir_name = reader.text("dirName");
  out.from_version = reader.text("fromVersion");
  out.to_version = reader.text("toVersion");
  out.current_version = reader.text("currentVersion");
  return reader.finish(std::move(out));
}

Result<SchemaApplyReport> read_schema_apply_at(const Json& json, const ValuePath& path) {
  Reader reader(json, path);
  SchemaApplyReport out;
  out.run = read_run(reader);
  out.run.dir_name = reader.text("schemaSlug");
  out.run.from_version = reader.find_text("fromVersion").value_or("");
  out.run.to_version = reader.find_text("toVersion").value_or("");
  out.from_hash = reader.find_text("fromHash");
  out.to_hash = reader.find_text("toHash");
  out.plan_url = reader.find_text("planURL");
  return reader.finish(std::move(out));
}

Result<std::string> read_text(const Json& json, const ValuePath& path) {
  if (!json.is_string()) {
    return invalid(fmt::format("{}: must be a string", path.text()));
  }
  return json.as_string();
}

Result<PlannedFile> read_planned_file(const Json& json, const ValuePath& path) {
  Reader reader(json, path);
  PlannedFile out;
  out.name = reader.text("name");
  out.version = reader.text("version");
  out.statements = reader.list("stmts", read_text);
  out.checks = reader.list("checks", read_text);
  return reader.finish(std::move(out));
}

StepLog read_step_log(const Json& json, int depth) {
  StepLog out;
  out.text = json.string_or_empty("text");
  const Json::Array* children = json.find_array("children");
  if (children != nullptr && depth < kStepLogDepthMax) {
    for (const Json& child : *children) {
      out.children.push_back(read_step_log(child, depth + 1));
    }
  }
  return out;
}

Result<StepLog> read_step_log_at(const Json& json, const ValuePath& path) {
  const Reader reader(json, path);
  return reader.finish(read_step_log(json, 0));
}

Result<SetStep> read_step(const Json& json, const ValuePath& path) {
  Reader reader(json, path);
  SetStep out;
  out.text = reader.text("text");
  out.start = reader.time("startTime");
  out.end = reader.time("endTime");
  out.error = reader.find_flag("error").value_or(false);
  out.log = reader.list("log", read_step_log_at);
  return reader.finish(std::move(out));
}

/// A set, without the entries that it holds.
MigrationSetReport read_set(Reader& reader) {
  MigrationSetReport out;
  out.id = reader.text("id");
  out.planned = reader.number("planned");
  out.start = reader.time("startTime");
  out.end = reader.time("endTime");
  out.error = reader.find_text("error");
  out.log = reader.list("log", read_step);
  out.context = reader.find_object("context", read_deploy_context);
  return out;
}

bool filled(const std::optional<std::string>& text) {
  return text.has_value() && !text->empty();
}

}  // namespace

bool FileChecks::failed() const {
  return error.has_value() || std::any_of(checks.begin(), checks.end(),
                                          [](const auto& check) { return filled(check.error); });
}

bool DeployedFile::failed() const {
  return error.has_value() || std::any_of(checks.begin(), checks.end(),
                                          [](const FileChecks& check) { return check.failed(); });
}

bool MigrationReport::failed() const {
  if (filled(error)) {
    return true;
  }
  return files.has_value() &&
         std::any_of(files->begin(), files->end(), [](const auto& file) { return file.failed(); });
}

Result<MigrationReport> read_migration_report(const Json& input) {
  return read_report_at(input, kInput);
}

Result<MigrationSetReport> read_migration_set(const Json& input) {
  Reader reader(input, kInput);
  return reader.finish(read_set(reader));
}

Result<MigrationReport> read_set_entry(const Json& entry, size_t index) {
  return read_report_at(entry, {.parent = &kEntries, .index = index});
}

Result<SchemaApplyReport> read_schema_set_entry(const Json& entry, size_t index) {
  return read_schema_apply_at(entry, {.parent = &kEntries, .index = index});
}

Result<SchemaApplyReport> read_schema_apply(const Json& input) {
  return read_schema_apply_at(input, kInput);
}

Result<RevertReport> read_revert_report(const Json& input) {
  Reader reader(input, kInput);
  RevertReport out;
  out.plan_id = reader.find_text("extID");
  out.run = TRY(read_report_at(input, kInput));
  return reader.finish(std::move(out));
}

Result<RevertPlan> read_revert_plan(const Json& input) {
  Reader reader(input, kInput);
  RevertPlan out;
  out.id = reader.text("extID");
  out.project_name = reader.find_text("projectName").value_or("default");
  out.dir_name = reader.text("dirName");
  out.dir_tag = reader.find_text("dirTag");
  out.env_name = reader.text("envName");
  out.atlas_version = reader.text("atlasVersion");
  reader.require("target");
  out.target = reader.find_object("target", read_target).value_or(DeployedTarget{});
  out.from_version = reader.text("fromVersion");
  out.to_version = reader.text("toVersion");
  reader.require("files");
  out.files = reader.list("files", read_planned_file);
  out.context = reader.find_object("context", read_deploy_context);
  return reader.finish(std::move(out));
}

Result<BeginSet> read_begin_set(const Json& input) {
  Reader reader(input, kInput);
  BeginSet out;
  out.id = reader.text("id");
  out.planned = reader.number("planned");
  out.start = reader.time("startTime");
  out.env_name = reader.text("envName");
  out.dir_name = reader.text("dirName");
  out.targets = reader.list("targets", read_text);
  out.context = reader.find_object("context", read_deploy_context);
  return reader.finish(std::move(out));
}

Result<RunContext> read_run_context(const Json& input) {
  return read_run_context_at(input, {.parent = &kInput, .name = "context"});
}

Result<std::vector<FileChecks>> read_file_checks(const Json& checks) {
  const ValuePath list{.name = "checks"};
  std::vector<FileChecks> out;
  for (size_t i = 0; i < checks.size() && checks.is_array(); ++i) {
    out.push_back(TRY(read_checks_at(checks.at(i), {.parent = &list, .index = i})));
  }
  return out;
}

Result<std::vector<SetStep>> read_set_steps(const Json& steps) {
  const ValuePath list{.name = "log"};
  std::vector<SetStep> out;
  for (size_t i = 0; i < steps.size() && steps.is_array(); ++i) {
    out.push_back(TRY(read_step(steps.at(i), {.parent = &list, .index = i})));
  }
  return out;
}

}  // namespace rhumb::registry_api
