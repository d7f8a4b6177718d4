#pragma once

#include <string>

#include "cli/app.h"
#include "migrate/format.h"

namespace rhumb::cli {

/// Whether a new file of that format can be edited before it is written: with one of two files, or
/// with sections, the rest would go unseen.
/// Errors: `--edit flag supports only atlas directories, but got: <format>`.
/// Source: spec cli-migrate.md 2.2.
Result<void> check_edit_format(migrate::Format format);

/// Lets `$EDITOR` (default `vi`) change the content of a file before it is written; returns what
/// comes back. The editor sees a copy of that name in a scratch folder. Errors: `exec edit:
/// <cause>`. Source: spec cli-migrate.md 2.2.
Result<std::string> edit_content(const Invocation& invocation,
                                 const std::string& name,
                                 const std::string& content);

}  // namespace rhumb::cli
