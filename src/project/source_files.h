#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "hcl/syntax.h"

namespace rhumb::project {

/// One parsed project file.
struct SourceFile {
  std::string path{};       ///< as it was named, without `./` and the like; messages show it
  std::string directory{};  ///< absolute; where `file` and `fileset` look
  hcl::File tree{};
};

/// The paths that `--config` names, in order; `%2C` in a path is a comma.
/// Errors: `missing scheme for config file. Did you mean file://<p>?`, `unsupported config file
/// driver "<s>"`. Source: spec project-file.md 1.0, cli-migrate.md 1.4.
[[nodiscard]] Result<std::vector<std::string>> config_paths(const std::string& config);

/// Reads and parses the files.
/// Errors: `config file "<p>" was not found: stat <p>: no such file or directory`; what the system
/// says about a file that can not be read; problems of syntax.
[[nodiscard]] Result<std::vector<SourceFile>> read_source_files(
    const std::vector<std::string>& paths);

}  // namespace rhumb::project
