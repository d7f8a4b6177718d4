#pragma once

#include <string>

#include "cli/registry_session.h"
#include "migrate/run_event.h"
#include "project/environment.h"

namespace rhumb::cli {

/// Asks the `check` blocks of the project file whether what was planned may be executed.
/// Errors: those of project::check_migration.
[[nodiscard]] Result<void> ask_checks(const Invocation& invocation,
                                      const project::Environment& environment,
                                      const migrate::Planned& planned);

/// What a registry is asked about one target before anything is executed there.
struct DeploymentQuestion {
  std::string repo{};
  const project::Environment& environment;
  migrate::TargetStarted target{};
  std::string version{};
  bool from_registry = false;  ///< the directory came from the server: without it nothing runs
  std::string override_reason{};
};

/// Asks a registry that announced policies whether a version may be deployed; tells the permit,
/// empty where none is needed.
///
/// Errors: `"migrate apply" was blocked by registry policy "<name>": <message>`, with the policy's
/// name as cause code; the server's error where no answer means no (`policy_unreachable`).
/// Source: spec registry.md 6.1.
[[nodiscard]] Result<std::string> ask_permit(const Invocation& invocation,
                                             RegistrySession& session,
                                             const DeploymentQuestion& question);

}  // namespace rhumb::cli
