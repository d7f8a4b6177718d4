#include "cli/status_output.h"

namespace rhumb::cli {
namespace {

using gotmpl::Struct;
using gotmpl::Value;

bool is_partial(const migrate::Status& status) {
  return status.total > 0;
}

bool starts_at_checkpoint(const migrate::Status& status) {
  return status.applied.empty() && !status.pending.empty() && status.pending[0].checkpoint;
}

std::string pending_suffix(size_t pending, size_t late) {
  if (late == 0) {
    return "";
  }
  return pending == 0 ? " (out of order)" : " (" + std::to_string(late) + " out of order)";
}

std::string next_version(const migrate::Status& status, const report::Style& style) {
  std::string text = "UNKNOWN";
  if (!status.next.empty()) {
    text = style.cyan(status.next) + (starts_at_checkpoint(status) ? " (checkpoint)" : "");
  }
  if (is_partial(status)) {
    text += " (" + style.yellow(std::to_string(status.total - status.count)) + " statements left)";
  }
  return text;
}

Value files_value(const std::vector<migrate::FileEntry>& entries) {
  Value::Items files;
  for (const migrate::FileEntry& entry : entries) {
    files.push_back(file_value(
        {.name = entry.name, .version = entry.version, .description = entry.description}));
  }
  return Value::list_of("cmdlog.Files", std::move(files), "migrate.File");
}

Value stored_time(const migrate::StoredTime& time) {
  const gotmpl::TimeZone zone{.offset = time.offset,
                              .abbreviation = time.offset.count() == 0 ? "UTC" : "",
                              .location = time.offset.count() == 0 ? "UTC" : ""};
  return Value::time({.instant = time.at, .zone = zone, .local = zone});
}

Value revision_value(const migrate::Revision& revision) {
  const gotmpl::FieldOptions hidden = {.json = "-"};
  const std::string type = migrate::format_revision_type(revision.type);
  const Value type_value =
      Value::integer(static_cast<int64_t>(revision.type), gotmpl::IntKind::kUint)
          .with_type("migrate.RevisionType")
          .with_text(type)
          .with_json(Value(type));
  const Value execution_time =
      Value::duration(revision.execution_time)
          .with_json(Value(static_cast<int64_t>(revision.execution_time.count())));
  return Struct("*migrate.Revision")
      .field("Version", revision.version)
      .field("Description", revision.description)
      .field("Type", type_value)
      .field("Applied", revision.applied)
      .field("Total", revision.total)
      .field("ExecutedAt", stored_time(revision.executed_at))
      .field("ExecutionTime", execution_time)
      .optional_field("Error", revision.error)
      .optional_field("ErrorStmt", revision.error_stmt)
      .field("Hash", revision.hash, hidden)
      .field("PartialHashes", Value::strings(revision.partial_hashes), hidden)
      .field("OperatorVersion", revision.operator_version);
}

}  // namespace

std::string format_status(const migrate::Status& status, const report::Style& style) {
  const std::string dashes = "  " + style.yellow("--") + " ";
  std::string text =
      "Migration Status: " + (status.status == "OK" ? style.green("OK") : style.yellow("PENDING")) +
      "\n";
  text += dashes + "Current Version: " + style.cyan(status.current);
  if (is_partial(status)) {
    text += " (" + style.yellow(std::to_string(status.count)) + " statements applied)";
  }
  text += "\n" + dashes + "Next Version:    " + next_version(status, style) + "\n";
  text += dashes + "Executed Files:  " + std::to_string(status.applied.size()) +
          (is_partial(status) ? " (last one partially)" : "") + "\n";
  const size_t late = status.out_of_order.size();
  text += dashes + "Pending Files:   " + std::to_string(status.pending.size() + late) +
          pending_suffix(status.pending.size(), late) + "\n";
  if (is_partial(status) && !status.error.empty()) {
    text += "\nLast migration attempt had errors:\n" + dashes + "SQL:   " + status.sql + "\n" +
            dashes + style.red("ERROR:") + " " + status.error + "\n";
  } else if (!status.error.empty()) {
    text += "\n  " + style.red("ERROR:") + " " + status.error + "\n";
  }
  return text;
}

Value status_value(const migrate::Status& status, const ReportEnv& env) {
  Value::Items revisions;
  for (const migrate::Revision& revision : status.applied) {
    revisions.push_back(revision_value(revision));
  }
  const std::string text = format_status(status, {});
  const auto fields = [&](bool embedded) {
    return std::move(
        Struct("*cmdlog.MigrateStatus")
            .field("Env", env_value(env), {.json = {}, .omit_empty = true, .embedded = embedded})
            .optional_field("Available", files_value(status.available))
            .optional_field("OutOfOrder", files_value(status.out_of_order))
            .optional_field("Pending", files_value(status.pending))
            .optional_field("Applied", Value::list_of("[]*migrate.Revision", revisions))
            .optional_field("Current", status.current)
            .optional_field("Next", status.next)
            .optional_field("Count", status.count)
            .optional_field("Total", status.total)
            .optional_field("Status", status.status)
            .optional_field("Error", status.error)
            .optional_field("SQL", status.sql));
  };
  return fields(true)
      .field("Default", text, {.json = "-"})
      .method("Left", [left = status.total - status.count] { return Value(left); })
      .method("FromCheckpoint", [from = starts_at_checkpoint(status)] { return Value(from); })
      .json(fields(false));
}

}  // namespace rhumb::cli
