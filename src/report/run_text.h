#pragma once

#include <iosfwd>
#include <string>

#include "report/run_summary.h"
#include "report/style.h"

namespace rhumb::report {

using migrate::TextForm;

/// The default report of `migrate apply` and `down`: what the terminal shows and what a report
/// carries as log. Shape: ends with a newline. Source: spec templates.md 2.1, cli-migrate.md 3.
[[nodiscard]] std::string format_run_text(const TargetSummary& target,
                                          TextForm form,
                                          const Style& style);

/// Prints the same text piece by piece while the run goes on: the heading when it is planned, each
/// statement when it starts, the end of each file, the totals.
class RunTextPrinter final : public migrate::RunObserver {
 public:
  /// `out` and `style` must outlive the printer. `verbose`: with the figures of each statement.
  RunTextPrinter(std::ostream& out, const Style& style, bool verbose)
      : out_(out), style_(style), verbose_(verbose) {}
  void on_event(const migrate::RunEvent& event) override;

 private:
  std::ostream& out_;
  const Style& style_;
  const bool verbose_;
  RunSummary summary_;
};

/// `Migrating to version 2 from 1 (1 migrations in total):`, `Migrating down from version 2 to 1 (1
/// migration in total):`, without a newline.
[[nodiscard]] std::string format_run_header(const TargetSummary& target, const Style& style);

/// What is going to be executed, file by file, to follow the header: for a run that waits for an
/// approval. Shape: ends with a newline.
[[nodiscard]] std::string format_planned_text(const TargetSummary& target,
                                              TextForm form,
                                              const Style& style);

/// The closing lines (duration, files, checks, statements), each begun with `indent`.
[[nodiscard]] std::string format_run_totals(const TargetSummary& target,
                                            std::string_view indent,
                                            const Style& style);

}  // namespace rhumb::report
