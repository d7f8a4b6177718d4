#include "project/body_reader.h"
#include "project/data_source_internal.h"

namespace rhumb::project {
namespace {

Result<hcl::ValueMap> read_variables(const DataRequest& request) {
  const hcl::Attribute* attribute = request.block.body.find_attribute("vars");
  if (attribute == nullptr) {
    return hcl::ValueMap();
  }
  const hcl::Value vars =
      TRY(hcl::evaluate(*attribute->expr, request.context).context("evaluating \"vars\""));
  if (vars.is_null()) {
    return hcl::ValueMap();
  }
  if (!vars.is_mapping()) {
    return invalid("attribute \"vars\" must be a map, got: " + vars.type().friendly_name());
  }
  return vars.entries();
}

}  // namespace

Result<hcl::Value> read_schema_files(const DataRequest& request) {
  const BodyValues values =
      TRY(read_body(request.block, request.context,
                    {{.name = "path", .type = hcl::Type::string()},
                     {.name = "paths", .type = hcl::Type::list(hcl::Type::string())}},
                    false)
              .context("decoding body"));
  TRY(check_no_blocks(request.block));
  SchemaFiles files;
  files.variables = TRY(read_variables(request));
  TRY(check_no_other_attributes(request.block, {"path", "paths", "vars"}));
  const std::string path = values.text("path");
  const hcl::Value* paths = values.find("paths");
  if (!path.empty() && paths != nullptr) {
    return invalid("path and paths cannot be set together");
  }
  if (!path.empty()) {
    files.paths.push_back(path);
  } else if (paths != nullptr) {
    for (const hcl::Value& entry : paths->elements()) {
      files.paths.push_back(entry.has_content() ? entry.as_string() : "");
    }
  }
  if (files.paths.empty()) {
    return invalid("path or paths must be set");
  }
  const std::string url = "mem://hcl_schema/" + request.block.labels[1];
  request.outputs.schema_files[url] = std::move(files);
  return url_object(url);
}

}  // namespace rhumb::project
