#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "cli/policy_memory.h"
#include "cli/registry_session.h"
#include "migrate/run_event.h"
#include "project/environment.h"
#include "sys/clock.h"

namespace rhumb::cli {

/// Asks the `check` blocks of the project file whether what was planned may be executed.
/// Errors: those of project::check_migration.
[[nodiscard]] Result<void> ask_checks(const Invocation& invocation,
                                      const project::Environment& environment,
                                      const migrate::Planned& planned);

/// What a registry is asked about one target before anything is executed there.
struct DeploymentQuestion {
  size_t number = 0;  ///< of the target in the run
  std::string repo{};
  const project::Environment& environment;
  migrate::TargetStarted target{};
  std::string version{};
  bool from_registry = false;  ///< the directory came from the server: without it nothing runs
};

/// What stands between a run and its databases: the policies of the registry that it is reported
/// to.
///
/// Asks only a registry that announces policies, once for all targets of a run that lead to the
/// same version of the same directory, as far as the registry knows them by their URLs. Source:
/// spec registry.md 6.1.
class DeploymentGate {
 public:
  DeploymentGate(const Invocation& invocation, RegistrySession& session);

  /// Announces a target that will be reported, by its redacted URL.
  void expect(size_t number, std::string repo, std::string url);

  /// Asks whether a version may be deployed; tells the permit, empty where none is needed.
  ///
  /// Errors: `"migrate apply" was blocked by registry policy "<name>": <message>`, one line for
  /// each reason, with the policy's name as cause code; the registry's refusal of the question;
  /// where no answer means no (`policy_unreachable`), why there was none.
  Result<std::string> ask(const DeploymentQuestion& question);

 private:
  struct Permit {
    std::string target_id{};
    std::string text{};
  };
  /// What was said of one version.
  struct Answer {
    std::optional<Error> refusal{};
    bool needs_permits = false;
    std::map<size_t, Permit> permits{};  // by number of the target
    sys::Instant time{};
  };
  struct Expected {
    std::string repo{};
    std::string url{};
  };
  using Targets = std::map<size_t, codec::Json>;  // by number

  [[nodiscard]] std::optional<Result<std::string>> find_answer(
      const DeploymentQuestion& question) const;
  [[nodiscard]] bool asks_for_all(const DeploymentQuestion& question) const;
  [[nodiscard]] bool is_fresh(const Answer& answer) const;
  [[nodiscard]] Targets targets_of(const DeploymentQuestion& question) const;
  Result<std::string> ask_registry(registry_api::RegistryClient& client,
                                   const DeploymentQuestion& question);
  const Answer& remember(const DeploymentQuestion& question, Answer answer);
  Answer read_answer(const codec::Json& payload, const Targets& asked) const;
  void keep_permits(const codec::Json& payload, const DeploymentQuestion& question) const;
  Result<std::string> go_without_answer(const DeploymentQuestion& question,
                                        const std::string& problem) const;
  [[nodiscard]] PolicyQuestion about(const DeploymentQuestion& question) const;

  const Invocation& invocation_;
  RegistrySession& session_;
  PolicyMemory memory_;
  std::map<size_t, Expected> expected_;    // by number of the target
  std::map<std::string, Answer> answers_;  // by what was asked
};

}  // namespace rhumb::cli
