#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hcl/functions.h"

namespace rhumb::sys {
class Environment;
}  // namespace rhumb::sys

namespace rhumb::project {

/// What the functions of a project file may see: environment variables and files.
/// Lifetime: `environment` must outlive it.
class FunctionsHost : public hcl::FunctionHost {
 public:
  using Print = std::function<void(std::string_view line)>;
  /// `print` takes one line for stderr; may be empty.
  FunctionsHost(const sys::Environment& environment, Print print)
      : environment_(environment), print_(std::move(print)) {}

  void print(std::string_view line) override;
  [[nodiscard]] std::string environment(const std::string& name) override;
  [[nodiscard]] Result<std::string> read_file(const std::string& path) override;
  [[nodiscard]] std::vector<Entry> list_directory(const std::string& path) override;

 private:
  const sys::Environment& environment_;
  Print print_;
};

/// Every function that the expressions of a file in `directory` can call: the standard ones, those
/// of project files, and `version_cmp(a, b)`, which is below, at or above zero. Lifetime: `host`
/// must outlive the table. Source: spec project-file.md 5, registry.md 5.4.
[[nodiscard]] hcl::FunctionTable project_functions(FunctionsHost& host,
                                                   const std::string& directory);

}  // namespace rhumb::project
