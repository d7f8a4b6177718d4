#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "hcl/evaluate.h"
#include "hcl/syntax.h"
#include "project/environment.h"
#include "project/host.h"

namespace rhumb::project {

/// What data sources leave behind besides their values.
struct DataOutputs {
  // Shared: every target keeps the directories beyond the project.
  std::shared_ptr<migrate::MemoryDirectories> directories{};
  std::map<std::string, Environment::RemoteDirectory> remote_directories{};
  std::map<std::string, std::vector<std::string>> template_values{};
  std::map<std::string, SchemaFiles> schema_files{};
  std::vector<std::string> secrets{};
  std::vector<std::string> warnings{};
};

/// What a data source is evaluated with.
struct DataRequest {
  const Host& host;
  const hcl::Block& block;  ///< with two labels: source and name
  const hcl::EvalContext& context;
  const CloudConfig& cloud;
  DataOutputs& outputs;
};

/// Whether there is a data source of that type, be it one that is always refused.
[[nodiscard]] bool is_data_source(std::string_view type);

/// The value of `data.<source>.<name>`.
/// Errors: those of spec project-file.md 3, prefixed with `data.<source>.<name>: `.
[[nodiscard]] Result<hcl::Value> evaluate_data_source(const DataRequest& request);

}  // namespace rhumb::project
