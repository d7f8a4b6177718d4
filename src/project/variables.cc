#include "project/variables.h"

#include "base/go_format.h"
#include "hcl/convert.h"
#include "hcl/diagnostic.h"
#include "hcl/functions.h"
#include "project/body_reader.h"

namespace rhumb::project {
namespace {

Result<void> check_labels(const hcl::Block& block) {
  if (block.labels.empty()) {
    return invalid(hcl::format_diagnostic(hcl::diagnostic(
        "Missing  for variable", "All variable blocks must have 1 labels ().", block.open_brace)));
  }
  if (block.labels.size() > 1) {
    return invalid(hcl::format_diagnostic(hcl::diagnostic(
        "Extraneous label for variable", "Only 1 labels () are expected for variable blocks.",
        block.label_spans[1])));
  }
  return {};
}

Result<hcl::Type> declared_type(const hcl::Value& value, const std::string& name) {
  if (const auto* type = value.find_capsule<hcl::TypeCapsule>()) {
    return type->type();
  }
  const Result<hcl::Value> text = hcl::convert(value, hcl::Type::string());
  const bool has_text = text.has_value() && text.value().has_content();
  return invalid("invalid type " +
                 go_quote(has_text ? text.value().as_string() : value.type().friendly_name()) +
                 " for variable " + go_quote(name) +
                 ". Valid types are: string, number, bool, list, map, or set");
}

/// What the command line gives: a text, or a list of texts when the name was repeated.
std::optional<hcl::Value> find_given(
    const std::string& name, const std::vector<std::pair<std::string, std::string>>& given) {
  hcl::ValueList texts;
  for (const auto& [key, text] : given) {
    if (key == name) {
      texts.push_back(hcl::Value::string(text));
    }
  }
  if (texts.empty()) {
    return std::nullopt;
  }
  return texts.size() == 1 ? texts.front()
                           : hcl::Value::list(hcl::Type::string(), std::move(texts));
}

/// A list type takes one of its elements, too.
hcl::Value wrap_element(hcl::Value value, const hcl::Type& type) {
  const bool is_element = type.kind() == hcl::TypeKind::kList && value.type() == type.element();
  return is_element ? hcl::Value::list(type.element(), {std::move(value)}) : value;
}

}  // namespace

Result<VariableValue> evaluate_variable(
    const hcl::Block& block,
    const hcl::EvalContext& context,
    const std::vector<std::pair<std::string, std::string>>& given) {
  TRY(check_labels(block));
  return evaluate_variable(block, context, find_given(block.labels.front(), given));
}

Result<VariableValue> evaluate_variable(const hcl::Block& block,
                                        const hcl::EvalContext& context,
                                        std::optional<hcl::Value> given) {
  TRY(check_labels(block));
  static const std::vector<BodyField> kFields = {
      {.name = "type", .type = hcl::Type::dynamic(), .is_required = true},
      {.name = "default", .type = hcl::Type::dynamic()},
      {.name = "description", .type = hcl::Type::string()},
      {.name = "sensitive", .type = hcl::Type::boolean()}};
  hcl::EvalContext types;
  types.parent = &context;
  types.variables = hcl::type_names();
  const BodyValues values = TRY(read_body(block, types, kFields, true));

  VariableValue variable;
  variable.name = block.labels.front();
  const hcl::Value* type_value = values.find("type");
  const hcl::Type type =
      TRY(declared_type(type_value == nullptr ? hcl::Value() : *type_value, variable.name));
  const hcl::Value* sensitive = values.find("sensitive");
  variable.is_sensitive = sensitive != nullptr && sensitive->as_bool();

  std::optional<hcl::Value> value = std::move(given);
  if (!value && block.body.find_attribute("default") != nullptr) {
    const hcl::Value* fallback = values.find("default");
    value = fallback == nullptr ? hcl::Value() : *fallback;
  }
  if (!value) {
    return invalid("missing value for required variable " + go_quote(variable.name));
  }
  variable.value = TRY(hcl::convert(wrap_element(*std::move(value), type), type)
                           .context("variable " + go_quote(variable.name)));
  return variable;
}

void collect_texts(const hcl::Value& value, std::vector<std::string>& texts) {
  if (value.is_sequence()) {
    for (const hcl::Value& element : value.elements()) {
      collect_texts(element, texts);
    }
  } else if (value.is_mapping()) {
    for (const auto& [key, entry] : value.entries()) {
      collect_texts(entry, texts);
    }
  } else if (value.has_content()) {
    const Result<hcl::Value> text = hcl::convert(value, hcl::Type::string());
    if (text.has_value() && text.value().has_content() && !text.value().as_string().empty()) {
      texts.push_back(text.value().as_string());
    }
  }
}

}  // namespace rhumb::project
