#pragma once

#include <optional>
#include <string>

#include "registry_api/report.h"

/// What a `schema apply` tells the registry.
/// Source: spec registry.md 4.15; registry.graphql, inputs of the same names.
namespace rhumb::registry_api {

/// One `schema apply` over one target. Its versions are those of the schema: `run.dir_name` names
/// it, and what is left in the database follows from them.
struct SchemaApplyReport {
  std::optional<std::string> from_hash;  ///< of the state of the target before
  std::optional<std::string> to_hash;    ///< of the desired state
  std::optional<std::string> plan_url;   ///< of the plan that was carried out
  MigrationReport run;
  bool operator==(const SchemaApplyReport&) const = default;
};

/// Read as the others, see report.h.
Result<SchemaApplyReport> read_schema_apply(const codec::Json& input);
Result<SchemaApplyReport> read_schema_set_entry(const codec::Json& entry, size_t index);

}  // namespace rhumb::registry_api
