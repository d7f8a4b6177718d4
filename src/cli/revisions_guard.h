#pragma once

#include "base/result.h"
#include "cli/app.h"
#include "migrate/revision_store.h"

namespace rhumb::cli {

/// Prints what the error says when it is about two revisions tables, one in the connected schema and
/// one in the schema `atlas_schema_revisions`: on stdout and then silent when `explain`, else as the
/// error it is.
/// Source: spec cli-migrate.md 2.10.
template <typename T>
[[nodiscard]] Result<T> explain_ambiguity(const Invocation& invocation,
                                          Result<T> result,
                                          bool explain) {
  if (result.has_value() || !explain || !migrate::is_ambiguous_revisions(result.error())) {
    return result;
  }
  invocation.app.out << migrate::ambiguous_revisions_text();
  return silent_failure();
}

}  // namespace rhumb::cli
