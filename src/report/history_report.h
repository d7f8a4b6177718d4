#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "history/entry.h"
#include "migrate/plan.h"
#include "registry_api/report.h"
#include "sys/clock.h"

namespace rhumb::report {

/// What the reports of an imported history say besides the history.
struct HistoryFacts {
  std::string project_name = "default";
  std::string env_name{};
  std::string dir_name{};  ///< repository the reports are filed under
  std::string operator_version{};
  registry_api::DeployedTarget target{};
  bool provisional_target = false;
  bool with_extras = false;  ///< the server announced `ext`
  std::string actor{};
  sys::Instant now{};  ///< when it was read, for tools that keep no times
  /// What may be told of an error the tool wrote down, and of a description.
  std::function<std::string(std::string_view)> mask_error{};
  std::function<std::string(std::string_view)> mask_words{};
  /// For each row of the log its file in our directory; null where there is none. Borrowed.
  std::vector<const migrate::FileEntry*> files{};
};

/// The deployments another tool made, as reports of ours.
///
/// Shape: oldest first; rows of one instant are one deployment. A tool that keeps no times gives
/// one report of now, that says where the database is. A migration that was taken back is a
/// deployment without files that moves the version. The same history gives the same reports,
/// whoever reads it when, but for that one of now; so sending them again changes nothing. Source:
/// spec registry.md 4.5, 4.16.
[[nodiscard]] std::vector<registry_api::MigrationReport> make_history_reports(
    const history::History& history, const HistoryFacts& facts);

/// A name for such a report that is the same whenever it is made: a version 5 UUID.
[[nodiscard]] std::string history_report_id(const registry_api::MigrationReport& report);

}  // namespace rhumb::report
