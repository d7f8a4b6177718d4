#pragma once

#include <string>

#include "registry/audit/redaction.h"
#include "registry/registry.h"

namespace rhumb::registry {

struct RedactionRequest {
  Redaction redaction;
  std::string reason{};
  std::optional<std::string> repo{};  ///< slug or name; absent: the whole organization
};

struct RedactionCounts {
  int64_t texts = 0;    ///< bodies: files, logs, schemas
  int64_t rows = 0;     ///< of tables: errors, statements, contexts, addresses
  int64_t entries = 0;  ///< of the audit log
};

/// Replaces a secret by `(redacted)` wherever the organization keeps it, and in its audit log,
/// whose entries keep their hashes and are vouched for by one of kRedactAction. May be run again,
/// also after it was interrupted. Holds one text at a time in memory.
///
/// Hashes of directories and files stay as they were: a directory that held the secret can be
/// compared, but is no longer what its `atlas.sum` says.
/// Errors: kInvalid for a reason that holds the secret; kNotFound for the repository.
Result<RedactionCounts> redact_value(Registry& registry,
                                     const Caller& caller,
                                     const RedactionRequest& request);

/// A table whose texts are looked at; for the test that no table was forgotten.
struct RedactedTable {
  std::string_view name;
  std::string_view key;      ///< columns that name a row; the first is a number
  std::string_view texts;    ///< columns, separated by blanks; may be empty
  std::string_view bodies;   ///< columns that refer to bodies; may be empty
  std::string_view in_org;   ///< rows of an organization, ?1
  std::string_view in_repo;  ///< rows of a repository, ?1; empty: they belong to none
};
[[nodiscard]] const std::vector<RedactedTable>& redacted_tables();

}  // namespace rhumb::registry
