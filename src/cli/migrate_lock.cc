// `migrate lock status`.

#include "cli/environments.h"
#include "cli/migrate_commands.h"
#include "cli/migrate_flags.h"
#include "cli/prepare.h"
#include "driver/url.h"
#include "migrate/lease.h"

namespace rhumb::cli {
namespace {

Result<int> run_lock_status(Invocation& invocation) {
  const Prepared prepared = TRY(prepare(invocation));
  TRY(check_flags(invocation));
  const App& app = invocation.app;
  const FlagSet& flags = invocation.flags;
  const std::string url = TRY(resolve_url(flags.text("url"), prepared.environment));
  const std::unique_ptr<driver::Connection> connection = TRY(app.drivers.open(url));
  driver::LockRequest request;
  request.name = flags.text("lock-name");
  request.revisions_schema = flags.text("revisions-schema");
  std::optional<std::string> holder = TRY(connection->find_lock_holder(request));
  if (!holder) {
    holder = TRY(migrate::find_lease_holder(*connection, request.revisions_schema));
  }
  app.out << holder.value_or("free") << "\n";
  return 0;
}

Command make_lock_status_command() {
  Command command;
  command.name = "status";
  command.arguments = "[flags]";
  command.summary = "Shows who holds the migration lock of a database.";
  command.description =
      "Prints 'free', or who holds the lock that 'migrate apply', 'down' and 'set' take, a lease\n"
      "included: command, user, host, process and since when. No lock is taken and nothing is\n"
      "written; the exit status is 0 either way.";
  command.examples =
      "  atlas migrate lock status --url \"postgres://app@db:5432/shop?search_path=public\"\n"
      "  atlas migrate lock status --env prod";
  command.flags = {url_flag(),
                   text_flag("lock-name", "atlas_migrate_execute", "name of the database lock"),
                   revisions_schema_flag(), target_flag()};
  command.required_flags = {"url"};
  command.count = {.min = 0, .max = 0};
  command.run = run_lock_status;
  return command;
}

}  // namespace

Command make_migrate_lock_command() {
  Command command;
  command.name = "lock";
  command.summary = "Looks at the lock that keeps two runs apart.";
  command.description =
      "Runs on one database are kept apart by a lock that its holder loses with its process, so\n"
      "there is nothing to remove by hand. 'migrate lock status' names the holder.";
  command.children = {make_lock_status_command()};
  return command;
}

}  // namespace rhumb::cli
