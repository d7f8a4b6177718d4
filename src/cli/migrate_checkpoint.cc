// `migrate checkpoint`: whether one can be added. What it would hold is not computed yet.

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <string>

#include "cli/app.h"
#include "cli/editor.h"
#include "cli/migrate_commands.h"
#include "cli/migrate_flags.h"
#include "cli/prepare.h"
#include "migrate/checkpoint.h"
#include "migrate/new_migration.h"
#include "sys/clock.h"

namespace rhumb::cli {
namespace {

/// How to write by hand what can not be computed.
Error not_computed(const Invocation& invocation,
                   const std::string& version,
                   const std::optional<std::string>& tag) {
  return {ErrorCode::kUnsupported,
          fmt::format(
              "this version of the program does not compute checkpoints; nothing was changed\n"
              "  write {}_checkpoint.sql by hand: the line '-- atlas:checkpoint{}', an empty line, "
              "and the\n"
              "  statements that make the schema as all files before it leave it; then run '{} "
              "migrate hash'",
              version, tag ? " " + *tag : "", invocation.app.program)};
}

Result<int> run_checkpoint(Invocation& invocation) {
  const PreparedDirectory prepared = TRY(prepare_directory(invocation, {.is_folder = true}));
  const migrate::Directory& directory = *prepared.opened.directory;
  std::optional<std::string> tag;
  if (!invocation.positionals.empty()) {
    tag = invocation.positionals[0];
  }
  TRY(migrate::check_checkpoint(directory.format(), prepared.files, tag));
  const auto now = std::chrono::floor<std::chrono::seconds>(invocation.app.clock.now());
  const std::string version = TRY(migrate::free_version(directory, now));
  return not_computed(invocation, version, tag);
}

}  // namespace

Command make_migrate_checkpoint_command() {
  Command command;
  command.name = "checkpoint";
  command.arguments = "[flags] [tag]";
  command.summary =
      "Adds a file that stands for all files before it (not computed in this release).";
  command.description =
      "A checkpoint file holds the schema that all files before it lead to: an empty database "
      "starts\n"
      "with the last one, and one that has a history passes over it. Its tag names that state for\n"
      "'migrate down --to-tag'.\n\n"
      "This release checks the directory, the format, the flags and the tag, and then refuses, for "
      "it\n"
      "can not compute what the file would hold. Files written by hand work everywhere: begin one\n"
      "with '-- atlas:checkpoint [tag]' and an empty line, then run 'migrate hash'.";
  command.examples =
      "  atlas migrate checkpoint --dev-url \"sqlite://dev?mode=memory\"\n"
      "  atlas migrate checkpoint v2 --env local";
  command.flags = {
      dev_url_flag(),
      dir_flag(),
      dir_format_flag(),
      with_kind(with_shorthand(text_flag("schema", "", "schemas of the file (repeatable)"), 's'),
                FlagKind::kList),
      lock_timeout_flag(),
      text_flag("format", "", "Go template of the file's content"),
      text_flag("qualifier", "", "schema to write before the names of tables"),
      edit_flag(),
  };
  command.required_flags = {"dev-url"};
  command.count = {.min = 0, .max = 1};
  command.run = run_checkpoint;
  return command;
}

}  // namespace rhumb::cli
