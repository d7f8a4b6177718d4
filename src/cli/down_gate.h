#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/app.h"
#include "cli/registry_session.h"
#include "migrate/former_files.h"
#include "migrate/run_event.h"
#include "registry_api/client.h"

namespace rhumb::cli {

/// What a revert from a registry directory is filed under.
struct DownPlace {
  std::string repo{};
  std::string env_name{};
  std::string project{};
  std::optional<registry_api::DeployContext> context{};
  bool dry_run = false;
};

/// What stands between a revert from a registry directory and its database: whether it has to be
/// approved, and whether it was.
///
/// Errors of everything: the registry's own. Without its word nothing is reverted.
/// Source: spec registry.md 4.7.
class DownGate final : public migrate::RunObserver {
 public:
  DownGate(RegistrySession& session, DownPlace place)
      : session_(session), place_(std::move(place)) {}

  /// Remembers the target.
  void on_event(const migrate::RunEvent& event) override;

  /// Asks whether an approval is needed, and for the files that were applied to the target; the
  /// error of the first question is told by admit().
  Result<std::vector<migrate::FormerFile>> ask();
  /// Lets a plan pass, or refuses it with an error that held() explains.
  Result<void> admit(const migrate::Planned& planned);

  /// The status that kept a run from being executed; nothing when none did.
  [[nodiscard]] std::optional<registry_api::PlanStatus> held() const { return held_; }
  /// Nothing stands in the way of a plan any more.
  [[nodiscard]] bool has_passed() const { return has_passed_; }
  /// Digest that names the plan; empty when nothing was to be executed.
  [[nodiscard]] const std::string& plan_id() const { return plan_id_; }
  /// Page of the plan; empty when no approval is needed.
  [[nodiscard]] const std::string& url() const { return url_; }

 private:
  Result<void> check(const migrate::Planned& planned);
  [[nodiscard]] registry_api::RevertPlan make_plan(const migrate::Planned& planned) const;
  Result<registry_api::KnownPlan> find_or_create_plan(const migrate::Planned& planned);

  RegistrySession& session_;
  DownPlace place_;
  migrate::TargetStarted target_;
  Result<bool> is_protected_ = Error(ErrorCode::kUnavailable, "it was not asked");
  std::optional<registry_api::PlanStatus> held_;
  bool has_passed_ = false;
  std::string plan_id_;
  std::string url_;
};

/// Lower-case hexadecimal SHA-256 over target, schema, both versions and every statement as it will
/// be executed, a byte 0 between them: any change is another plan.
[[nodiscard]] std::string down_plan_id(const migrate::TargetStarted& target,
                                       const migrate::Planned& planned);

}  // namespace rhumb::cli
