// `migrate status`.

#include <algorithm>

#include "base/text.h"
#include "cli/apply_target.h"
#include "cli/directories.h"
#include "cli/environments.h"
#include "cli/format.h"
#include "cli/migrate_commands.h"
#include "cli/migrate_flags.h"
#include "cli/revisions_guard.h"
#include "cli/status_output.h"
#include "driver/url.h"
#include "migrate/file_statements.h"
#include "migrate/revert_row.h"
#include "migrate/status.h"
#include "report/masking_renderer.h"

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

/// The file that the failed statement of a row stands in.
Result<SharedText> read_script(const migrate::Revision& row,
                               const migrate::Directory& directory,
                               const migrate::File& file) {
  const std::optional<std::string> down = migrate::parse_revert_point(row.error)
                                              ? migrate::down_file_name(file.name(), file.format())
                                              : std::nullopt;
  if (down) {
    return SharedText(TRY(directory.read(*down)));
  }
  return TRY(file.load()).bytes;
}

/// Hides what `atlas:sensitive` marks in the texts of one failed row, as `apply` did when it failed.
void mask_row(migrate::Revision& row,
              const migrate::Directory& directory,
              const migrate::File& file,
              report::MaskingRenderer& renderer) {
  const migrate::RunFile id{
      .name = file.name(), .version = file.version(), .description = file.description()};
  const Result<SharedText> content = read_script(row, directory, file);
  const auto texts = content.has_value() ? renderer.open_file(id, content.value()) : nullptr;
  if (texts == nullptr || !renderer.check().has_value()) {
    row.error = "(sensitive)";  // what is marked cannot be told
    row.error_stmt = "(sensitive)";
    return;
  }
  const auto number = static_cast<size_t>(row.applied) + 1;
  row.error = texts->statement_error(number, row.error_stmt, row.error).shown;
  row.error_stmt = texts->statement(number, row.error_stmt, migrate::TextForm::kShown);
}

void mask_status(migrate::Status& status,
                 const migrate::Directory& directory,
                 const migrate::DirectoryFiles& files,
                 report::MaskingRenderer& renderer) {
  const auto one_line = [](const std::string& text) { return replace_all(text, "\n", " "); };
  for (migrate::Revision& row : status.applied) {
    if (row.error.empty() && row.error_stmt.empty()) {
      continue;  // nearly all of them
    }
    const auto file = std::ranges::find(files.files, row.version, &migrate::File::version);
    if (file == files.files.end()) {
      continue;
    }
    const bool is_last_attempt =
        status.sql == one_line(row.error_stmt) && status.error == one_line(row.error);
    mask_row(row, directory, *file, renderer);
    if (is_last_attempt) {
      status.sql = one_line(row.error_stmt);
      status.error = one_line(row.error);
    }
  }
}

/// Returns what a format printed, so that a next output can begin on a line of its own.
Result<std::string> print_status(Invocation& invocation, const project::Environment& environment,
                                 RegistrySession& session) {
  const std::string format = format_text(invocation);
  const CommandDirectory opened = TRY(open_command_directory(invocation, environment, session));
  const migrate::DirectoryFiles files =
      TRY(load_verified(invocation, *opened.directory, format.empty()));
  TRY(check_flags(invocation));
  const std::string url = TRY(resolve_url(invocation.flags.text("url"), environment));
  const std::unique_ptr<driver::Connection> connection = TRY(invocation.app.drivers.open(url));
  const std::string schema = invocation.flags.text("revisions-schema");
  migrate::Status status = TRY(explain_ambiguity(
      invocation, migrate::read_status(*connection, files, schema), format.empty()));
  report::MaskingRenderer renderer(
      mask_options(environment, opened, connection->info().engine, /*is_reported=*/false),
      secrets_of(environment, url));
  mask_status(status, *opened.directory, files, renderer);
  if (format.empty()) {
    invocation.app.out << format_status(status, invocation.app.style);
    return std::string();
  }
  const driver::ConnectionInfo& info = connection->info();
  const gotmpl::Value root = status_value(
      status,
      {.driver = info.driver, .url = info.url, .schema = info.schema, .dir = opened.url});
  std::string printed;
  const Result<void> rendered =
      render_format(format, root,
                    {.functions = status_functions(invocation.app), .execute_prefix = {}}, printed);
  invocation.app.out << printed;
  TRY(rendered);
  return printed;
}

Result<int> run_status(Invocation& invocation) {
  const bool several = !invocation.flags.list("target").empty();
  const project::Project project =
      TRY(load_environments(invocation, {.needs_registry = false, .several = several}));
  RegistrySession session(invocation, project.cloud);
  std::string printed;
  for (const project::Environment& environment : project.environments) {
    if (!printed.empty() && !printed.ends_with('\n')) {
      invocation.app.out << "\n";
    }
    TRY(enter_environment(invocation, environment));
    printed = TRY(print_status(invocation, environment, session));
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
