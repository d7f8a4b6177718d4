#include "registry/ingest/ingest_prepare.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "codec/hex.h"
#include "codec/sha256.h"
#include "registry/ingest/redact.h"
#include "registry/names.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using registry_api::DeployedFile;
using registry_api::FileChecks;
using registry_api::MigrationReport;
using registry_api::MigrationSetReport;
using registry_api::StatementError;
using registry_api::StepLog;

Blob digest(std::initializer_list<std::string_view> parts) {
  codec::Sha256Hasher hasher;
  for (const std::string_view part : parts) {
    hasher.update(fmt::format("{}:", part.size())).update(part);
  }
  return Blob{codec::to_string(hasher.digest())};
}

Blob digest_text(std::string_view text) {
  return Blob{codec::to_string(codec::sha256(text))};
}

/// Of everything that the report says. `add_members` writes what is said besides.
template <typename Report, typename AddMembers>
Blob digest_report(const Report& report, AddMembers add_members) {
  codec::SortedJsonText text;
  text.begin_object();
  registry_api::write_members(text, report);
  add_members(text);
  text.end_object();
  return digest_text(text.take());
}

template <typename Report>
Blob digest_report(const Report& report) {
  return digest_report(report, [](codec::JsonWriter& /*text*/) {});
}

std::string clean(std::string_view text, size_t bytes_max) {
  return cut_middle(redact_urls(text), bytes_max);
}

void clean(std::optional<std::string>& text, size_t bytes_max) {
  if (text.has_value()) {
    *text = clean(*text, bytes_max);
  }
}

void clean(std::optional<StatementError>& error) {
  if (error.has_value()) {
    error->statement = clean(error->statement, kErrorMax);
    error->text = clean(error->text, kErrorMax);
  }
}

std::optional<std::string> checks_json(std::vector<FileChecks>& groups) {
  if (groups.empty()) {
    return std::nullopt;
  }
  Json out = Json::array();
  for (FileChecks& group : groups) {
    clean(group.error);
    for (registry_api::CheckStatement& check : group.checks) {
      check.statement = clean(check.statement, kErrorMax);
      clean(check.error, kErrorMax);
    }
    out.push_back(registry_api::to_json(group));
  }
  return codec::format_json(out);
}

std::shared_ptr<const FileNotes> file_notes(DeployedFile& file) {
  FileNotes notes;
  notes.checks = checks_json(file.checks);
  const auto failed = std::ranges::find_if(file.checks, &FileChecks::failed);
  if (failed != file.checks.end()) {
    notes.failed_check = failed->name;
  }
  if (!file.slowest.empty()) {
    notes.slowest = codec::format_json(registry_api::to_json(file.slowest));
  }
  clean(file.error);
  notes.error = std::move(file.error);
  return notes == FileNotes() ? nullptr : std::make_shared<const FileNotes>(std::move(notes));
}

Result<PreparedFile> prepare_file(DeployedFile& file, FileBodies& bodies) {
  TRY(check_length("file name", file.name));
  if (file.slowest.size() > kSlowestMax) {
    return Error(ErrorCode::kLimit, fmt::format("slowest: more than {}", kSlowestMax));
  }
  return PreparedFile{.file = bodies.make(file),
                      .start = file.start,
                      .end = file.end,
                      .skipped = file.skipped,
                      .applied = file.applied,
                      .notes = file_notes(file)};
}

/// The members of `ext`, as they are kept and shown again.
std::optional<std::string> extra_json(MigrationReport& report) {
  if (report.extras == registry_api::ReportExtras{}) {
    return std::nullopt;
  }
  if (report.extras.drift.has_value()) {
    clean(report.extras.drift->diff, kContentMax);
  }
  registry_api::ReportExtras shown = report.extras;
  shown.permit.reset();
  const Json out = registry_api::to_json(shown);
  return out.empty() ? std::nullopt : std::optional<std::string>(codec::format_json(out));
}

Result<void> check_context(const std::optional<registry_api::DeployContext>& context) {
  if (context.has_value()) {
    TRY(check_length("context.triggerType", context->trigger_type.value_or("")));
    TRY(check_length("context.triggerVersion", context->trigger_version.value_or("")));
  }
  return {};
}

Result<void> check_bounds(const MigrationReport& report) {
  TRY(check_length("projectName", report.project_name));
  TRY(check_length("envName", report.env_name));
  TRY(check_name("dirName", report.dir_name));
  TRY(check_length("atlasVersion", report.atlas_version));
  TRY(check_length("target.id", report.target.id));
  TRY(check_length("target.schema", report.target.schema));
  TRY(check_length("fromVersion", report.from_version));
  TRY(check_length("toVersion", report.to_version));
  TRY(check_length("currentVersion", report.current_version));
  TRY(check_context(report.context));
  TRY(check_length("reportID", report.extras.report_id.value_or("")));
  if (report.files.has_value() && report.files->size() > kFilesMax) {
    return Error(ErrorCode::kLimit, fmt::format("files: more than {}", kFilesMax));
  }
  return {};
}

Result<PreparedReport> prepare(MigrationReport report,
                               Blob key,
                               Blob fingerprint,
                               FileBodies& bodies) {
  TRY(check_bounds(report));
  PreparedReport out;
  out.key = std::move(key);
  out.fingerprint = std::move(fingerprint);
  out.failed = report.failed();
  out.has_files = report.files.has_value();
  if (out.has_files) {
    out.files.reserve(report.files->size());
    for (DeployedFile& file : *report.files) {
      out.files.push_back(TRY(prepare_file(file, bodies)));
    }
    report.files->clear();
    report.files->shrink_to_fit();
  }
  out.log = make_body(clean(report.log, kLogMax));
  report.log.clear();
  clean(report.error, kErrorMax);
  if (report.error.has_value() && report.error->empty()) {
    report.error.reset();
  }
  report.target.url = stored_url(report.target.url);
  out.extra = extra_json(report);
  out.report = std::move(report);
  return out;
}

/// A report of its own: known by the client's id, else by `what` and what it is about.
Result<PreparedReport> prepare_single(MigrationReport report,
                                      std::string_view what,
                                      Blob fingerprint) {
  const std::optional<std::string>& id = report.extras.report_id;
  const bool has_id = id.has_value() && !id->empty();
  Blob key =
      has_id
          ? digest({"report", *id})
          : digest({what, report.dir_name, report.env_name, report.target.id, report.target.schema,
                    registry_api::format_time(report.start), registry_api::format_time(report.end),
                    report.to_version, report.dry_run ? "dry" : ""});
  FileBodies bodies;
  PreparedReport out =
      TRY(prepare(std::move(report), std::move(key), std::move(fingerprint), bodies));
  out.has_client_id = has_id;
  return out;
}

/// What makes an entry of a set the same one.
Blob entry_key(std::string_view set_id, const MigrationReport& report) {
  return digest({"entry", set_id, report.target.id, report.target.schema, report.dir_name,
                 registry_api::format_time(report.start)});
}

/// Of everything that the report says; with its bounds looked at.
Result<Blob> digest_schema_apply(const registry_api::SchemaApplyReport& report) {
  TRY(check_length("fromHash", report.from_hash.value_or("")));
  TRY(check_length("toHash", report.to_hash.value_or("")));
  TRY(check_length("planURL", report.plan_url.value_or("")));
  return digest_report(report.run, [&report](codec::JsonWriter& text) {
    text.key("fromHash");
    text.text(report.from_hash.value_or(""));
    text.key("toHash");
    text.text(report.to_hash.value_or(""));
    text.key("planURL");
    text.text(report.plan_url.value_or(""));
  });
}

SchemaFacts take_facts(registry_api::SchemaApplyReport& report) {
  return {std::move(report.from_hash), std::move(report.to_hash), std::move(report.plan_url)};
}

void set_schema(PreparedReport& prepared, SchemaFacts facts) {
  prepared.kind = kSchemaApplyKind;
  prepared.schema = std::move(facts);
}

/// An entry of a set; its key is given to it by the set.
Result<PreparedReport> prepare_entry(MigrationReport report, FileBodies& bodies) {
  Blob fingerprint = digest_report(report);
  PreparedReport out = TRY(prepare(std::move(report), Blob(), std::move(fingerprint), bodies));
  out.has_client_id = true;
  return out;
}

Result<PreparedReport> prepare_entry(registry_api::SchemaApplyReport report, FileBodies& bodies) {
  Blob fingerprint = TRY(digest_schema_apply(report));
  SchemaFacts facts = take_facts(report);
  PreparedReport out = TRY(prepare(std::move(report.run), Blob(), std::move(fingerprint), bodies));
  out.has_client_id = true;
  set_schema(out, std::move(facts));
  return out;
}

void clean(std::vector<StepLog>& lines) {
  for (StepLog& line : lines) {
    line.text = clean(line.text, kErrorMax);
    clean(line.children);
  }
}

/// A set by itself, of which `entries` are completed.
Result<PreparedSet> prepare_set_alone(MigrationSetReport set, size_t entries) {
  TRY(check_name("id", set.id));
  TRY(check_context(set.context));
  if (set.planned < 0 || set.planned > static_cast<int64_t>(kTargetsMax) || entries > kTargetsMax) {
    return Error(ErrorCode::kLimit, fmt::format("a set has at most {} targets", kTargetsMax));
  }
  PreparedSet out;
  out.key = set_key(set.id);
  out.fingerprint = digest_report(set);
  clean(set.error, kErrorMax);
  if (set.error.has_value() && set.error->empty()) {
    set.error.reset();
  }
  for (registry_api::SetStep& step : set.log) {
    step.text = clean(step.text, kErrorMax);
    clean(step.log);
  }
  out.set = std::move(set);
  return out;
}

}  // namespace

Blob digest_json(const Json& json) {
  codec::JsonFormat format;
  format.sort_keys = true;
  return digest_text(codec::format_json(json, format));
}

Blob set_key(std::string_view id) {
  return digest({"set", id});
}

Result<PreparedReport> prepare_report(MigrationReport report) {
  Blob fingerprint = digest_report(report);
  return prepare_single(std::move(report), "run", std::move(fingerprint));
}

Result<PreparedReport> prepare_revert(registry_api::RevertReport report) {
  const std::string plan_id = report.plan_id.value_or("");
  TRY(check_length("extID", plan_id));
  Blob fingerprint = digest_report(report);
  PreparedReport out =
      TRY(prepare_single(std::move(report.run), "revert " + plan_id, std::move(fingerprint)));
  out.kind = "DOWN";
  out.plan_id = plan_id;
  return out;
}

Result<PreparedReport> prepare_schema_apply(registry_api::SchemaApplyReport report) {
  Blob fingerprint = TRY(digest_schema_apply(report));
  SchemaFacts facts = take_facts(report);
  PreparedReport out =
      TRY(prepare_single(std::move(report.run), "schema apply", std::move(fingerprint)));
  set_schema(out, std::move(facts));
  return out;
}

std::shared_ptr<const NamedBody> FileBodies::make(const DeployedFile& file) {
  std::string said = fmt::format("{}:{}", file.name.size(), file.name);
  said += file.content;
  const auto [known, is_new] = bodies_.try_emplace(std::move(said));
  if (is_new) {
    known->second = std::make_shared<const NamedBody>(
        NamedBody{file.name, make_body(clean(file.content, kContentMax))});
  }
  return known->second;
}

SetEntries::SetEntries(std::string_view kind, size_t count) : kind_(kind) {
  prepared_.reserve(std::min(count, kTargetsMax));
}

void SetEntries::add(const Json& entry) {
  const size_t index = count_++;
  if (kind_ == kSchemaApplyKind) {
    take(registry_api::read_schema_set_entry(entry, index));
  } else {
    take(registry_api::read_set_entry(entry, index));
  }
}

template <typename Report>
void SetEntries::take(Result<Report> entry) {
  if (!entry && !unreadable_) {
    unreadable_ = entry.error();
  }
  if (unreadable_ || refused_ || count_ > kTargetsMax) {
    return;  // the set will be refused
  }
  Result<PreparedReport> prepared = prepare_entry(*std::move(entry), bodies_);
  if (prepared) {
    prepared_.push_back(*std::move(prepared));
  } else {
    refused_ = prepared.error();
  }
}

Result<PreparedSet> prepare_set(MigrationSetReport set, SetEntries& entries) {
  if (entries.unreadable_) {
    return *entries.unreadable_;
  }
  PreparedSet out = TRY(prepare_set_alone(std::move(set), entries.count_));
  if (entries.refused_) {
    return *entries.refused_;
  }
  codec::Sha256Hasher whole;
  whole.update(out.fingerprint.bytes);
  for (PreparedReport& entry : entries.prepared_) {
    entry.key = entry_key(out.set.id, entry.report);
    whole.update(entry.fingerprint.bytes);
  }
  out.fingerprint = Blob{codec::to_string(whole.digest())};
  out.entries = entries.prepared_;
  out.kind = entries.kind_;
  return out;
}

}  // namespace rhumb::registry
