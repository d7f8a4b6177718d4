// The command tree.

#include <iterator>

#include "cli/app.h"
#include "cli/cloud_commands.h"
#include "cli/completion.h"
#include "cli/history_commands.h"
#include "cli/license.h"
#include "cli/migrate_commands.h"
#include "cli/schema_commands.h"
#include "cli/version.h"

namespace rhumb::cli {
namespace {

Command make_version_command() {
  Command command;
  command.name = "version";
  command.summary = "Prints the version.";
  command.count = {.min = 0, .max = 0, .ignore_surplus = true};
  command.run = [](Invocation& invocation) -> Result<int> {
    invocation.app.out << version_text(invocation.app.program);
    return 0;
  };
  return command;
}

Command make_license_command() {
  Command command;
  command.name = "license";
  command.summary = "Prints the license.";
  command.count = {.min = 0, .max = 0, .ignore_surplus = true};
  command.run = [](Invocation& invocation) -> Result<int> {
    const std::string_view text = license_text();
    invocation.app.out << text << (text.ends_with('\n') ? "" : "\n");
    return 0;
  };
  return command;
}

Command make_completion_command() {
  Command command;
  command.name = "completion";
  command.summary = "Prints a completion script for bash, zsh, fish or powershell.";
  command.arguments = "<bash|zsh|fish|powershell>";
  command.description =
      "Prints a completion script. Load it in the current shell with\n\n"
      "  source <(atlas completion bash)";
  command.count = {.min = 1, .max = 1};
  command.run = [](Invocation& invocation) -> Result<int> {
    invocation.app.out << TRY(completion_script(invocation.positionals[0], invocation.app.program));
    return 0;
  };
  return command;
}

}  // namespace

Command make_migrate_command() {
  Command command;
  command.name = "migrate";
  command.summary = "Manages versioned schema migrations.";
  command.description =
      "Manages versioned schema migrations: a directory of SQL files, pinned by atlas.sum, and a\n"
      "revisions table in each database that remembers what was applied.";
  command.children = {make_migrate_apply_command(),  make_migrate_checkpoint_command(),
                      make_migrate_down_command(),   make_migrate_edit_command(),
                      make_migrate_hash_command(),   make_migrate_import_command(),
                      make_migrate_lock_command(),   make_migrate_ls_command(),
                      make_migrate_new_command(),    make_migrate_push_command(),
                      make_migrate_rebase_command(), make_migrate_rm_command(),
                      make_migrate_set_command(),    make_migrate_status_command(),
                      make_migrate_test_command(),   make_migrate_validate_command()};
  return command;
}

Command make_root_command(std::vector<Command> server_commands) {
  Command root;
  root.name = "rhumb";
  root.summary = "Schema migrations for many databases, and a registry that knows where each is.";
  root.description =
      "Rhumb applies versioned schema migrations to one database or to hundreds, and reports "
      "every\n"
      "run to a registry of your own ('serve') that shows which database is on which version.\n"
      "It reads atlas.hcl and works where the atlas command is expected.";
  root.examples =
      "  rhumb serve\n"
      "  rhumb migrate new add_users\n"
      "  rhumb migrate apply --url \"sqlite://app.db\"\n"
      "  rhumb cloud database list";
  root.children = {make_cloud_command(),   make_completion_command(), make_history_command(),
                   make_license_command(), make_login_command(),      make_logout_command(),
                   make_migrate_command(), make_schema_command(),     make_version_command(),
                   make_whoami_command()};
  root.children.insert(root.children.end(), std::make_move_iterator(server_commands.begin()),
                       std::make_move_iterator(server_commands.end()));
  return root;
}

}  // namespace rhumb::cli
