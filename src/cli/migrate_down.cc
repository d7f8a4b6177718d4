// `migrate down`: takes back the newest versions by what their authors wrote to undo them.

#include <memory>
#include <utility>

#include "base/go_format.h"
#include "cli/apply_target.h"
#include "cli/contexts.h"
#include "cli/environments.h"
#include "cli/format.h"
#include "cli/migrate_commands.h"
#include "cli/migrate_flags.h"
#include "cli/prepare.h"
#include "cli/report_value.h"
#include "cli/revisions_guard.h"
#include "cli/run_connection.h"
#include "cli/run_observers.h"
#include "codec/url.h"
#include "codec/uuid.h"
#include "driver/url.h"
#include "migrate/checkpoint.h"
#include "migrate/revert.h"
#include "report/masking_renderer.h"
#include "report/run_text.h"
#include "sys/clock.h"

namespace rhumb::cli {
namespace {

/// The version of a tag: of a checkpoint file, or of what a directory of the registry held then.
/// Errors: no such tag; a state without files.
Result<std::string> tagged_version(const Invocation& invocation,
                                   PreparedDirectory& prepared,
                                   const std::string& tag) {
  const CommandDirectory& opened = prepared.opened;
  const std::vector<migrate::File>& files = prepared.files.files;
  if (opened.source != DirectorySource::kRegistry) {
    const size_t index = TRY(migrate::find_checkpoint(files, tag));
    return files[index].version();
  }
  const std::string url = "atlas://" + opened.slug + "?tag=" + codec::query_escape(tag);
  const CommandDirectory tagged =
      TRY(open_directory_at(url, invocation, prepared.environment, prepared.session));
  const std::vector<std::string> names = TRY(tagged.directory->list());
  if (names.empty()) {
    return Error(ErrorCode::kNotFound, go_quote(url) + " holds no migration file");
  }
  return migrate::file_version(names.back(), tagged.directory->format());
}

/// How far the person wants to go back. Errors: of parse_amount and tagged_version; an empty text;
/// more than one answer.
Result<migrate::RevertLimits> read_limits(const Invocation& invocation,
                                          PreparedDirectory& prepared) {
  const FlagSet& flags = invocation.flags;
  migrate::RevertLimits limits;
  limits.amount = TRY(parse_amount(invocation.positionals, "revert"));
  for (const char* name : {"to-version", "to-tag"}) {
    if (flags.changed(name) && flags.text(name).empty()) {
      return invalid(std::string("--") + name + " cannot be empty");
    }
    if (limits.amount && flags.changed(name)) {
      return invalid(std::string("an amount and --") + name + " are mutually exclusive");
    }
  }
  limits.to_version = flags.text("to-version");
  if (flags.changed("to-tag")) {
    limits.to_version = TRY(tagged_version(invocation, prepared, flags.text("to-tag")));
  }
  return limits;
}

/// A revert from the registry may have to be approved there first, so it is never run unasked.
Error refuse_registry(const CommandDirectory& opened) {
  return {ErrorCode::kUnsupported,
          "cannot revert from the registry directory " + go_quote(opened.url) +
              ": this version of the program cannot ask for the approval that it may need; see "
              "what would be done with --dry-run, and use a copy of the directory, --dir "
              "\"file://...\""};
}

Result<void> print_revert(const Invocation& invocation, const report::TargetSummary& target) {
  const App& app = invocation.app;
  return print_format(
      app, format_text(invocation),
      revert_value(target, invocation.flags.boolean("dry-run"), ZonedTimes(app.clock)),
      run_format(app));
}

/// Runs it; the summary holds what there is to report when this returns.
Result<void> revert_target(const Invocation& invocation,
                           PreparedDirectory& prepared,
                           report::RunSummary& summary) {
  App& app = invocation.app;
  const bool explain = format_text(invocation).empty();
  migrate::RevertOptions options;
  options.limits = TRY(read_limits(invocation, prepared));
  options.has_dev_url = !invocation.flags.text("dev-url").empty();
  fill_run_options(options, invocation, prepared.environment, prepared.opened);
  const std::string url = TRY(require_url(invocation, prepared.environment));
  const std::unique_ptr<driver::Connection> connection = TRY(open_run_connection(invocation, url));
  report::MaskingRenderer renderer(
      mask_options(prepared.environment, prepared.opened, connection->info().engine,
                   /*is_reported=*/false),
      secrets_of(prepared.environment, url));
  options.admit = [&](const migrate::Planned&) { return renderer.check(); };
  NoticePrinter notices(app.err);
  report::RunTextPrinter printer(app.out, app.style, invocation.flags.boolean("verbose"));
  Fan fan(explain ? std::vector<migrate::RunObserver*>{&summary, &notices, &printer}
                  : std::vector<migrate::RunObserver*>{&summary, &notices});
  migrate::RunStream stream(codec::Uuid::at_time(app.clock.now()).to_string(), app.clock, fan,
                            renderer);
  const migrate::RunOutcome outcome =
      TRY(explain_ambiguity(invocation,
                            migrate::revert_migrations(*connection, *prepared.opened.directory,
                                                       prepared.files, options, stream),
                            explain));
  if (outcome.error) {
    return *outcome.error;
  }
  return outcome.unlock_error ? Result<void>(*outcome.unlock_error) : Result<void>();
}

Result<int> run_down(Invocation& invocation) {
  PreparedDirectory prepared = TRY(prepare_directory(invocation));
  const bool is_dry = invocation.flags.boolean("dry-run");
  if (prepared.opened.source == DirectorySource::kRegistry && !is_dry) {
    return refuse_registry(prepared.opened);
  }
  if (!invocation.flags.text("env").empty()) {
    TRY(parse_deploy_context(invocation.flags.text("context")));
  }
  report::RunSummary summary;
  const Result<void> ended = revert_target(invocation, prepared, summary);
  const bool has_document = !format_text(invocation).empty() && !summary.targets().empty() &&
                            summary.targets().front().planned;
  if (has_document) {
    TRY(print_revert(invocation, summary.targets().front()));
  }
  if (!ended.has_value()) {
    return has_document && !summary.targets().front().error.empty() ? silent_failure()
                                                                    : ended.error();
  }
  return 0;
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
      "--to-tag names the state of a checkpoint file by its tag; with a registry directory, of "
      "which\n"
      "only a --dry-run is done in this release, the state that was pushed with the tag.";
  command.examples =
      "  atlas migrate down --url \"sqlite://app.db\" --dry-run\n"
      "  atlas migrate down --url \"sqlite://app.db\"\n"
      "  atlas migrate down 2 --env prod\n"
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
  };
  command.exclusive_groups = {{"log", "format"}, {"to-version", "to-tag"}};
  command.count = {.min = 0, .max = 1};
  command.run = run_down;
  return command;
}

}  // namespace rhumb::cli
