#include "project/data_source.h"

#include "base/go_format.h"
#include "project/data_source_internal.h"

namespace rhumb::project {
namespace {

using Reader = Result<hcl::Value> (*)(const DataRequest&);

struct Source {
  std::string_view type;  // a literal
  Reader read;            ///< null: known, but not available
};

constexpr Source kSources[] = {
    {"aws_rds_token", read_rds_token},
    {"blob_dir", read_blob_directory},
    {"cloud_databases", read_cloud_databases},
    {"composite_schema", nullptr},
    {"external", read_external},
    {"external_schema", nullptr},
    {"gcp_cloudsql_token", read_cloudsql_token},
    {"hcl_schema", read_schema_files},
    {"remote_dir", read_remote_directory},
    {"remote_schema", nullptr},
    {"runtimevar", read_runtime_variable},
    {"sql", read_sql},
    {"template_dir", read_template_directory},
};

const Source* find_source(std::string_view type) {
  for (const Source& source : kSources) {
    if (source.type == type) {
      return &source;
    }
  }
  return nullptr;
}

}  // namespace

bool is_data_source(std::string_view type) {
  return find_source(type) != nullptr;
}

hcl::Value url_object(const std::string& url) {
  hcl::ValueMap attributes;
  attributes.emplace("url", hcl::Value::string(url));
  return hcl::Value::object(std::move(attributes));
}

Result<hcl::Value> evaluate_data_source(const DataRequest& request) {
  const std::string& type = request.block.labels[0];
  const Source* source = find_source(type);
  if (source == nullptr) {
    return invalid("missing data source handler for " + go_quote(type));
  }
  const std::string name = "data." + type + "." + request.block.labels[1];
  if (source->read == nullptr) {
    return Error(ErrorCode::kUnsupported, "data source " + go_quote(type) + " is not supported")
        .context(name);
  }
  return source->read(request).context(name);
}

}  // namespace rhumb::project
