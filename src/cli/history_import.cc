// `history import`: reads what another migration tool remembers of a database.

#include <fmt/format.h>

#include <memory>

#include "base/go_format.h"
#include "cli/confirm.h"
#include "cli/environments.h"
#include "cli/format.h"
#include "cli/history_commands.h"
#include "cli/history_output.h"
#include "cli/history_report.h"
#include "cli/holder.h"
#include "cli/migrate_flags.h"
#include "cli/prepare.h"
#include "cli/revisions_guard.h"
#include "cli/run_connection.h"
#include "cli/version.h"
#include "driver/url.h"
#include "history/locate.h"
#include "migrate/baseline.h"

namespace rhumb::cli {
namespace {

/// The database, and where the tool keeps its table in another one, that one too.
struct Connections {
  std::unique_ptr<driver::Connection> target{};
  std::unique_ptr<driver::Connection> other{};

  [[nodiscard]] driver::Connection& of_history() const { return other ? *other : *target; }
};

Result<Connections> open_databases(const Invocation& invocation,
                                   const project::Environment& environment) {
  const FlagSet& flags = invocation.flags;
  const driver::DriverRegistry& drivers = invocation.app.drivers;
  Connections opened;
  const std::string url = TRY(resolve_url(flags.text("url"), environment));
  opened.target = TRY(open_run_connection(invocation, url));
  if (!flags.text("history-url").empty()) {
    const std::string other = TRY(resolve_url(flags.text("history-url"), environment));
    opened.other = TRY(drivers.open(other).context("--history-url"));
  }
  return opened;
}

Result<history::Whereabouts> read_whereabouts(const FlagSet& flags) {
  history::Whereabouts where{.table = flags.text("table")};
  if (flags.set_by_person("schema")) {  // those of the project are the schemas to migrate
    where.schema = flags.text("schema");
  }
  if (!flags.text("from").empty()) {
    where.tool = TRY(history::parse_tool(flags.text("from")));
  }
  return where;
}

Result<ImportFindings> read_findings(const FlagSet& flags, driver::Connection& connection) {
  const history::Whereabouts where = TRY(read_whereabouts(flags));
  const history::Located located = TRY(history::locate_history(connection, where));
  ImportFindings findings{.database = connection.info()};
  findings.history = TRY(history::read_history(connection, located, flags.text("scope")));
  findings.standing = history::stand(findings.history.tool, findings.history.log);
  findings.places.resize(findings.standing.entries.size());
  return findings;
}

Result<history::KnownFiles> read_files(const Invocation& invocation,
                                       Prepared& prepared,
                                       history::Tool tool) {
  const CommandDirectory opened =
      TRY(open_command_directory(invocation, prepared.environment, prepared.session));
  const migrate::DirectoryFiles files =
      TRY(load_foreign(invocation, *opened.directory, format_text(invocation).empty()));
  return history::known_files(files, tool);
}

/// Looks the entries up in the directory. One that nobody named may be missing: there is no
/// baseline then, but a history to show.
Result<void> compare_directory(const Invocation& invocation,
                               Prepared& prepared,
                               ImportFindings& findings) {
  const history::Tool tool = findings.history.tool;
  const Result<history::KnownFiles> files = read_files(invocation, prepared, tool);
  if (!files) {
    if (invocation.flags.changed("dir")) {
      return files.error();
    }
    findings.plan = files.error().context("a baseline is a version of the migration directory");
    return {};
  }
  findings.known = *files;
  findings.places = history::map_files(tool, findings.standing.entries, findings.known.files);
  findings.plan = history::plan_baseline(findings.history, findings.standing, findings.known);
  return {};
}

Result<void> print_findings(const Invocation& invocation, const ImportFindings& findings) {
  const App& app = invocation.app;
  const std::string format = format_text(invocation);
  if (!format.empty()) {
    return print_format(app, format, findings_value(findings),
                        {.functions = report_functions(app), .execute_prefix = {}});
  }
  app.out << format_outlook(findings);
  return {};
}

Result<void> write_baseline(const Invocation& invocation,
                            driver::Connection& connection,
                            ImportFindings& findings) {
  const App& app = invocation.app;
  std::vector<migrate::FileEntry> rows;
  for (const size_t file : findings.plan->rows) {
    rows.push_back(findings.known.files[file]);
  }
  const migrate::StoreAccess access{.revisions_schema = invocation.flags.text("revisions-schema"),
                                    .holder = lock_holder(app, "history import"),
                                    .lock_timeout = invocation.flags.duration("lock-timeout")};
  const migrate::BaselineResult result = TRY(explain_ambiguity(
      invocation, migrate::write_baseline(connection, rows, access, operator_version(), app.clock),
      /*explain=*/true));
  findings.state = result == migrate::BaselineResult::kWritten ? BaselineState::kWritten
                                                               : BaselineState::kAlreadyThere;
  return {};
}

/// Asks, writes, and says what was done.
Result<int> import_baseline(const Invocation& invocation,
                            driver::Connection& connection,
                            ImportFindings& findings) {
  const bool is_text = format_text(invocation).empty();
  if (!findings.plan) {
    if (!is_text) {
      TRY(print_findings(invocation, findings));
    }
    return findings.plan.error();
  }
  const migrate::FileEntry& file = findings.known.files[findings.plan->file];
  if (is_text) {
    TRY(print_findings(invocation, findings));
  }
  const bool goes_on =
      TRY(confirm(invocation, fmt::format("Declare that the database is at version {}?",
                                          go_quote(file.version))));
  if (!goes_on) {
    invocation.app.err << "Nothing was written.\n";
    return 1;
  }
  TRY(write_baseline(invocation, connection, findings));
  if (!is_text) {
    TRY(print_findings(invocation, findings));
    return 0;
  }
  invocation.app.out << (findings.state == BaselineState::kWritten
                             ? "The baseline is written; 'migrate apply' goes on behind it.\n"
                             : "The database has that version already; nothing was written.\n");
  return 0;
}

Result<int> run_import(Invocation& invocation) {
  Prepared prepared = TRY(prepare(invocation));
  TRY(check_flags(invocation));
  if (wants_history_report(invocation)) {
    TRY(check_history_report(invocation, prepared));
  }
  const Connections opened = TRY(open_databases(invocation, prepared.environment));
  ImportFindings findings = TRY(read_findings(invocation.flags, opened.of_history()));
  TRY(compare_directory(invocation, prepared, findings));
  const bool is_printed = invocation.flags.boolean("print-report");
  if (format_text(invocation).empty() && !is_printed) {
    invocation.app.out << format_history(findings);
  }
  if (invocation.flags.boolean("dry-run") && !is_printed) {
    TRY(print_findings(invocation, findings));
    return 0;
  }
  if (wants_history_report(invocation)) {
    if (!format_text(invocation).empty() && !is_printed) {
      TRY(print_findings(invocation, findings));
    }
    return report_history(invocation, prepared, *opened.target, findings);
  }
  return import_baseline(invocation, *opened.target, findings);
}

Command make_import_command() {
  Command command;
  command.name = "import";
  command.arguments = "[flags]";
  command.summary = "Takes over the history that another migration tool has of a database.";
  command.description =
      "Reads the history table of flyway, liquibase, golang-migrate, goose, dbmate, alembic, "
      "prisma,\n"
      "sqitch, rails, django or ef, shows it, and declares the last version that the tool has\n"
      "applied and the migration directory holds as the baseline, so that 'migrate apply' goes on\n"
      "from there. The tool's own table is read only. Nothing is written without a yes at the\n"
      "terminal or --auto-approve, nor over a migration that failed half-way.\n\n"
      "With --report the history goes to the registry instead: a deployment for each time the "
      "tool\n"
      "ran, or one that says where the database is when the tool keeps no times. Reporting again\n"
      "adds only what is new.";
  command.examples =
      "  atlas history import --url \"sqlite://app.db\" --dry-run\n"
      "  atlas history import --from flyway --url \"postgres://app@db:5432/shop\" --dir "
      "file://migrations\n"
      "  atlas history import --env prod --dry-run --format '{{ json . }}'\n"
      "  atlas history import --env prod --report --repo shop";
  command.flags = {
      text_flag("from", "",
                "the tool: flyway, liquibase, golang-migrate, goose, dbmate, alembic, prisma, "
                "sqitch, rails, django or ef; without it the tables tell"),
      url_flag(),
      text_flag("history-url", "",
                "database that holds the tool's table, where that is another one (Sqitch)"),
      text_flag("table", "", "the tool's table, where it has another name"),
      text_flag("schema", "", "schema of the tool's table, where it is not that of --url"),
      text_flag("scope", "", "only this Django app or Sqitch project"),
      dir_flag(),
      dir_format_flag(),
      revisions_schema_flag(),
      lock_timeout_flag(),
      lock_mode_flag(),
      format_flag(),
      bool_flag("dry-run", "only show; nothing is written"),
      bool_flag("auto-approve", "write the baseline without asking"),
      bool_flag("report", "tell the registry the deployments of the history; no baseline"),
      text_flag("repo", "",
                "repository the reports are filed under; by default migration.repo.name"),
      bool_flag("print-report", "print the reports to stdout instead of sending them"),
      report_timeout_flag(),
      target_flag()};
  command.required_flags = {"url"};
  command.exclusive_groups = {{"dry-run", "auto-approve", "report"}};
  command.count = {.min = 0, .max = 0};
  command.run = run_import;
  return command;
}

}  // namespace

Command make_history_command() {
  Command command;
  command.name = "history";
  command.summary = "Takes over what other migration tools remember of a database.";
  command.children = {make_import_command()};
  return command;
}

}  // namespace rhumb::cli
