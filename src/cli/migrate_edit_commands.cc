// `migrate rm`, `edit` and `rebase`: files of a directory are changed, and atlas.sum with them.

#include <chrono>
#include <optional>

#include "base/text.h"
#include "cli/editor.h"
#include "cli/migrate_commands.h"
#include "cli/migrate_flags.h"
#include "cli/prepare.h"
#include "migrate/edit_directory.h"
#include "sys/clock.h"

namespace rhumb::cli {
namespace {

Result<int> run_rm(Invocation& invocation) {
  const PreparedDirectory prepared = TRY(prepare_directory(invocation, {.is_folder = true}));
  std::optional<std::string_view> name;
  if (!invocation.positionals.empty()) {
    name = invocation.positionals[0];
  }
  TRY(migrate::remove_file(*prepared.opened.directory, name));
  return 0;
}

Result<int> run_edit(Invocation& invocation) {
  const PreparedDirectory prepared = TRY(prepare_directory(invocation, {.is_folder = true}));
  TRY(migrate::edit_file(*prepared.opened.directory, invocation.positionals[0],
                         [&](const migrate::NewFile& file) {
                           return edit_content(invocation, file.name, file.bytes);
                         }));
  return 0;
}

void add_words(std::string_view text, std::vector<std::string>& words) {
  for (const std::string_view part : split(text, ' ')) {
    const std::string_view word = trim(part);
    if (!word.empty()) {
      words.emplace_back(word);
    }
  }
}

/// The names in the arguments: some callers join them with blanks into one, which is a name as it
/// stands only where a file has it.
Result<std::vector<std::string>> split_names(const migrate::Directory& directory,
                                             const std::vector<std::string>& arguments) {
  std::vector<std::string> names;
  for (const std::string& argument : arguments) {
    const bool is_file = TRY(directory.exists(argument));
    if (is_file) {
      names.push_back(argument);
    } else {
      add_words(argument, names);
    }
  }
  if (names.empty()) {
    return invalid("requires at least 1 arg(s), only received 0");
  }
  return names;
}

Result<int> run_rebase(Invocation& invocation) {
  const PreparedDirectory prepared = TRY(prepare_directory(invocation, {.is_folder = true}));
  migrate::Directory& directory = *prepared.opened.directory;
  const std::vector<std::string> names = TRY(split_names(directory, invocation.positionals));
  const auto now = std::chrono::floor<std::chrono::seconds>(invocation.app.clock.now());
  TRY(migrate::rebase_files(directory, names, now));
  return 0;
}

}  // namespace

Command make_migrate_rm_command() {
  Command command;
  command.name = "rm";
  command.arguments = "[flags] [name|version]";
  command.summary = "Removes a migration file, the last one without an argument.";
  command.description =
      "Removes one file of the directory, named by version or by file name, with the file that\n"
      "undoes it where the format has one, and rewrites atlas.sum. No database is touched: a\n"
      "database that ran the file stays as it is.";
  command.examples =
      "  atlas migrate rm\n"
      "  atlas migrate rm 20260301120000\n"
      "  atlas migrate rm 20260301120000_add_users.sql --dir file://db/migrations";
  command.flags = {dir_flag(), dir_format_flag()};
  command.count = {.min = 0, .max = 1};
  command.run = run_rm;
  return command;
}

Command make_migrate_edit_command() {
  Command command;
  command.name = "edit";
  command.arguments = "[flags] {name|version}";
  command.summary = "Opens a migration file in $EDITOR and keeps atlas.sum in step.";
  command.description =
      "Opens a copy of the file, named by version or by file name, in $EDITOR (vi without it).\n"
      "What the editor leaves is written back, and atlas.sum with it; when the editor fails,\n"
      "nothing is changed. Edit files that no database ran yet: the others will not run again.";
  command.examples =
      "  atlas migrate edit 20260301120000\n"
      "  EDITOR=\"code --wait\" atlas migrate edit 20260301120000_add_users.sql";
  command.flags = {dir_flag(), dir_format_flag()};
  command.count = {.min = 1, .max = 1};
  command.run = run_edit;
  return command;
}

Command make_migrate_rebase_command() {
  Command command;
  command.name = "rebase";
  command.arguments = "[flags] {name|version}...";
  command.summary = "Moves migration files behind all others.";
  command.description =
      "Gives the files, named by version or by file name, new versions later than those of every\n"
      "other file, keeps their order, and rewrites atlas.sum. For files of a branch that would "
      "come\n"
      "before what the main branch got meanwhile; no database may have run them.";
  command.examples =
      "  atlas migrate rebase 20260301120000\n"
      "  atlas migrate rebase 20260301120000_a.sql 20260301120100_b.sql";
  command.flags = {dir_flag(), dir_format_flag()};
  command.count = {.min = 1, .max = ArgumentCount::kAnyCount};
  command.run = run_rebase;
  return command;
}

}  // namespace rhumb::cli
