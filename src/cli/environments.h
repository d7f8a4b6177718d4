#pragma once

#include <string>
#include <string_view>

#include "cli/app.h"
#include "project/project.h"

namespace rhumb::cli {

/// Loads the project a command was called with. Warnings of the project are printed.
///
/// `needs_registry`: the command talks to a registry even without an `atlas://` URL.
[[nodiscard]] Result<project::Project> load_project_for(const Invocation& invocation,
                                                        bool needs_registry);

/// The one environment of a command that works on one; an empty one when none is selected.
/// Errors: `multiple envs found for "x"`.
[[nodiscard]] Result<project::Environment> single_environment(const Invocation& invocation,
                                                              project::Project& project);

/// Keeps the environments whose key matches one of the `--target` globs; all without the flag.
/// Errors: `no target matching "x" in env "name"`.
Result<void> keep_targets(const Invocation& invocation, project::Project& project);

/// Copies the environment's values into the flags the person left unset.
/// Source: spec cli-migrate.md 1.3.
Result<void> apply_environment(Invocation& invocation, const project::Environment& environment);

/// Replaces an `env://` URL in one flag. Errors: when the list behind it has not exactly one entry.
Result<std::string> resolve_url(const std::string& url, const project::Environment& environment);

/// Load, select, copy and check: what every single-environment command starts with.
[[nodiscard]] Result<project::Environment> prepare(Invocation& invocation, bool needs_registry);

/// Required flags and exclusive groups, once the project's values are in.
Result<void> check_flags(const Invocation& invocation);

}  // namespace rhumb::cli
