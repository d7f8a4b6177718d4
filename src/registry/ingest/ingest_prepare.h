#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/ingest/bounded_text.h"
#include "registry/store/bodies.h"
#include "registry_api/report.h"
#include "registry_api/schema_apply.h"

/// The part of taking a report in that needs no store: bounds, redaction, digests, compression.
namespace rhumb::registry {

/// The kind of an event that a `schema apply` reported.
inline constexpr std::string_view kSchemaApplyKind = "SCHEMA_APPLY";

inline constexpr size_t kLogMax = size_t{4} << 20;
inline constexpr size_t kContentMax = size_t{8} << 20;
inline constexpr size_t kErrorMax = size_t{64} << 10;
inline constexpr size_t kTargetsMax = 10'000;
inline constexpr size_t kFilesMax = 20'000;
inline constexpr size_t kSlowestMax = 100;  ///< statements of a file with figures of their own

struct PreparedFile {
  registry_api::DeployedFile file;  ///< without content
  std::shared_ptr<const Body> content;  ///< entries of a set share it
  std::optional<std::string> checks;   ///< JSON, absent when there are none
  std::optional<std::string> slowest;  ///< likewise
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
struct PreparedSet {
  registry_api::MigrationSetReport set;  ///< redacted, without entries
  std::vector<PreparedReport> entries;
  std::string kind = "APPLY";  ///< or SCHEMA_APPLY
  Blob key;
  Blob fingerprint;  ///< of everything it said, entries included
};
/// Errors: also those of take_entry(), of any entry before what is refused of others.
Result<PreparedSet> prepare_set(registry_api::MigrationSetInput input);
Result<PreparedSet> prepare_schema_set(registry_api::SchemaApplySet set);
[[nodiscard]] Blob set_key(std::string_view id);

/// Of everything a document says, in whatever order it says it.
[[nodiscard]] Blob digest_json(const codec::Json& json);

}  // namespace rhumb::registry
