#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "history/entry.h"
#include "history/read_history.h"
#include "migrate/directory.h"
#include "migrate/plan.h"

namespace rhumb::history {

/// A migration directory, as far as it is compared with a history.
struct KnownFiles {
  std::vector<migrate::FileEntry> files{};  ///< in its order
  /// Liquibase only, one for each file: what its `--changeset author:id` lines name.
  std::vector<std::vector<std::string>> changesets{};
};

/// The files of a directory; they are read only for Liquibase.
[[nodiscard]] Result<KnownFiles> known_files(const migrate::DirectoryFiles& directory, Tool tool);

/// `author:id` of every `--changeset` line of a formatted SQL file, in order.
[[nodiscard]] std::vector<std::string> find_changesets(std::string_view script);

/// For each entry the index of its file, absent where the directory has none.
///
/// Shape: by the file's name where the tool keeps it, else by version (`00001` is `1`), of Sqitch
/// by the description, of a flyway file without version by its description and the `R` that
/// `migrate import` gives it.
[[nodiscard]] std::vector<std::optional<size_t>> map_files(
    Tool tool,
    const std::vector<HistoryEntry>& entries,
    const std::vector<migrate::FileEntry>& files);

}  // namespace rhumb::history
