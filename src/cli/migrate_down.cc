// `migrate down`: takes back the newest versions by what their authors wrote to undo them.

#include <utility>

#include "cli/contexts.h"
#include "cli/down_run.h"
#include "cli/migrate_commands.h"
#include "cli/migrate_flags.h"
#include "cli/prepare.h"

namespace rhumb::cli {
namespace {

Result<int> run_down(Invocation& invocation) {
  PreparedDirectory prepared = TRY(prepare_directory(invocation));
  const bool has_context =
      prepared.opened.source == DirectorySource::kRegistry || !invocation.flags.text("env").empty();
  std::optional<registry_api::DeployContext> context;
  if (has_context) {
    context = TRY(parse_deploy_context(invocation.flags.text("context")));
  }
  return run_revert(invocation, prepared, std::move(context));
}

}  // namespace

Command make_migrate_down_command() {
  Command command;
  command.name = "down";
  command.arguments = "[flags] [amount]";
  command.summary = "Reverts the newest applied versions of a database.";
  command.description =
      "Undoes the newest versions in the revisions table, one by default, newest first, and "
      "removes\n"
      "them from it. What undoes a version is what its author wrote:\n\n"
      "  golang-migrate   1_name.down.sql\n"
      "  flyway           U1__name.sql\n"
      "  goose            the part behind '-- +goose Down'\n"
      "  dbmate           the part behind '-- migrate:down'\n"
      "  atlas            the section '-- down.sql --' of a file with '-- atlas:txtar'\n\n"
      "A version without that is refused: nothing is computed on --dev-url in this release. "
      "Nothing\n"
      "is changed unless every version of the run can be reverted; see --dry-run first.\n"
      "On PostgreSQL and SQLite a version goes with all of its statements or stays. On MySQL and\n"
      "MariaDB a run that fails or is killed goes on where it stopped when it is called again; "
      "with\n"
      "--to-version it then goes no further than the first time.\n\n"
      "--to-tag names the state of a checkpoint file by its tag; with a registry directory, the "
      "state\n"
      "that was pushed with the tag.\n\n"
      "A revert from a registry directory, atlas://, is reported to the registry. Where its "
      "repository\n"
      "asks for it, the plan is shown there and has to be approved first: the command ends with "
      "status 1\n"
      "and the address of the plan, and reverts when it is called again after the approval.";
  command.examples =
      "  atlas migrate down --url \"sqlite://app.db\" --dry-run\n"
      "  atlas migrate down --url \"sqlite://app.db\"\n"
      "  atlas migrate down 2 --env prod\n"
      "  atlas migrate down --env prod --dir \"atlas://app\" --to-tag v1.4\n"
      "  atlas migrate down --env prod --to-version 20260301120000 --format '{{ json . }}'";
  command.ends_in_order = true;
  command.flags = {
      url_flag(),
      dev_url_flag(),
      dir_flag(),
      dir_format_flag(),
      log_flag(),
      format_flag(),
      revisions_schema_flag(),
      verbose_flag(),
      bool_flag("dry-run", "show what would be executed; nothing is written"),
      text_flag("to-version", "", "revert everything behind this version, which stays"),
      text_flag("to-tag", "", "revert to the state of a checkpoint file with this tag"),
      lock_timeout_flag(),
      statement_timeout_flag(),
      table_lock_timeout_flag(),
      text_flag("lock-name", "atlas_migrate_execute", "name of the database lock"),
      lock_mode_flag(),
      text_flag("on-unknown", "fail",
                "a statement whose outcome a crash left open: fail, retry or skip"),
      hide(text_flag("context", "", "JSON describing what triggered the run")),
      target_flag(),
      bool_flag("require-report", "fail when the run could not be reported"),
      report_timeout_flag(),
      bool_flag("print-report", "print the report to stdout instead of sending it"),
  };
  command.exclusive_groups = {{"log", "format"}, {"to-version", "to-tag"}};
  command.count = {.min = 0, .max = 1};
  command.run = run_down;
  return command;
}

}  // namespace rhumb::cli
