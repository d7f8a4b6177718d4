// `migrate import`.

#include <filesystem>
#include <system_error>

#include "cli/directories.h"
#include "cli/environments.h"
#include "cli/migrate_commands.h"
#include "cli/migrate_flags.h"
#include "cli/prepare.h"
#include "migrate/directory_url.h"
#include "migrate/import.h"
#include "migrate/open_directory.h"

namespace rhumb::cli {
namespace {

/// Whether both URLs name one folder, however they spell it.
Result<bool> is_same_folder(const std::string& from, const std::string& to) {
  const migrate::DirectoryUrl a = TRY(migrate::parse_directory_url(from));
  const migrate::DirectoryUrl b = TRY(migrate::parse_directory_url(to));
  std::error_code unknown;  // of a folder that does not exist yet
  return a.scheme == b.scheme && std::filesystem::equivalent(a.path, b.path, unknown);
}

/// The files of the source, as they will stand in the target.
Result<std::vector<migrate::NewFile>> read_source(const Invocation& invocation,
                                                  Prepared& prepared,
                                                  const std::string& from) {
  const migrate::DirectoryUrl url = TRY(migrate::parse_directory_url(from));
  const migrate::Format format = TRY(url.format());
  TRY(migrate::check_import_format(format));
  const CommandDirectory source =
      TRY(open_directory_at(from, invocation, prepared.environment, prepared.session));
  TRY(load_foreign(invocation, *source.directory));
  return migrate::read_import(*source.directory);
}

Result<int> run_import(Invocation& invocation) {
  Prepared prepared = TRY(prepare(invocation));
  const FlagSet& flags = invocation.flags;
  const std::string given = TRY(resolve_url(flags.text("from"), prepared.environment));
  const std::string from = TRY(migrate::with_format(given, flags.text("dir-format")));
  const std::string target = TRY(resolve_url(flags.text("to"), prepared.environment));
  // The whole source is read before the target is touched.
  const std::vector<migrate::NewFile> files = TRY(read_source(invocation, prepared, from));
  const std::string to = TRY(migrate::as_atlas_format(target));
  const bool is_in_place = TRY(is_same_folder(from, to));
  if (!files.empty() && is_in_place) {
    return invalid("target migration directory must be empty");
  }
  const std::shared_ptr<migrate::Directory> directory =
      TRY(migrate::open_directory(to, {}, /*is_created=*/true));
  TRY(migrate::write_import(*directory, files));
  if (files.empty()) {
    invocation.app.out << "nothing to import";
  }
  return 0;
}

}  // namespace

Command make_migrate_import_command() {
  Command command;
  command.name = "import";
  command.arguments = "[flags]";
  command.summary = "Rewrites another tool's migration directory as an atlas directory.";
  command.description =
      "Reads a directory of golang-migrate, goose, flyway, liquibase or dbmate and writes its\n"
      "statements, with the comments that belong to them, as <version>_<description>.sql files "
      "and\n"
      "atlas.sum into a new or empty directory. Nothing is written when a file cannot be read, "
      "and\n"
      "the source stays as it is.\n\n"
      "Down files and down sections are left out. Files that must run outside of a transaction\n"
      "keep that. A database that already ran these migrations continues with\n"
      "'migrate apply --baseline <version>'.";
  command.examples =
      "  atlas migrate import --from \"file://db/migrations?format=goose\" --to file://migrations\n"
      "  atlas migrate import --from file://sql --dir-format flyway --to file://migrations";
  command.flags = {
      text_flag("from", "file://migrations",
                "directory to read, as a URL; ?format= names its layout"),
      text_flag("to", "file://migrations",
                "directory to write, as a URL; made when missing, else without .sql files"),
      text_flag("dir-format", "atlas",
                "layout of --from where its URL names none: golang-migrate, goose, "
                "flyway, liquibase, dbmate")};
  command.count = {.min = 0, .max = 0, .ignore_surplus = true};
  command.run = run_import;
  return command;
}

}  // namespace rhumb::cli
