#pragma once

#include <optional>
#include <string>
#include <vector>

#include "registry_api/report.h"
#include "report/run_summary.h"

namespace rhumb::report {

/// What a report says besides the events of its run.
struct ReportFacts {
  std::string project_name = "default";
  std::string operator_version{};
  std::optional<registry_api::DeployContext> context{};
  /// The server announced `ext`: members of ours may be sent.
  bool with_extras = false;
  std::optional<std::string> actor{};
  std::optional<registry_api::RunContext> run_context{};
  std::string masking_policy = "ALL";
};

/// What is known of a planned target before it starts; a set lists all of them.
struct PlannedTarget {
  std::string url{};         ///< redacted
  std::string dir_url{};     ///< as written, redacted
  std::string dir_name{};    ///< repository the run is filed under
  std::string dir_source{};  ///< REGISTRY, LOCAL, TEMPLATE
  std::string report_id{};   ///< UUID of this target's report
  std::string permit{};      ///< what the registry gave before the run; empty: none
};

/// Whether a target got far enough for a report of its own.
[[nodiscard]] bool has_result(const TargetSummary& target);

/// The report of one target. Every text in it is the reported form.
/// Source: spec registry.md 4.5.
[[nodiscard]] registry_api::MigrationReport make_migration_report(const RunSummary& run,
                                                                  const TargetSummary& target,
                                                                  const PlannedTarget& planned,
                                                                  const ReportFacts& facts);

/// The report of a run over several targets, or over one that failed before it had a result.
/// `planned` has one entry per target, in order; `set_id` is the set's UUID.
/// Source: spec registry.md 4.6, reporting.md 6.
[[nodiscard]] registry_api::MigrationSetReport make_set_report(
    const RunSummary& run,
    const std::vector<PlannedTarget>& planned,
    const std::string& set_id,
    const ReportFacts& facts);

}  // namespace rhumb::report
