#include "main/store_commands.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cli/app.h"
#include "cli/migrate_flags.h"
#include "registry/content/retention.h"
#include "registry/ingest/rebuild.h"
#include "registry/store/copy.h"
#include "sys/environment.h"

namespace rhumb {
namespace {

using cli::Command;
using cli::Invocation;

Result<int> run_rebuild(Invocation& invocation) {
  const registry::RebuildReport report = TRY(registry::rebuild_registry(read_store(invocation)));
  for (const std::string& difference : report.differences) {
    invocation.app.out << difference << "\n";
  }
  invocation.app.out << fmt::format(
      "Rebuilt {} of {} from {}: {}\n",
      plural(static_cast<size_t>(report.databases), "database", "databases"),
      plural(static_cast<size_t>(report.repositories), "repository", "repositories"),
      plural(static_cast<size_t>(report.events), "event", "events"),
      report.difference_count == 0
          ? std::string("nothing differed")
          : plural(static_cast<size_t>(report.difference_count), "row", "rows") + " differed");
  return 0;
}

/// `sqlite:DIR` names a data folder, `postgres://...` a database.
Result<registry::StoreAddress> parse_store(std::string_view flag, std::string_view text) {
  for (const std::string_view scheme : {"sqlite://", "sqlite:"}) {
    if (text.starts_with(scheme) && text.size() > scheme.size()) {
      return registry::StoreAddress{"", std::string(text.substr(scheme.size()))};
    }
  }
  if (text.starts_with("postgres:") || text.starts_with("postgresql:")) {
    return registry::StoreAddress{std::string(text), ""};
  }
  return invalid(fmt::format("--{} must be sqlite:DIR or postgres://..., not \"{}\"", flag, text));
}

/// Tells a person how far a copy is; programs read the last line.
registry::CopyProgress progress_of(Invocation& invocation) {
  return [&app = invocation.app](const std::string& table, int64_t rows) {
    if (app.err_is_terminal && rows > 0) {
      app.err << fmt::format("  {}: {} rows\n", table, rows) << std::flush;
    }
  };
}

void print_copy(Invocation& invocation, std::string_view what, const registry::CopyReport& report) {
  invocation.app.out << fmt::format("{}: {} in {}, compared row by row; audit log {}:{}\n", what,
                                    plural(static_cast<size_t>(report.rows), "row", "rows"),
                                    plural(static_cast<size_t>(report.tables), "table", "tables"),
                                    report.audit_entries, report.audit_hash);
}

Result<int> run_backup(Invocation& invocation) {
  const std::string& file = invocation.positionals.at(0);
  const registry::CopyReport report =
      TRY(registry::back_up_registry(read_store(invocation), file, progress_of(invocation)));
  print_copy(invocation, fmt::format("Backed up to {}", file), report);
  return 0;
}

Result<int> run_restore(Invocation& invocation) {
  const std::string& file = invocation.positionals.at(0);
  const registry::CopyReport report =
      TRY(registry::restore_registry(file, read_store(invocation), progress_of(invocation)));
  print_copy(invocation, fmt::format("Restored from {}", file), report);
  return 0;
}

Result<int> run_copy(Invocation& invocation) {
  const registry::StoreAddress from = TRY(parse_store("from", invocation.flags.text("from")));
  const registry::StoreAddress to = TRY(parse_store("to", invocation.flags.text("to")));
  print_copy(invocation, "Copied", TRY(registry::move_registry(from, to, progress_of(invocation))));
  return 0;
}

Result<int> run_verify(Invocation& invocation) {
  const registry::VerifyReport report = TRY(registry::verify_registry(read_store(invocation)));
  invocation.app.out << fmt::format(
      "The store is whole: {} by their hashes, audit log {}:{}\n",
      plural(static_cast<size_t>(report.bodies), "stored text", "stored texts"),
      report.audit_entries, report.audit_hash);
  return 0;
}

Result<int> run_vacuum(Invocation& invocation) {
  const registry::VacuumReport report = TRY(registry::vacuum_registry(read_store(invocation)));
  invocation.app.out << fmt::format(
      "Removed {} that nothing refers to\n",
      plural(static_cast<size_t>(report.bodies), "stored text", "stored texts"));
  return 0;
}

Command backup_command() {
  Command command;
  command.name = "backup";
  command.arguments = "[flags] FILE";
  command.summary = "Copy a registry into one file; its server may be running.";
  command.description =
      "'registry backup' copies what a registry holds at one moment into a new file, whatever "
      "store\n"
      "it has, and compares the copy with the original before the file gets its name.";
  command.examples =
      "  rhumb registry backup --data /var/lib/rhumb registry-2026-05-14.db\n"
      "  RHUMB_STORE=postgres://rhumb@db.internal/rhumb rhumb registry backup nightly.db";
  command.flags = {data_flag(), store_flag()};
  command.count = {1, 1};
  command.run = run_backup;
  return command;
}

Command restore_command() {
  Command command;
  command.name = "restore";
  command.arguments = "[flags] FILE";
  command.summary = "Put a backup into a store that is new or empty.";
  command.description =
      "'registry restore' fills a new data folder or an empty database from a file of 'registry\n"
      "backup'. A store that holds a registry already stays as it is.";
  command.examples = "  rhumb registry restore --data ./restored registry-2026-05-14.db";
  command.flags = {data_flag(), store_flag()};
  command.count = {1, 1};
  command.run = run_restore;
  return command;
}

Command copy_command() {
  Command command;
  command.name = "copy";
  command.arguments = "[flags]";
  command.summary = "Move a registry into another store.";
  command.description =
      "'registry copy' copies everything into an empty store and compares both row by row. The\n"
      "server must be stopped, so that nothing is left behind; start it again with the new store.\n"
      "The old one stays as it is.";
  command.examples =
      "  rhumb registry copy --from sqlite:/var/lib/rhumb --to postgres://rhumb@db.internal/rhumb";
  command.flags = {cli::text_flag("from", "", "store to read: sqlite:DIR or postgres://..."),
                   cli::text_flag("to", "", "empty store to fill: sqlite:DIR or postgres://...")};
  command.run = run_copy;
  return command;
}

Command verify_command() {
  Command command;
  command.name = "verify";
  command.arguments = "[flags]";
  command.summary = "Check the audit log and every stored text; the server may be running.";
  command.flags = {data_flag(), store_flag()};
  command.run = run_verify;
  return command;
}

Command rebuild_command() {
  Command command;
  command.name = "rebuild";
  command.arguments = "[flags]";
  command.summary = "Compute statuses and counters anew from the stored events.";
  command.flags = {data_flag(), store_flag()};
  command.run = run_rebuild;
  return command;
}

Command vacuum_command() {
  Command command;
  command.name = "vacuum";
  command.arguments = "[flags]";
  command.summary =
      "Remove stored texts that nothing refers to any more; the server must be stopped.";
  command.description =
      "Deleted repositories and logs past their retention leave texts behind, which are shared "
      "and\n"
      "stay until nobody has them. The store keeps its size and uses the space again.";
  command.examples = "  rhumb registry vacuum --data /var/lib/rhumb";
  command.flags = {data_flag(), store_flag()};
  command.run = run_vacuum;
  return command;
}

}  // namespace

cli::FlagSpec data_flag() {
  return cli::text_flag("data", "./rhumb-data", "folder of the store");
}

cli::FlagSpec store_flag() {
  return cli::text_flag("store", "",
                        "postgres:// URL of the store; the folder of --data when empty");
}

registry::StoreAddress read_store(const Invocation& invocation) {
  std::string url = invocation.flags.text("store");
  if (!invocation.flags.set_by_person("store") && invocation.flags.set_by_person("data")) {
    url.clear();
  } else if (url.empty()) {
    url = invocation.app.environment.get("RHUMB_STORE").value_or("");
  }
  return {std::move(url), invocation.flags.text("data")};
}

cli::Command make_registry_command() {
  Command group;
  group.name = "registry";
  group.summary = "Look after the store of a registry.";
  group.children.push_back(backup_command());
  group.children.push_back(restore_command());
  group.children.push_back(copy_command());
  group.children.push_back(verify_command());
  group.children.push_back(rebuild_command());
  group.children.push_back(vacuum_command());
  return group;
}

}  // namespace rhumb
