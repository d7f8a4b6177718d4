// `migrate push`: a directory into the registry.

#include <algorithm>
#include <set>

#include "base/go_format.h"
#include "base/text.h"
#include "cli/contexts.h"
#include "cli/environments.h"
#include "cli/migrate_commands.h"
#include "cli/migrate_flags.h"
#include "cli/prepare.h"
#include "cli/replay.h"
#include "migrate/archive_files.h"
#include "migrate/memory_directory.h"

namespace rhumb::cli {
namespace {

/// What is pushed where.
struct PushTarget {
  std::string slug{};
  std::string tag{};
};

bool all_of(std::string_view text, std::string_view punctuation) {
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    return word || punctuation.find(c) != std::string_view::npos;
  });
}

/// `name[:tag]`, `--tag` and the environment's repository. Errors: those of spec reporting.md 8.1.
Result<PushTarget> parse_target(const Invocation& invocation,
                                const project::Environment& environment) {
  PushTarget target;
  if (!invocation.positionals.empty()) {
    const auto parts = cut(invocation.positionals[0], ":");
    target.slug = parts ? parts->first : invocation.positionals[0];
    target.tag = parts ? parts->second : "";
  } else if (environment.migration.repo) {
    target.slug = environment.migration.repo->name;
  }
  if (target.slug.empty()) {
    return invalid("directory name cannot be empty");
  }
  const std::string& flag = invocation.flags.text("tag");
  if (!flag.empty() && !target.tag.empty() && flag != target.tag) {
    return invalid("tag " + go_quote(target.tag) + " of the name and --tag " + go_quote(flag) +
                   " differ; give one of them");
  }
  target.tag = flag.empty() ? target.tag : flag;
  if (!all_of(target.slug, "/.-_")) {
    return invalid("slug must be lowercase alphanumeric and may contain /.-_");
  }
  if (!target.tag.empty() && !all_of(target.tag, ".-_")) {
    return invalid("tag must be lowercase alphanumeric and may contain .-_");
  }
  return target;
}

/// The registry's word for a driver.
std::string registry_driver(const std::string& driver) {
  if (driver == "postgres") {
    return "POSTGRESQL";
  }
  return driver == "libsql" ? "SQLITE" : to_upper_ascii(driver);
}

Result<std::string> check_statements(const Invocation& invocation,
                                     const project::Environment& environment,
                                     const migrate::DirectoryFiles& files) {
  if (!invocation.flags.boolean("no-state")) {
    if (!invocation.flags.changed("dev-url")) {
      return invalid(
          "required flag(s) \"dev-url\" not set; give an empty database to check the "
          "files on, or --no-state to push without");
    }
    return registry_driver(
        TRY(replay_on_dev(invocation, environment, files,
                          {.command = "push",
                           .lock_timeout = invocation.flags.duration("lock-timeout"),
                           .error_prefix = {}})));
  }
  if (invocation.flags.changed("dev-url") || !environment.url.empty()) {
    const std::string url =
        environment.url.empty() ? invocation.flags.text("dev-url") : environment.url;
    const auto parts = cut(url, ":");
    return registry_driver(parts ? std::string(parts->first) : "");
  }
  return std::string();
}

/// What changed against the state in the registry; a directory it does not know is all new.
Result<void> add_difference(registry_api::RegistryClient& client,
                            const migrate::Directory& directory,
                            registry_api::DirectoryPush& push) {
  const std::vector<migrate::NewFile> files = TRY(migrate::archived_files(directory));
  std::map<std::string, std::string, std::less<>> before;
  const Result<std::string> archive = client.read_directory(push.slug, "");
  if (archive.has_value()) {
    const auto remote = TRY(migrate::unpack_directory("", directory.format(), archive.value()));
    for (migrate::NewFile& file : TRY(migrate::archived_files(*remote))) {
      before.emplace(file.name, std::move(file.bytes));
    }
  } else if (archive.error().code() != ErrorCode::kNotFound) {
    return archive.error();
  }
  migrate::MemoryDirectory added("", directory.format());
  for (const migrate::NewFile& file : files) {
    const auto known = before.find(file.name);
    if (known == before.end() || known->second != file.bytes) {
      TRY(added.write(file.name, file.bytes));
    }
    if (known != before.end()) {
      before.erase(known);
    }
  }
  push.added_archive = TRY(migrate::pack_directory(added));
  for (const auto& [name, bytes] : before) {
    push.deleted.push_back(name);
  }
  return {};
}

Result<int> run_push(Invocation& invocation) {
  Prepared prepared = TRY(prepare(invocation, /*needs_registry=*/true));
  const project::Environment& environment = prepared.environment;
  RegistrySession& session = prepared.session;
  const PushTarget target = TRY(parse_target(invocation, environment));
  TRY(session.require_login());
  const CommandDirectory opened = TRY(open_command_directory(invocation, environment, session));
  if (opened.source == DirectorySource::kTemplate) {
    return invalid(
        "cannot push a template directory: rendered files may hold secrets; use "
        "migration.report");
  }
  const migrate::DirectoryFiles files =
      TRY(load_verified(invocation, *opened.directory, /*show_advice=*/true));
  TRY(check_flags(invocation));
  registry_api::DirectoryPush push;
  push.slug = target.slug;
  push.tag = target.tag;
  push.driver = TRY(check_statements(invocation, environment, files));
  push.archive = TRY(migrate::pack_directory(*opened.directory));
  push.context = TRY(parse_run_context(invocation.flags.text("context")));
  registry_api::RegistryClient* client = TRY(session.connect());
  push.force = invocation.flags.boolean("force") && client->has_feature("ext");
  if (push.tag.empty()) {
    TRY(add_difference(*client, *opened.directory, push));
  }
  const std::string url = TRY(client->push_directory(push));
  if (!url.empty()) {
    invocation.app.out << url << "\n";
  }
  return 0;
}

}  // namespace

Command make_migrate_push_command() {
  Command command;
  command.name = "push";
  command.arguments = "[flags] [name[:tag]]";
  command.summary = "Pushes the migration directory to the registry.";
  command.description =
      "Checks the directory against atlas.sum and on a dev database, uploads it, and prints its "
      "page.\n"
      "Without a tag it becomes the latest state, which atlas://<name> deploys; with a tag it is "
      "kept\n"
      "under that name.";
  command.examples =
      "  atlas migrate push myapp --dev-url \"sqlite://dev?mode=memory\"\n"
      "  atlas migrate push myapp:267b9d1 --dev-url \"sqlite://dev?mode=memory\"";
  command.flags = {dev_url_flag(),
                   dir_flag(),
                   dir_format_flag(),
                   lock_timeout_flag(),
                   text_flag("tag", "", "tag of the pushed state"),
                   bool_flag("no-state", "check atlas.sum only, without a dev database"),
                   bool_flag("force", "push although files that are deployed somewhere changed"),
                   hide(text_flag("context", "", "JSON describing where the push came from"))};
  command.count = {.min = 0, .max = 1};
  command.ends_in_order = true;
  command.run = run_push;
  return command;
}

}  // namespace rhumb::cli
