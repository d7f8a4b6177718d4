#pragma once

#include "base/go_format.h"
#include "migrate/revision.h"

namespace rhumb::migrate {

/// The row of a file that stopped at its second statement.
inline Revision stopped_revision() {
  return {.version = "1",
          .description = "a",
          .applied = 1,
          .total = 2,
          .executed_at = {.at = *parse_rfc3339("2026-01-02T03:04:05.007Z"), .offset = {}},
          .execution_time = std::chrono::nanoseconds(42),
          .error = {},
          .error_stmt = "DROP TABLE nope;",
          .hash = "aGFzaA==",
          .partial_hashes = {"h1:Fo9K92y+zoKk"},
          .operator_version = "Atlas CLI - development"};
}

}  // namespace rhumb::migrate
