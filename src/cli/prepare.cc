#include "cli/prepare.h"

#include <utility>

#include "cli/environments.h"

namespace rhumb::cli {

Result<Prepared> prepare(Invocation& invocation, bool needs_registry) {
  project::Project project =
      TRY(load_environments(invocation, {.needs_registry = needs_registry, .several = false}));
  project::Environment environment = std::move(project.environments.front());
  TRY(enter_environment(invocation, environment));
  return Prepared{.environment = std::move(environment),
                  .session = RegistrySession(invocation, std::move(project.cloud))};
}

Result<PreparedDirectory> prepare_directory(Invocation& invocation, DirectoryWishes wishes) {
  Prepared prepared = TRY(prepare(invocation));
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
