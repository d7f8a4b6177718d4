#pragma once

#include <string>

#include "cli/app.h"
#include "migrate/directory.h"

namespace rhumb::cli {

/// Opens a file of an atlas directory in `$EDITOR` (default `vi`), stores what comes back and rewrites
/// the checksum file. An editor that fails leaves everything as it was.
/// Errors: `--edit flag supports only atlas directories, but got: <format>`, `exec edit: <cause>`.
Result<void> edit_file(const Invocation& invocation,
                       migrate::Directory& directory,
                       const std::string& name);

}  // namespace rhumb::cli
