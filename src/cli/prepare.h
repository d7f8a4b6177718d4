#pragma once

#include "cli/app.h"
#include "cli/directories.h"
#include "cli/registry_session.h"
#include "project/environment.h"

namespace rhumb::cli {

/// The one environment a command works on, its values standing in the flags, and the way to its
/// registry.
struct Prepared {
  project::Environment environment{};
  RegistrySession session;
};

/// What every command of one environment begins with. Flags are not checked yet (check_flags).
/// Errors: those of load_environments.
[[nodiscard]] Result<Prepared> prepare(Invocation& invocation, bool needs_registry = false);

struct DirectoryWishes {
  bool create = false;  ///< a missing folder is made
  bool verify = true;   ///< the files must agree with the checksum file
  /// Files will be changed by name, so the directory must be a folder: what templates or a registry
  /// give is refused before anything is asked of them.
  bool is_folder = false;
};

/// The beginning of a command that works with one migration directory.
struct PreparedDirectory {
  project::Environment environment{};
  RegistrySession session;
  CommandDirectory opened{};
  migrate::DirectoryFiles files{};  ///< empty unless verified
};

/// prepare, then the directory, its checksum file, and the flags.
///
/// Errors: those of prepare, `<command> changes files of a folder ...`, open_command_directory,
/// load_verified and check_flags, in that order. Source: spec cli-migrate.md 1.1, order of checks.
[[nodiscard]] Result<PreparedDirectory> prepare_directory(Invocation& invocation,
                                                          DirectoryWishes wishes = {});

}  // namespace rhumb::cli
