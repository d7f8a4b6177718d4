#include "migrate/baseline.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/go_format.h"

namespace rhumb::migrate {
namespace {

Error has_history(const std::vector<Revision>& revisions, const RevisionStore& store) {
  return {ErrorCode::kConflict,
          fmt::format("the database has a history already: {}.{} is at version {}; to change that "
                      "use 'migrate set'",
                      store.schema(), kRevisionsTable, go_quote(revisions.back().version))};
}

bool has_all(const std::vector<Revision>& revisions, const std::vector<FileEntry>& files) {
  return std::ranges::all_of(files, [&](const FileEntry& file) {
    return std::ranges::find(revisions, file.version, &Revision::version) != revisions.end();
  });
}

}  // namespace

Revision baseline_row(const FileEntry& file, sys::Instant now, std::string_view operator_version) {
  return {.version = file.version,
          .description = file.description,
          .type = revision_type::kBaseline,
          .executed_at = {.at = now, .offset = {}},
          .operator_version = std::string(operator_version)};
}

Result<BaselineResult> write_baseline(driver::Connection& connection,
                                      const std::vector<FileEntry>& files,
                                      const StoreAccess& access,
                                      std::string_view operator_version,
                                      sys::Clock& clock) {
  return with_locked_store<BaselineResult>(
      connection, access, [&](RevisionStore& store) -> Result<BaselineResult> {
        const std::vector<Revision> revisions = TRY(store.read_all());
        if (has_all(revisions, files)) {
          return BaselineResult::kAlreadyThere;
        }
        if (!revisions.empty()) {
          return has_history(revisions, store);
        }
        TRY(write_together(connection, [&]() -> Result<void> {
          for (const FileEntry& file : files) {
            TRY(store.write(baseline_row(file, clock.now(), operator_version)));
          }
          return {};
        }));
        return BaselineResult::kWritten;
      });
}

}  // namespace rhumb::migrate
