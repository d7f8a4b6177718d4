#pragma once

#include <string>
#include <string_view>

#include "cli/app.h"
#include "project/project.h"
#include "sys/process.h"

namespace rhumb::cli {

/// What a command asks of the project file.
struct ProjectWishes {
  bool needs_registry = false;  ///< it talks to a registry even without an `atlas://` URL
  bool several = false;         ///< it works on any number of environments, one after the other
  bool selects_none = false;    ///< `--env` names something else than one of the file's
};

/// Loads the project a command was called with and keeps the environments it works on: those that
/// match one of the `--target` globs; an empty one when none is selected. Warnings of the project are
/// printed. None at all with `--allow-empty-targets`, when the selected one expands to nothing.
///
/// Errors: of project::load_project; `no target matching "x" in env "name"`; `multiple envs found for
/// "x"` where the command works on one.
[[nodiscard]] Result<project::Project> load_environments(const Invocation& invocation,
                                                         ProjectWishes wishes);

/// What a file that is evaluated may ask of the world. Lifetime: of its arguments.
[[nodiscard]] project::Host make_host(App& app,
                                      sys::ProcessRunner& processes,
                                      const sys::CancellationToken& stop);

/// Copies the environment's values into the flags the person left unset, in place of those of the
/// environment before. Source: spec cli-migrate.md 1.3.
Result<void> enter_environment(Invocation& invocation, const project::Environment& environment);

/// Replaces an `env://` URL in one flag. Errors: when the list behind it has not exactly one entry.
Result<std::string> resolve_url(const std::string& url, const project::Environment& environment);

/// The database of `--url`, for commands that ask for it late. Errors: `required flag "url" not
/// set`; those of resolve_url. Source: spec cli-migrate.md 2.1.
Result<std::string> require_url(const Invocation& invocation,
                                const project::Environment& environment);

/// Required flags and exclusive groups, once the project's values are in.
Result<void> check_flags(const Invocation& invocation);

}  // namespace rhumb::cli
