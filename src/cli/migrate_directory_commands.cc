// `migrate new`, `hash`, `validate` and `ls`: commands about the directory alone.

#include <chrono>

#include "cli/editor.h"
#include "cli/migrate_commands.h"
#include "cli/migrate_flags.h"
#include "cli/prepare.h"
#include "cli/replay.h"
#include "migrate/edit_directory.h"
#include "migrate/new_migration.h"
#include "sys/clock.h"

namespace rhumb::cli {
namespace {

Result<int> run_new(Invocation& invocation) {
  const PreparedDirectory prepared = TRY(prepare_directory(invocation, {.create = true}));
  const std::string name = invocation.positionals.empty() ? "" : invocation.positionals[0];
  const auto now = std::chrono::floor<std::chrono::seconds>(invocation.app.clock.now());
  migrate::ContentEdit edit;
  if (invocation.flags.boolean("edit")) {
    TRY(check_edit_format(prepared.opened.directory->format()));
    edit = [&](const migrate::NewFile& file) {
      return edit_content(invocation, file.name, file.bytes);
    };
  }
  TRY(migrate::new_migration(*prepared.opened.directory, name, now, edit));
  return 0;
}

Result<int> run_hash(Invocation& invocation) {
  const PreparedDirectory prepared = TRY(prepare_directory(invocation, {.verify = false}));
  TRY(migrate::rehash(*prepared.opened.directory));
  return 0;
}

Result<int> run_validate(Invocation& invocation) {
  const PreparedDirectory prepared = TRY(prepare_directory(invocation));
  if (invocation.flags.changed("dev-url")) {
    TRY(replay_on_dev(invocation, prepared.environment, prepared.files,
                      {.command = "validate",
                       .error_prefix = "replaying the migration directory"}));
  }
  return 0;
}

Result<int> run_ls(Invocation& invocation) {
  const PreparedDirectory prepared = TRY(prepare_directory(invocation, {.verify = false}));
  const std::vector<std::string> lines = TRY(migrate::list_files(
      *prepared.opened.directory, {.is_short = invocation.flags.boolean("short"),
                                   .is_latest = invocation.flags.boolean("latest")}));
  for (const std::string& line : lines) {
    invocation.app.out << line << "\n";
  }
  return 0;
}

}  // namespace

Command make_migrate_new_command() {
  Command command;
  command.name = "new";
  command.arguments = "[flags] [name]";
  command.summary = "Creates a new empty migration file in the directory.";
  command.description =
      "Creates a migration file named <UTC time>_<name>.sql and adds it to atlas.sum.\n"
      "Write your statements into it, then run 'migrate hash'.";
  command.examples =
      "  atlas migrate new add_users\n  atlas migrate new --dir file://db/migrations";
  command.flags = {dir_flag(), dir_format_flag(), edit_flag()};
  command.count = {.min = 0, .max = 1};
  command.run = run_new;
  return command;
}

Command make_migrate_hash_command() {
  Command command;
  command.name = "hash";
  command.arguments = "[flags]";
  command.summary = "Computes atlas.sum anew after files were changed on purpose.";
  command.description =
      "Writes atlas.sum, the file that pins every migration file by name and content.\n"
      "Run it after you edited a migration on purpose; 'migrate validate' tells what changed.";
  command.examples = "  atlas migrate hash\n  atlas migrate hash --dir file://db/migrations";
  command.flags = {dir_flag(), dir_format_flag(),
                   hide(bool_flag("force", "accepted for older scripts"))};
  command.count = {.min = 0, .max = 0, .ignore_surplus = true};
  command.run = run_hash;
  return command;
}

Command make_migrate_validate_command() {
  Command command;
  command.name = "validate";
  command.arguments = "[flags]";
  command.summary = "Checks the directory against atlas.sum, and its SQL on a dev database.";
  command.description =
      "Compares every file with atlas.sum. With --dev-url the files are also executed, in order, "
      "on\n"
      "an empty database that is restored afterwards.";
  command.examples =
      "  atlas migrate validate\n"
      "  atlas migrate validate --dev-url \"sqlite://dev?mode=memory\"";
  command.flags = {dev_url_flag(), dir_flag(), dir_format_flag()};
  command.count = {.min = 0, .max = 0, .ignore_surplus = true};
  command.ends_in_order = true;
  command.run = run_validate;
  return command;
}

Command make_migrate_ls_command() {
  Command command;
  command.name = "ls";
  command.arguments = "[flags]";
  command.summary = "Lists the files of a migration directory, also of one in the registry.";
  command.examples =
      "  atlas migrate ls\n"
      "  atlas migrate ls --dir atlas://myapp --latest --short";
  command.flags = {dir_flag(), with_shorthand(bool_flag("short", "print versions only"), 's'),
                   with_shorthand(bool_flag("latest", "print the last file only"), 'l')};
  command.count = {.min = 0, .max = 0};
  command.run = run_ls;
  return command;
}

}  // namespace rhumb::cli
