#pragma once

#include <map>
#include <memory>
#include <string>

#include "cli/app.h"
#include "cli/registry_session.h"
#include "migrate/directory.h"
#include "migrate/prepared_file.h"
#include "project/environment.h"

namespace rhumb::cli {

/// Where a migration directory came from, as reports call it.
enum class DirectorySource { kLocal, kTemplate, kRegistry };

/// The migration directory of a command.
struct CommandDirectory {
  /// Shared: a directory in memory belongs to the project as well.
  std::shared_ptr<migrate::Directory> directory{};
  std::string url{};   ///< as used, password redacted
  std::string slug{};  ///< repository, for registry directories
  std::string tag{};
  std::string version{};
  DirectorySource source = DirectorySource::kLocal;
};

/// Opens what `--dir` names (with `--dir-format`, `env://` and the environment's own directories).
///
/// `session` reads `atlas://` directories; it is asked for nothing else. `create`: a missing folder
/// is made.
/// Errors: those of migrate::open_directory; `command requires 'atlas login'`.
[[nodiscard]] Result<CommandDirectory> open_command_directory(
    const Invocation& invocation,
    const project::Environment& environment,
    RegistrySession& session,
    bool create = false);

/// The same for a URL from another flag; its format is what the URL says.
[[nodiscard]] Result<CommandDirectory> open_directory_at(const std::string& url,
                                                         const Invocation& invocation,
                                                         const project::Environment& environment,
                                                         RegistrySession& session,
                                                         bool create = false);

/// Reads the files and compares them with the checksum file. What does not fit is explained on
/// stdout, unless the command's output is a format.
/// Errors: `checksum mismatch`, `checksum file not found`, `checksum file format invalid`.
/// Source: spec cli-migrate.md 1.5.
[[nodiscard]] Result<migrate::DirectoryFiles> load_verified(const Invocation& invocation,
                                                            const migrate::Directory& directory,
                                                            bool show_advice);

/// As load_verified, for a directory that was never hashed too: another tool's.
[[nodiscard]] Result<migrate::DirectoryFiles> load_foreign(const Invocation& invocation,
                                                           const migrate::Directory& directory,
                                                           bool show_advice = true);

/// A directory whose files agreed with its checksum file.
struct VerifiedDirectory {
  CommandDirectory opened{};
  migrate::DirectoryFiles files{};
  /// What targets that use it have read and split so far; refers to `files`.
  std::unique_ptr<migrate::PreparedFiles> prepared{};
};

/// The directories of one run. A local one is read and verified once, however many targets use it,
/// and so is each of its files; one that changes before that is refused.
class VerifiedDirectories {
 public:
  /// Errors: those of open_command_directory and load_verified; nothing is kept then.
  Result<std::shared_ptr<const VerifiedDirectory>> open(const Invocation& invocation,
                                                        const project::Environment& environment,
                                                        RegistrySession& session,
                                                        bool show_advice);

 private:
  /// Shared: a run over a target keeps the directory it works with.
  std::map<std::string, std::shared_ptr<const VerifiedDirectory>> local_;  // by URL
};

}  // namespace rhumb::cli
