#include "hcl/convert.h"
#include "migrate/memory_directory.h"
#include "migrate/template_directory.h"
#include "project/body_reader.h"
#include "project/data_source_internal.h"
#include "project/secret_check.h"
#include "project/variables.h"

namespace rhumb::project {
namespace {

Error unfit_variable(const hcl::Value& value) {
  return invalid("attribute \"vars\" must be a map of strings, numbers or booleans, got: " +
                 value.type().friendly_name());
}

/// A whole number prints in plain decimal, however large; it is text where int64 ends.
gotmpl::Value number_value(const hcl::Number& number) {
  if (!number.is_integer()) {
    return {number.to_double()};
  }
  const auto integer = number.to_int64();
  return integer ? gotmpl::Value(*integer) : gotmpl::Value(number.to_text());
}

Result<gotmpl::Value> scalar_value(const hcl::Value& value) {
  if (value.has_content()) {
    switch (value.kind()) {
      case hcl::TypeKind::kString:
        return gotmpl::Value(value.as_string());
      case hcl::TypeKind::kNumber:
        return number_value(value.as_number());
      case hcl::TypeKind::kBool:
        return gotmpl::Value(value.as_bool());
      default:
        break;
    }
  }
  return unfit_variable(value);
}

/// A list, set or tuple of one scalar type.
Result<gotmpl::Value> list_value(const hcl::Value& value) {
  gotmpl::Value::Items items;
  for (const hcl::Value& element : value.elements()) {
    const Result<gotmpl::Value> item = scalar_value(element);
    if (!item.has_value() || element.type() != value.elements().front().type()) {
      return unfit_variable(value);
    }
    items.push_back(item.value());
  }
  return gotmpl::Value::list(std::move(items));
}

Result<migrate::TemplateVariables> template_variables(const hcl::Value& vars) {
  migrate::TemplateVariables variables;
  if (vars.is_null()) {
    return variables;
  }
  if (!vars.is_mapping()) {
    return invalid("attribute \"vars\" must be a map, got: " + vars.type().friendly_name());
  }
  for (const auto& [name, value] : vars.entries()) {
    variables[name] = TRY(value.is_sequence() ? list_value(value) : scalar_value(value));
  }
  return variables;
}

}  // namespace

Result<hcl::Value> read_template_directory(const DataRequest& request) {
  const BodyValues values =
      TRY(read_body(request.block, request.context,
                    {{.name = "path", .type = hcl::Type::string(), .is_required = true}}, false)
              .context("decoding body"));
  TRY(check_no_blocks(request.block));
  hcl::Value vars;
  if (const hcl::Attribute* attribute = request.block.body.find_attribute("vars")) {
    vars = TRY(hcl::evaluate(*attribute->expr, request.context).context("evaluating \"vars\""));
  }
  TRY(check_no_other_attributes(request.block, {"path", "vars"}));

  const migrate::TemplateVariables variables = TRY(template_variables(vars));
  const std::string path = values.text("path");
  const std::string& name = request.block.labels[1];
  const std::string url = migrate::template_directory_url(path, name);
  std::shared_ptr<migrate::MemoryDirectory> directory =
      TRY(migrate::render_template_directory(path, url, variables));
  if (auto warning = TRY(find_secret_variable(*directory, vars))) {
    request.outputs.warnings.push_back("data.template_dir." + name + ": " + *warning);
  }
  request.outputs.directories->put(url.substr(std::string_view("mem://").size()),
                                   std::move(directory));
  std::vector<std::string> texts;
  collect_texts(vars, texts);
  request.outputs.template_values[url] = std::move(texts);
  return url_object(url);
}

}  // namespace rhumb::project
