#include "report/history_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>

#include "base/go_format.h"
#include "base/text.h"
#include "codec/uuid.h"
#include "history/read_history.h"

namespace rhumb::report {
namespace {

using history::EntryState;
using history::HistoryEntry;
using registry_api::DeployedFile;
using registry_api::MigrationReport;
using registry_api::StatementError;

// Made once for this purpose; a change would make every report kept for later another one.
constexpr std::string_view kNamespace = "0d3c1f8a-52a9-4d6e-9f57-7e1d7c2b9a44";

/// Rows of one instant.
struct Deployment {
  std::span<const HistoryEntry> rows{};
  sys::Instant at{};
};

/// A row without a time belongs to the one before it.
std::vector<Deployment> find_deployments(const std::vector<HistoryEntry>& log) {
  std::vector<Deployment> deployments;
  for (size_t i = 0; i < log.size(); ++i) {
    const bool is_more =
        !deployments.empty() && log[i].at.value_or(deployments.back().at) == deployments.back().at;
    if (is_more) {
      Deployment& last = deployments.back();
      last.rows = {last.rows.data(), last.rows.size() + 1};
    } else {
      deployments.push_back({.rows = {&log[i], 1}, .at = log[i].at.value_or(sys::Instant())});
    }
  }
  return deployments;
}

class HistoryReporter {
 public:
  HistoryReporter(const history::History& history, const HistoryFacts& facts)
      : history_(history), facts_(facts), fold_(history.tool) {}

  std::vector<MigrationReport> report_deployments() {
    std::vector<MigrationReport> reports;
    for (const Deployment& deployment : find_deployments(history_.log)) {
      reports.push_back(report_deployment(deployment));
    }
    return reports;
  }

  /// Where the database is, as a run that had nothing to do would tell it.
  MigrationReport report_now() {
    for (const HistoryEntry& entry : history_.log) {
      fold_.add(entry);
    }
    MigrationReport report = begin_report(facts_.now, facts_.now);
    report.current_version = current_version();
    report.to_version = report.current_version;
    report.files.emplace();
    report.log = heading() + "\n";
    for (const HistoryEntry& entry : fold_.entries()) {
      report.log += line_of(entry);
      note_failure(entry, report);
    }
    return report;
  }

 private:
  MigrationReport report_deployment(const Deployment& deployment) {
    MigrationReport report = begin_report(deployment.at, deployment.at);
    report.from_version = current_version();
    report.log = heading() + "\n";
    report.files.emplace();
    for (const HistoryEntry& entry : deployment.rows) {
      fold_.add(entry);
      add_row(entry, report);
    }
    report.current_version = current_version();
    if (report.to_version.empty()) {
      report.to_version = report.current_version;
    }
    return report;
  }

  void add_row(const HistoryEntry& entry, MigrationReport& report) {
    report.log += line_of(entry);
    if (entry.state == EntryState::kReverted) {
      report.to_version.clear();  // back to where the database is then
      return;
    }
    note_failure(entry, report);
    const registry_api::OptionalTime end = report.end;
    DeployedFile file;
    file.name = file_name(entry);
    file.start = end;
    file.end = end;
    if (entry.duration) {
      file.start = *end - *entry.duration;
      report.start = std::min(*report.start, *file.start);
    }
    if (entry.state == EntryState::kFailed) {
      file.error = StatementError{.statement = {}, .text = facts_.mask_error(entry.detail)};
    }
    report.files->push_back(std::move(file));
    report.to_version = version_of(entry);
  }

  void note_failure(const HistoryEntry& entry, MigrationReport& report) const {
    if (entry.state == EntryState::kFailed) {
      report.error = fmt::format("{}: version {} failed: {}", tool_name(history_.tool),
                                 go_quote(entry_label(entry)), facts_.mask_error(entry.detail));
    }
  }

  MigrationReport begin_report(sys::Instant start, sys::Instant end) const {
    MigrationReport report;
    report.project_name = facts_.project_name;
    report.env_name = facts_.env_name;
    report.dir_name = facts_.dir_name;
    report.atlas_version = facts_.operator_version;
    report.target = facts_.target;
    report.start = start;
    report.end = end;
    if (facts_.with_extras) {
      report.extras.dir_source = "LOCAL";
      report.extras.actor = facts_.actor;
      report.extras.masked = registry_api::Masked{.policy = "ALL"};
      if (facts_.provisional_target) {
        report.extras.provisional_target = true;
      }
    }
    return report;
  }

  [[nodiscard]] std::string heading() const {
    return fmt::format("Imported from the history of {} ({}):\n", tool_name(history_.tool),
                       history_.table);
  }

  /// `  -- version 2.1 (create pets): applied at ... by sa in 8ms, checksum 1`
  [[nodiscard]] std::string line_of(const HistoryEntry& entry) const {
    std::string line = fmt::format("  -- version {}", entry_label(entry));
    line += entry.description.empty() ? "" : " (" + facts_.mask_words(entry.description) + ")";
    line += fmt::format(": {}", state_name(entry.state));
    line += entry.at ? " at " + format_rfc3339_nano(*entry.at) : "";
    line += entry.by.empty() ? "" : " by " + entry.by;
    line += entry.duration ? " in " + format_go_duration(*entry.duration) : "";
    line += entry.checksum.empty() ? "" : ", checksum " + entry.checksum;
    line += entry.detail.empty() ? "" : ": " + facts_.mask_error(entry.detail);
    return replace_all(line, "\n", " ") + "\n";
  }

  [[nodiscard]] const migrate::FileEntry* find_file(const HistoryEntry& entry) const {
    return facts_.files[static_cast<size_t>(&entry - history_.log.data())];
  }

  [[nodiscard]] std::string version_of(const HistoryEntry& entry) const {
    const migrate::FileEntry* file = find_file(entry);
    return file == nullptr || file->version.empty() ? entry_label(entry) : file->version;
  }

  [[nodiscard]] std::string file_name(const HistoryEntry& entry) const {
    const migrate::FileEntry* file = find_file(entry);
    if (file != nullptr) {
      return file->name;
    }
    return entry.script.empty() ? entry_label(entry) : entry.script;
  }

  [[nodiscard]] std::string current_version() const {
    return fold_.current() == nullptr ? std::string() : version_of(*fold_.current());
  }

  const history::History& history_;
  const HistoryFacts& facts_;
  history::LogFold fold_;
};

}  // namespace

std::vector<MigrationReport> make_history_reports(const history::History& history,
                                                  const HistoryFacts& facts) {
  HistoryReporter reporter(history, facts);
  if (!keeps_times(history.tool)) {
    return {reporter.report_now()};
  }
  return reporter.report_deployments();
}

std::string history_report_id(const MigrationReport& report) {
  const codec::Uuid space = codec::Uuid::parse(kNamespace).value_or(codec::Uuid());
  const std::string name =
      join(std::vector<std::string>{report.dir_name, report.env_name, report.target.id,
                                    report.target.schema, registry_api::format_time(report.start),
                                    registry_api::format_time(report.end), report.to_version},
           "\n");
  return codec::Uuid::named(space, name).to_string();
}

}  // namespace rhumb::report
