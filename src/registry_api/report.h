#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "codec/json.h"
#include "codec/json_writer.h"

/// What a run tells the registry, as client and server both know it.
///
/// Shape: members in the order they are written; absent members are left out as the published
/// clients do. Times are UTC; an unset time is written 0001-01-01T00:00:00Z.
/// Source: spec registry.md 4.5, 4.6, 4.7; registry.graphql, inputs of the same names.
namespace rhumb::registry_api {

using Time = std::chrono::sys_time<std::chrono::nanoseconds>;
using OptionalTime = std::optional<Time>;

/// What triggered a deployment: `--context` of apply and down.
struct DeployContext {
  std::optional<std::string> trigger_type;  ///< open: CLI, KUBERNETES, ...
  std::optional<std::string> trigger_version;
  bool operator==(const DeployContext&) const = default;
};

/// Where a push, lint or plan came from. All members optional.
struct RunContext {
  std::optional<std::string> repo;
  std::optional<std::string> path;
  std::optional<std::string> branch;
  std::optional<std::string> commit;
  std::optional<std::string> url;
  std::optional<std::string> username;
  std::optional<std::string> user_id;
  std::optional<std::string> scm_type;
  bool operator==(const RunContext&) const = default;
};

struct StatementError {
  std::string statement;
  std::string text;
  bool operator==(const StatementError&) const = default;
};

struct CheckStatement {
  std::string statement;
  std::optional<std::string> error;
  bool operator==(const CheckStatement&) const = default;
};

struct FileChecks {
  std::string name;
  OptionalTime start;
  OptionalTime end;
  std::vector<CheckStatement> checks;
  std::optional<StatementError> error;
  bool operator==(const FileChecks&) const = default;

  [[nodiscard]] bool failed() const;
};

/// How one statement ran, in seconds.
struct StatementFigures {
  int64_t number = 0;  ///< from 1, within the file
  double seconds = 0;
  int64_t rows_affected = 0;  ///< at most what a GraphQL Int holds
  std::optional<double> lock_wait_seconds;
  bool operator==(const StatementFigures&) const = default;
};

struct DeployedFile {
  std::string name;
  std::string content;
  OptionalTime start;
  OptionalTime end;
  int64_t skipped = 0;  ///< statements applied by an earlier, partial run
  int64_t applied = 0;  ///< statements tried, the failing one included
  std::vector<FileChecks> checks;
  std::optional<StatementError> error;
  /// The statements that took longest, the slowest first; sent with the extras of the report.
  std::vector<StatementFigures> slowest;
  bool operator==(const DeployedFile&) const = default;

  [[nodiscard]] bool failed() const;
};

struct DeployedTarget {
  std::string id;      ///< names the database; kept in its own revisions table
  std::string schema;  ///< empty when the URL binds none
  std::string url;     ///< redacted
  bool operator==(const DeployedTarget&) const = default;
};

struct Masked {
  std::string policy;
  int64_t values = 0;
  int64_t statements = 0;
  bool operator==(const Masked&) const = default;
};

struct Drift {
  std::string status;
  std::optional<std::string> diff;
  bool operator==(const Drift&) const = default;
};

/// Members only our server understands; sent when it announced the feature `ext`.
struct ReportExtras {
  std::optional<std::string> report_id;  ///< UUID of this report, for repetition
  std::optional<std::string> dir_tag;
  std::optional<std::string> dir_version;
  std::optional<std::string> dir_hash;
  std::optional<std::string> dir_source;  ///< REGISTRY, LOCAL, TEMPLATE, BLOB
  std::optional<std::string> actor;
  std::optional<RunContext> run_context;
  std::optional<Masked> masked;
  std::optional<bool> provisional_target;
  std::optional<Drift> drift;
  std::optional<std::string> group;
  std::optional<std::string> permit;
  bool operator==(const ReportExtras&) const = default;
};

/// One `migrate apply` over one target.
struct MigrationReport {
  std::string project_name = "default";
  std::string env_name;
  std::string dir_name;
  std::string atlas_version;
  DeployedTarget target;
  OptionalTime start;
  OptionalTime end;
  std::string from_version;
  std::string to_version;
  std::string current_version;
  std::optional<std::string> error;
  std::optional<std::vector<DeployedFile>> files;  ///< absent when planning failed
  std::string log;
  std::optional<DeployContext> context;
  bool dry_run = false;
  ReportExtras extras;
  bool operator==(const MigrationReport&) const = default;

  /// The run, a file or a check failed.
  [[nodiscard]] bool failed() const;
};

/// One `migrate down` over one target: `to_version` is the one that is left.
struct RevertReport {
  /// Names the plan, registry.md 4.7; absent when nothing was to be reverted.
  std::optional<std::string> plan_id;
  MigrationReport run;
  bool operator==(const RevertReport&) const = default;
};

/// What reverts one version, as whoever approves it sees it.
struct PlannedFile {
  std::string name;
  std::string version;
  std::vector<std::string> statements;
  std::vector<std::string> checks;
  bool operator==(const PlannedFile&) const = default;
};

/// Asks for the approval of a revert.
struct RevertPlan {
  std::string id;  ///< digest of everything that is approved, registry.md 4.7
  std::string project_name = "default";
  std::string dir_name;
  std::optional<std::string> dir_tag;
  std::string env_name;
  std::string atlas_version;
  DeployedTarget target;
  std::string from_version;
  std::string to_version;
  std::vector<PlannedFile> files;
  std::optional<DeployContext> context;
  bool operator==(const RevertPlan&) const = default;
};

/// A line of a step's log, perhaps with lines below it.
struct StepLog {
  std::string text;
  std::vector<StepLog> children;
  bool operator==(const StepLog&) const = default;
};

struct SetStep {
  std::string text;
  OptionalTime start;
  OptionalTime end;
  bool error = false;
  std::vector<StepLog> log;
  bool operator==(const SetStep&) const = default;
};

/// One run over several targets, or over one that could not start.
struct MigrationSetReport {
  std::string id;
  int64_t planned = 0;
  OptionalTime start;
  OptionalTime end;  ///< unset while the run goes on
  std::optional<std::string> error;
  std::vector<SetStep> log;
  std::vector<MigrationReport> completed;
  std::optional<DeployContext> context;
  bool operator==(const MigrationSetReport&) const = default;
};

/// Announces a set before its first target starts.
struct BeginSet {
  std::string id;
  int64_t planned = 0;
  OptionalTime start;
  std::string env_name;
  std::string dir_name;
  std::vector<std::string> targets;  ///< redacted URLs
  std::optional<DeployContext> context;
};

[[nodiscard]] codec::Json to_json(const DeployContext& context);
[[nodiscard]] codec::Json to_json(const RunContext& context);
[[nodiscard]] codec::Json to_json(const ReportExtras& extras);
[[nodiscard]] codec::Json to_json(const FileChecks& checks);
[[nodiscard]] codec::Json to_json(const std::vector<StatementFigures>& slowest);
[[nodiscard]] codec::Json to_json(const SetStep& step);
[[nodiscard]] codec::Json to_json(const MigrationReport& report);
[[nodiscard]] codec::Json to_json(const MigrationSetReport& report);
[[nodiscard]] codec::Json to_json(const RevertReport& report);
[[nodiscard]] codec::Json to_json(const PlannedFile& file);
[[nodiscard]] codec::Json to_json(const RevertPlan& plan);
[[nodiscard]] codec::Json to_json(const BeginSet& set);

/// Writes what to_json() makes a tree of, without the braces around it: more may follow.
void write_members(codec::JsonWriter& out, const ReportExtras& extras);
void write_members(codec::JsonWriter& out, const MigrationReport& report);
void write_members(codec::JsonWriter& out, const MigrationSetReport& report);
void write_members(codec::JsonWriter& out, const RevertReport& report);

/// Reads what a client sent. Unknown members are ignored, `null` is an absent member or an empty
/// list. Errors: kInvalid naming the member, `input.target.url: missing`.
Result<MigrationReport> read_migration_report(const codec::Json& input);
/// A set without its entries, of which there may be ten thousand.
Result<MigrationSetReport> read_migration_set(const codec::Json& input);
/// One of them, the `index`th.
Result<MigrationReport> read_set_entry(const codec::Json& entry, size_t index);
Result<RevertReport> read_revert_report(const codec::Json& input);
Result<RevertPlan> read_revert_plan(const codec::Json& input);
Result<BeginSet> read_begin_set(const codec::Json& input);
Result<RunContext> read_run_context(const codec::Json& input);
Result<std::vector<FileChecks>> read_file_checks(const codec::Json& checks);
Result<std::vector<SetStep>> read_set_steps(const codec::Json& steps);

/// RFC 3339 with nanoseconds; the unset time is Go's zero time.
[[nodiscard]] std::string format_time(const OptionalTime& time);
/// Errors: kInvalid.
Result<OptionalTime> parse_time(std::string_view text);

}  // namespace rhumb::registry_api
