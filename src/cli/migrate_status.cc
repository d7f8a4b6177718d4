// `migrate status`.

#include "cli/directories.h"
#include "cli/environments.h"
#include "cli/format.h"
#include "cli/migrate_commands.h"
#include "cli/migrate_flags.h"
#include "cli/revisions_guard.h"
#include "cli/status_output.h"
#include "driver/url.h"
#include "migrate/status.h"

namespace rhumb::cli {
namespace {

gotmpl::FunctionMap status_functions(const App& app) {
  gotmpl::FunctionMap functions = report_functions(app);
  functions["default"] = {
      .params = {gotmpl::Param::typed("*cmdlog.MigrateStatus")},
      .variadic = std::nullopt,
      .call = [](std::span<const gotmpl::Value> arguments) -> Result<gotmpl::Value> {
        const gotmpl::Field* text = arguments[0].find_field("Default");
        return text == nullptr ? gotmpl::Value("") : text->value;
      },
      .type = "func(*cmdlog.MigrateStatus) (string, error)"};
  return functions;
}

Result<void> print_status(Invocation& invocation, const project::Environment& environment,
                          RegistrySession& session) {
  const std::string format = format_text(invocation);
  const CommandDirectory opened = TRY(open_command_directory(invocation, environment, session));
  const migrate::DirectoryFiles files =
      TRY(load_verified(invocation, *opened.directory, format.empty()));
  TRY(check_flags(invocation));
  const std::string url = TRY(resolve_url(invocation.flags.text("url"), environment));
  const std::unique_ptr<driver::Connection> connection = TRY(invocation.app.drivers.open(url));
  const std::string schema = invocation.flags.text("revisions-schema");
  const migrate::Status status = TRY(explain_ambiguity(
      invocation, migrate::read_status(*connection, files, schema), format.empty()));
  if (format.empty()) {
    invocation.app.out << format_status(status, invocation.app.style);
    return {};
  }
  const driver::ConnectionInfo& info = connection->info();
  const gotmpl::Value root = status_value(
      status,
      {.driver = info.driver, .url = info.url, .schema = info.schema, .dir = opened.url});
  return print_format(invocation.app, format, root,
                      {.functions = status_functions(invocation.app), .execute_prefix = {}});
}

Result<int> run_status(Invocation& invocation) {
  const bool several = !invocation.flags.list("target").empty();
  const project::Project project =
      TRY(load_environments(invocation, {.needs_registry = false, .several = several}));
  RegistrySession session(invocation, project.cloud);
  for (const project::Environment& environment : project.environments) {
    TRY(enter_environment(invocation, environment));
    TRY(print_status(invocation, environment, session));
  }
  return 0;
}

}  // namespace

Command make_migrate_status_command() {
  Command command;
  command.name = "status";
  command.arguments = "[flags]";
  command.summary = "Shows which version a database is on and what is pending.";
  command.description =
      "Compares the revisions table of a database with a migration directory. Nothing is written\n"
      "and no lock is taken.";
  command.examples =
      "  atlas migrate status --url \"sqlite://app.db\"\n"
      "  atlas migrate status --env prod --format '{{ json . }}'";
  command.flags = {url_flag(),        dir_flag(),
                   dir_format_flag(), revisions_schema_flag(),
                   log_flag(),        format_flag(),
                   target_flag()};
  command.exclusive_groups = {{"log", "format"}};
  command.count = {.min = 0, .max = 0, .ignore_surplus = true};
  command.run = run_status;
  return command;
}

}  // namespace rhumb::cli
