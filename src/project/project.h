#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "project/environment.h"

namespace rhumb::driver {
class DriverRegistry;
}  // namespace rhumb::driver
namespace rhumb::http {
class Client;
}  // namespace rhumb::http
namespace rhumb::sys {
class Clock;
class Environment;
}  // namespace rhumb::sys

namespace rhumb::project {

/// What a project file is loaded for.
struct ProjectRequest {
  std::string config = "file://atlas.hcl";  ///< one URL or several joined by commas
  bool config_given = false;                ///< the person named it: it must exist
  std::string env{};
  std::vector<std::string> vars{};  ///< texts of `--var`, in order
  /// Without `--env`: the command needs the registry, so the `atlas` block is read.
  bool needs_registry = false;
};

/// What evaluating a file may ask of the world. References live as long as the call.
struct Host {
  const sys::Environment& environment;
  sys::Clock& clock;
  const driver::DriverRegistry& drivers;
  http::Client& http;
};

/// A loaded project. Without a selected environment `environments` is empty.
struct Project {
  CloudConfig cloud{};
  std::vector<Environment> environments{};
  std::vector<std::string> warnings{};  ///< one line each, for stderr
};

/// Reads and evaluates the project file as the request needs it (spec cli-migrate.md 1.4).
///
/// Errors: those of spec project-file.md 1 to 3 and cli-migrate.md 1.4, texts exact.
[[nodiscard]] Result<Project> load_project(const ProjectRequest& request, const Host& host);

/// `--var` texts as name and value pairs, in order. Errors: `variables must be format as key=value,
/// got: "x"`.
[[nodiscard]] Result<std::vector<std::pair<std::string, std::string>>> parse_variables(
    const std::vector<std::string>& texts);

/// What an `env://` URL stands for in an environment; other URLs come back as they are. A list
/// stands for all its entries.
/// Errors: spec project-file.md 6.
[[nodiscard]] Result<std::vector<std::string>> resolve_env_url(const std::string& url,
                                                               const Environment& environment);

}  // namespace rhumb::project
