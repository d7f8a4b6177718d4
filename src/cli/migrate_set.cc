// `migrate set`.

#include <algorithm>

#include "base/text.h"
#include "cli/environments.h"
#include "cli/holder.h"
#include "cli/migrate_commands.h"
#include "cli/migrate_flags.h"
#include "cli/prepare.h"
#include "cli/revisions_guard.h"
#include "cli/run_connection.h"
#include "cli/version.h"
#include "driver/url.h"
#include "migrate/set.h"

namespace rhumb::cli {
namespace {

/// Source: spec templates.md 2.3.
std::string format_set(const migrate::SetResult& result, const report::Style& style) {
  if (result.changes.empty()) {
    return "";
  }
  const auto added = static_cast<size_t>(
      std::ranges::count_if(result.changes, [](const auto& change) { return change.added; }));
  const size_t removed = result.changes.size() - added;
  std::string text;
  if (result.current.empty()) {
    text = "All revisions deleted (" + std::to_string(removed) + " in total):\n";
  } else {
    std::vector<std::string> parts;
    if (added > 0) {
      parts.push_back(std::to_string(added) + " set");
    }
    if (removed > 0) {
      parts.push_back(std::to_string(removed) + " removed");
    }
    text = "Current version is " + style.cyan(result.current) + " (" + join(parts, ", ") + "):\n";
  }
  text += "\n";
  for (const migrate::SetChange& change : result.changes) {
    text += "  " + (change.added ? style.green("+") : style.red("-")) + " " + change.version +
            (change.description.empty() ? "" : " (" + change.description + ")") + "\n";
  }
  return text + "\n";
}

Result<int> run_set(Invocation& invocation) {
  const PreparedDirectory prepared = TRY(prepare_directory(invocation));
  const App& app = invocation.app;
  const std::string url = TRY(resolve_url(invocation.flags.text("url"), prepared.environment));
  const std::unique_ptr<driver::Connection> connection = TRY(open_run_connection(invocation, url));
  const std::string schema = invocation.flags.text("revisions-schema");
  const migrate::SetOptions options{.arguments = invocation.positionals,
                                    .revisions_schema = schema,
                                    .holder = lock_holder(app, "set"),
                                    .operator_version = operator_version()};
  const migrate::SetResult result = TRY(explain_ambiguity(
      invocation, migrate::set_version(*connection, prepared.files, options, app.clock),
      /*explain=*/true));
  app.out << format_set(result, app.style);
  return 0;
}

}  // namespace

Command make_migrate_set_command() {
  Command command;
  command.name = "set";
  command.arguments = "[flags] [version]";
  command.summary = "Declares the version a database is on, without running anything.";
  command.description =
      "Edits the revisions table: files up to the version count as applied, rows behind it are\n"
      "removed, and a file that failed half-way counts as resolved. No table of yours is touched.";
  command.examples =
      "  atlas migrate set 20260301120000 --url \"sqlite://app.db\"\n"
      "  atlas migrate set --env prod";
  command.flags = {url_flag(),       dir_flag(),   dir_format_flag(), revisions_schema_flag(),
                   lock_mode_flag(), target_flag()};
  command.count = {.min = 0, .max = ArgumentCount::kAnyCount};
  command.run = run_set;
  return command;
}

}  // namespace rhumb::cli
