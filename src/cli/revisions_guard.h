#pragma once

#include <string>

#include "cli/app.h"
#include "driver/connection.h"

namespace rhumb::cli {

/// Refuses to guess between a revisions table in the connected schema, which is not there, and one
/// in the schema `atlas_schema_revisions`, which is.
///
/// `explain`: the text goes to stdout and the error is silent; otherwise it is the error.
/// Source: spec cli-migrate.md 2.10.
Result<void> check_revisions_place(const Invocation& invocation,
                                   driver::Connection& connection,
                                   const std::string& revisions_schema,
                                   bool explain);

}  // namespace rhumb::cli
