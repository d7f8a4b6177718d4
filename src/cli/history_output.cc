#include "cli/history_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/go_format.h"
#include "base/text.h"
#include "cli/table.h"

namespace rhumb::cli {
namespace {

using gotmpl::Struct;
using gotmpl::Value;
using history::HistoryEntry;

std::string time_text(const std::optional<sys::Instant>& at) {
  return at ? format_rfc3339_nano(*at) : std::string();
}

std::string seconds_text(const std::optional<sys::Instant>& at) {
  return at ? format_rfc3339_nano(std::chrono::floor<std::chrono::seconds>(*at)) : std::string();
}

std::string duration_text(const HistoryEntry& entry) {
  return entry.duration ? format_go_duration(*entry.duration) : std::string();
}

/// One line, short enough for a table.
std::string short_text(const std::string& text) {
  constexpr size_t kLength = 60;
  const std::string line = replace_all(text, "\n", " ");
  return line.size() <= kLength ? line : line.substr(0, line.find_last_of(' ', kLength)) + " ...";
}

std::string file_name(const ImportFindings& findings, size_t number) {
  const std::optional<size_t>& place = findings.places[number];
  return place ? findings.known.files[*place].name : std::string();
}

/// A column of the table; the first ones stand always.
struct HistoryColumn {
  std::string title;
  std::function<std::string(const HistoryEntry&, size_t number)> cell;
  bool is_fixed = false;
};

std::vector<HistoryColumn> history_columns(const ImportFindings& findings) {
  using Entry = const HistoryEntry&;
  return {
      {"SCOPE", [](Entry entry, size_t) { return entry.scope; }},
      {"VERSION", [](Entry entry, size_t) { return entry.version; }, true},
      {"DESCRIPTION", [](Entry entry, size_t) { return entry.description; }},
      {"STATE", [](Entry entry, size_t) { return std::string(state_name(entry.state)); }, true},
      {"AT", [](Entry entry, size_t) { return seconds_text(entry.at); }},
      {"BY", [](Entry entry, size_t) { return entry.by; }},
      {"TOOK", [](Entry entry, size_t) { return duration_text(entry); }},
      {"CHECKSUM", [](Entry entry, size_t) { return entry.checksum.substr(0, 12); }},
      {"DETAIL", [](Entry entry, size_t) { return short_text(entry.detail); }},
      {"FILE", [&](Entry, size_t number) { return file_name(findings, number); },
       !findings.known.files.empty()},
  };
}

std::string format_entries(const ImportFindings& findings) {
  const std::vector<HistoryEntry>& entries = findings.standing.entries;
  Row header;
  std::vector<Row> rows(entries.size());
  for (const HistoryColumn& column : history_columns(findings)) {
    std::vector<std::string> cells;
    cells.reserve(entries.size());
    for (size_t i = 0; i < entries.size(); ++i) {
      cells.push_back(column.cell(entries[i], i));
    }
    const bool is_blank = std::ranges::all_of(cells, &std::string::empty);
    if (is_blank && !column.is_fixed) {
      continue;
    }
    header.push_back(column.title);
    for (size_t i = 0; i < entries.size(); ++i) {
      rows[i].push_back(cells[i].empty() ? "-" : cells[i]);
    }
  }
  return format_table(header, rows);
}

Value entry_value(const ImportFindings& findings, size_t number) {
  const HistoryEntry& entry = findings.standing.entries[number];
  return Struct("*history.Entry")
      .field("Version", entry.version)
      .optional_field("Description", entry.description)
      .optional_field("Script", entry.script)
      .optional_field("Scope", entry.scope)
      .field("State", std::string(state_name(entry.state)))
      .optional_field("At", time_text(entry.at))
      .optional_field("By", entry.by)
      .optional_field("Took", duration_text(entry))
      .optional_field("Checksum", entry.checksum)
      .optional_field("Detail", entry.detail)
      .optional_field("File", file_name(findings, number));
}

std::string_view state_text(BaselineState state) {
  switch (state) {
    case BaselineState::kPlanned:
      return "planned";
    case BaselineState::kWritten:
      return "written";
    case BaselineState::kAlreadyThere:
      return "present";
  }
  return "";
}

Value baseline_value(const ImportFindings& findings) {
  if (!findings.plan) {
    return Value::nil_pointer("*history.Baseline");
  }
  const migrate::FileEntry& file = findings.known.files[findings.plan->file];
  return Struct("*history.Baseline")
      .field("Version", file.version)
      .field("File", file.name)
      .field("State", std::string(state_text(findings.state)))
      .optional_field("Unknown", Value::strings(findings.plan->unknown));
}

/// What the person should know to read the table.
std::string format_remarks(const history::History& history) {
  std::string text;
  if (!history.environment.empty()) {
    text += fmt::format("Environment: {}\n", history.environment);
  }
  if (!history.running.empty()) {
    text += fmt::format("Locked by {}\n", history.running);
  }
  if (keeps_newest_only(history.tool)) {
    text += fmt::format("{} keeps its newest version only: what came before is taken as applied.\n",
                        tool_name(history.tool));
  }
  return text;
}

}  // namespace

std::string format_history(const ImportFindings& findings) {
  const history::History& history = findings.history;
  const std::string version = findings.standing.version();
  std::string text =
      fmt::format("{} of {}: {}, {}\n", history.table, tool_name(history.tool),
                  plural(findings.standing.entries.size(), "migration", "migrations"),
                  version.empty() ? "nothing is applied" : "the database is at version " + version);
  text += format_remarks(history);
  if (!findings.standing.entries.empty()) {
    text += "\n" + format_entries(findings);
  }
  return text + "\n";
}

std::string format_outlook(const ImportFindings& findings) {
  if (!findings.plan) {
    return fmt::format("No baseline: {}\n", findings.plan.error().message());
  }
  const migrate::FileEntry& file = findings.known.files[findings.plan->file];
  std::string text = fmt::format("Baseline: version {} ({})\n", file.version, file.name);
  if (!findings.plan->unknown.empty()) {
    text += fmt::format("Not in the directory: {}\n", join(findings.plan->unknown, ", "));
  }
  return text;
}

gotmpl::Value findings_value(const ImportFindings& findings) {
  const history::History& history = findings.history;
  Value::Items entries;
  for (size_t i = 0; i < findings.standing.entries.size(); ++i) {
    entries.push_back(entry_value(findings, i));
  }
  return Struct("*history.Import")
      .field("Tool", std::string(tool_name(history.tool)))
      .field("Driver", findings.database.driver)
      .field("URL", findings.database.url)
      .field("Table", history.table)
      .field("Current", findings.standing.version())
      .optional_field("Environment", history.environment)
      .optional_field("Running", history.running)
      .field("Entries", Value::list_of("[]*history.Entry", std::move(entries)))
      .optional_field("Baseline", baseline_value(findings))
      .optional_field("Problem", findings.plan ? std::string() : findings.plan.error().message());
}

}  // namespace rhumb::cli
