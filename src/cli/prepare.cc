#include "cli/prepare.h"

#include <fmt/format.h>

#include <utility>

#include "base/go_format.h"
#include "cli/environments.h"
#include "migrate/directory_url.h"

namespace rhumb::cli {

Result<Prepared> prepare(Invocation& invocation, bool needs_registry) {
  project::Project project =
      TRY(load_environments(invocation, {.needs_registry = needs_registry, .several = false}));
  project::Environment environment = std::move(project.environments.front());
  TRY(enter_environment(invocation, environment));
  return Prepared{.environment = std::move(environment),
                  .session = RegistrySession(invocation, std::move(project.cloud))};
}

namespace {

Result<void> check_folder(const Invocation& invocation, const project::Environment& environment) {
  const std::string text = TRY(resolve_url(invocation.flags.text("dir"), environment));
  const migrate::DirectoryUrl url = TRY(migrate::parse_directory_url(text));
  if (url.scheme != "atlas" && url.scheme != "mem") {
    return {};
  }
  return invalid(
      fmt::format("{} changes files of a folder, and {} is none; pass --dir with the "
                  "file:// URL of the folder it is made from",
                  go_quote(invocation.path), go_quote(url.shown)));
}

}  // namespace

Result<PreparedDirectory> prepare_directory(Invocation& invocation, DirectoryWishes wishes) {
  Prepared prepared = TRY(prepare(invocation));
  if (wishes.is_folder) {
    TRY(check_folder(invocation, prepared.environment));
  }
  CommandDirectory opened = TRY(
      open_command_directory(invocation, prepared.environment, prepared.session, wishes.create));
  migrate::DirectoryFiles files;
  if (wishes.verify) {
    files = TRY(load_verified(invocation, *opened.directory, /*show_advice=*/true));
  }
  TRY(check_flags(invocation));
  return PreparedDirectory{.environment = std::move(prepared.environment),
                           .session = std::move(prepared.session),
                           .opened = std::move(opened),
                           .files = std::move(files)};
}

}  // namespace rhumb::cli
