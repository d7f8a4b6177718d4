#pragma once

#include <string>

#include "cli/app.h"
#include "migrate/format.h"

namespace rhumb::cli {

/// Lets `$EDITOR` (default `vi`) change the content of a new file before it is written; returns what
/// comes back. The editor sees a copy of that name in a scratch folder.
/// Errors: `--edit flag supports only atlas directories, but got: <format>`, `exec edit: <cause>`.
/// Source: spec cli-migrate.md 2.2.
Result<std::string> edit_content(const Invocation& invocation,
                                 migrate::Format format,
                                 const std::string& name,
                                 const std::string& content);

}  // namespace rhumb::cli
