#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "project/environment.h"
#include "project/host.h"

namespace rhumb::project {

/// What a project file is loaded for.
struct ProjectRequest {
  std::string config = "file://atlas.hcl";  ///< one URL or several joined by commas
  bool config_given = false;                ///< the person named it: it must exist
  std::string env{};
  std::vector<std::string> vars{};  ///< texts of `--var`, in order
  /// Without `--env`: the command needs the registry, so the `atlas` block is read.
  bool needs_registry = false;
  /// The migration directory the person named; the rules of reports hold for it instead of
  /// `migration.dir`. May be an `env://` URL.
  std::string directory{};
  /// A `for_each` that expands to nothing is no error: `environments` stays empty.
  bool allow_no_targets = false;
};

/// A loaded project. Without a selected environment `environments` is empty.
struct Project {
  CloudConfig cloud{};
  std::vector<Environment> environments{};
  /// Groups of the rollout, which `environments` are sorted by: in the order they start, and inside a
  /// group by its `order_by`. Empty without a rollout.
  std::vector<RolloutGroup> rollout{};
  Environment defaults{};  ///< of a command without `--env`: the global policies
  std::vector<std::string> warnings{};  ///< one line each, for stderr
};

/// Reads and evaluates the project file as the request needs it (spec cli-migrate.md 1.4).
///
/// Errors: those of spec project-file.md 1 to 3 and cli-migrate.md 1.4, texts exact.
[[nodiscard]] Result<Project> load_project(const ProjectRequest& request, const Host& host);

/// `--var` texts as name and value pairs, in order.
///
/// A text that is one CSV record whose fields all read `name=...` is several pairs; any other is
/// one pair, so values may hold commas, quotes and newlines.
/// Errors: `variables must be format as key=value, got: "x"`.
/// Source: spec cli-migrate.md 1.2.
[[nodiscard]] Result<std::vector<std::pair<std::string, std::string>>> parse_variables(
    const std::vector<std::string>& texts);

/// What an `env://` URL stands for in an environment; other URLs come back as they are. A list
/// stands for all its entries.
/// Errors: spec project-file.md 6.
[[nodiscard]] Result<std::vector<std::string>> resolve_env_url(const std::string& url,
                                                               const Environment& environment);

}  // namespace rhumb::project
