#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "registry/ingest/bounded_text.h"
#include "registry/store/bodies.h"
#include "registry_api/report.h"
#include "registry_api/schema_apply.h"

/// The part of taking a report in that needs no store: bounds, redaction, digests, compression.
namespace rhumb::registry {

inline constexpr std::string_view kApplyKind = "APPLY";
/// The kind of an event that a `schema apply` reported.
inline constexpr std::string_view kSchemaApplyKind = "SCHEMA_APPLY";

inline constexpr size_t kLogMax = size_t{4} << 20;
inline constexpr size_t kContentMax = size_t{8} << 20;
inline constexpr size_t kErrorMax = size_t{64} << 10;
inline constexpr size_t kTargetsMax = 10'000;
inline constexpr size_t kFilesMax = 20'000;
inline constexpr size_t kSlowestMax = 100;  ///< statements of a file with figures of their own

/// A file by itself; entries of a set share it.
struct NamedBody {
  std::string name;
  Body content;
};

/// What few files say.
struct FileNotes {
  std::optional<std::string> checks;   ///< JSON, absent when there are none
  std::optional<std::string> failed_check;  ///< the name of the first group of them that failed
  std::optional<std::string> slowest;       ///< as the checks
  std::optional<registry_api::StatementError> error;
  bool operator==(const FileNotes&) const = default;
};

/// Small: a set may have two hundred thousand.
struct PreparedFile {
  std::shared_ptr<const NamedBody> file;
  registry_api::OptionalTime start;
  registry_api::OptionalTime end;
  int64_t skipped = 0;
  int64_t applied = 0;
  std::shared_ptr<const FileNotes> notes;  ///< null when there are none
};

/// What the report of a `schema apply` says beyond a run: as it was sent, so versions may be
/// missing.
struct SchemaFacts {
  std::optional<std::string> from_hash;
  std::optional<std::string> to_hash;
  std::optional<std::string> plan_url;
};

struct PreparedReport {
  registry_api::MigrationReport report;  ///< redacted, without log and files
  Body log;
  std::vector<PreparedFile> files;
  bool has_files = false;  ///< it had a list of files, perhaps an empty one
  bool failed = false;
  Blob key;          ///< what makes it the same report
  Blob fingerprint;  ///< of everything it said
  bool has_client_id = false;
  std::string kind = "APPLY";         ///< or DOWN, SCHEMA_APPLY
  std::optional<SchemaFacts> schema;  ///< of SCHEMA_APPLY, see ingest_schema.cc
  std::string plan_id;               ///< of a revert, see down_plans.h
  std::optional<std::string> extra;  ///< JSON of the members that only some clients send
};

/// Errors: kInvalid, kLimit.
Result<PreparedReport> prepare_report(registry_api::MigrationReport report);
/// A revert: its plan is part of what makes it the same report.
Result<PreparedReport> prepare_revert(registry_api::RevertReport report);
Result<PreparedReport> prepare_schema_apply(registry_api::SchemaApplyReport report);

/// Files by what they say: those that say the same are one.
class FileBodies {
 public:
  std::shared_ptr<const NamedBody> make(const registry_api::DeployedFile& file);

 private:
  std::unordered_map<std::string, std::shared_ptr<const NamedBody>> bodies_;
};

struct PreparedSet;

/// The entries of a set: each is prepared as it comes in, so that of no two there is more than
/// that.
class SetEntries {
 public:
  /// `kind`: APPLY or SCHEMA_APPLY; `count` come at the most.
  SetEntries(std::string_view kind, size_t count);
  /// The next one. prepare_set() says what is wrong with it.
  void add(const codec::Json& entry);

 private:
  friend Result<PreparedSet> prepare_set(registry_api::MigrationSetReport set, SetEntries& entries);
  template <typename Report>
  void take(Result<Report> entry);

  std::string kind_;
  std::vector<PreparedReport> prepared_;  // without keys, which those get from the set
  FileBodies bodies_;
  size_t count_ = 0;
  std::optional<Error> unreadable_;
  std::optional<Error> refused_;
};

struct PreparedSet {
  registry_api::MigrationSetReport set;  ///< redacted, without entries
  std::span<const PreparedReport> entries;  ///< of what it was prepared from
  std::string kind;                         ///< APPLY or SCHEMA_APPLY
  Blob key;
  Blob fingerprint;  ///< of everything it said, entries included
};
/// The entries must outlive what is prepared, and may be used again.
/// Errors: also those of the entries: of any that cannot be read before what is refused of others.
Result<PreparedSet> prepare_set(registry_api::MigrationSetReport set, SetEntries& entries);
[[nodiscard]] Blob set_key(std::string_view id);

/// Of everything a document says, in whatever order it says it.
[[nodiscard]] Blob digest_json(const codec::Json& json);

}  // namespace rhumb::registry
