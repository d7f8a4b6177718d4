#pragma once

#include <memory>
#include <string>

#include "migrate/directory.h"

namespace rhumb::migrate {

struct LocalDirectoryOptions {
  std::string url;  ///< as the person wrote it
  std::string path;
  Format format = Format::kAtlas;
  bool is_created = false;  ///< make missing folders, mode 0755
};

/// Opens a folder of migration files.
///
/// Errors: kNotFound `sql/migrate: stat <p>: no such file or directory`, kInvalid
/// `sql/migrate: "<p>" is not a dir`, kIo what the operating system says.
[[nodiscard]] Result<std::unique_ptr<Directory>> open_local_directory(
    LocalDirectoryOptions options);

}  // namespace rhumb::migrate
