#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "gotmpl/value.h"
#include "report/run_summary.h"

namespace rhumb::sys {
class Clock;
}  // namespace rhumb::sys

namespace rhumb::cli {

/// Turns instants into template values in the process's zone.
class ZonedTimes {
 public:
  explicit ZonedTimes(sys::Clock& clock) : clock_(clock) {}
  [[nodiscard]] gotmpl::Value operator()(report::Time instant) const;

 private:
  sys::Clock& clock_;
};

/// A database URL as templates and JSON see it: Go's URL structure, credentials left out, and the
/// redacted text when printed. `schema` is what the connection is bound to.
/// Source: spec cli-migrate.md 5, templates.md 3.
[[nodiscard]] gotmpl::Value url_value(const std::string& redacted_url, std::string_view schema);

/// `{Driver, URL, Dir}` of a report.
struct ReportEnv {
  std::string driver{};
  std::string url{};  ///< redacted; empty: no URL
  std::string schema{};
  std::string dir{};
};
[[nodiscard]] gotmpl::Value env_value(const ReportEnv& env);

/// A migration file of a report: `.Name .Version .Desc .Bytes .Stmts`, JSON `{Name, Version,
/// Description}`. `planned`: null for a file of which only the name is known. The texts are made
/// when a template asks for them, so the value holds a share of them.
[[nodiscard]] gotmpl::Value file_value(
    const migrate::RunFile& file, const std::shared_ptr<const migrate::PlannedFile>& planned = {});

/// The report of `migrate apply` over one target.
[[nodiscard]] gotmpl::Value apply_value(const report::TargetSummary& target,
                                        const ZonedTimes& times);

/// What there is to say of a revert besides its events.
struct RevertVerdict {
  bool dry_run = false;
  std::string held{};  ///< status of the plan that kept it from being executed
  std::string url{};   ///< of the plan, or of the deployment
};
/// The report of `migrate down` over one target. `Status` is `APPLIED` on every success, for
/// clients that wait for it; a dry run reverts nothing and has none. What waits for its plan has
/// not failed. Source: spec cli-migrate.md 3.
[[nodiscard]] gotmpl::Value revert_value(const report::TargetSummary& target,
                                         const RevertVerdict& verdict,
                                         const ZonedTimes& times);

}  // namespace rhumb::cli
