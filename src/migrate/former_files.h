#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "migrate/directory.h"
#include "migrate/memory_directory.h"
#include "migrate/revision.h"

namespace rhumb::migrate {

/// A file that a directory held once, as somebody has kept it.
struct FormerFile {
  std::string name{};
  std::string version{};
  std::string hash{};  ///< of its entry in the checksum file of then, as in Revision::hash
  std::string content{};
};

/// A copy of a directory with files that it no longer holds; its checksum file is made anew.
struct CompletedDirectory {
  std::shared_ptr<MemoryDirectory> directory{};  // shared: what unpacks archives makes it so
  DirectoryFiles files{};
};

/// Adds to a directory what undoing a history needs of `former`: files of versions that are in
/// `revisions` and not in the directory. The hash in the row must be that of the file, else it is
/// another file of the same name. `revisions` are in byte order of version. Nothing when there is
/// nothing to add.
/// Errors: those of directory_of_files for a name that is not allowed.
[[nodiscard]] Result<std::optional<CompletedDirectory>> complete_directory(
    const Directory& directory,
    const DirectoryFiles& files,
    const std::vector<Revision>& revisions,
    const std::vector<FormerFile>& former);

}  // namespace rhumb::migrate
