#pragma once

#include <functional>
#include <memory>

#include "base/result.h"
#include "migrate/directory.h"
#include "migrate/directory_url.h"
#include "migrate/memory_directory.h"

namespace rhumb::migrate {

/// Where directories other than folders come from.
struct DirectorySources {
  /// Those of the project's data sources; may be null.
  const MemoryDirectories* memory = nullptr;
  /// Fetches an `atlas://` directory; may be empty.
  std::function<Result<std::shared_ptr<Directory>>(const DirectoryUrl&)> open_registry;
};

/// Opens a migration directory. `is_created`: a missing folder is made.
///
/// Errors: those of parse_directory_url and of open_local_directory; `unsupported driver "x"`,
/// `unknown dir format "x"`; for `mem://` that no data source provides, one that names the URL.
/// Shared: directories in memory belong to the project too.
/// Source: spec migration-directory.md 1.
[[nodiscard]] Result<std::shared_ptr<Directory>> open_directory(std::string_view url,
                                                                const DirectorySources& sources,
                                                                bool is_created = false);

}  // namespace rhumb::migrate
