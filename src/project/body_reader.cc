#include "project/body_reader.h"

#include <algorithm>

#include "base/go_format.h"
#include "base/text.h"
#include "hcl/convert.h"
#include "hcl/diagnostic.h"

namespace rhumb::project {
namespace {

/// The empty stretch where the body of a block begins.
SourceSpan body_start(const hcl::Block& block) {
  SourceSpan span = block.open_brace;
  span.end = span.begin;
  return span;
}

void report_missing(const hcl::Block& block,
                    const std::vector<BodyField>& fields,
                    Diagnostics& diagnostics) {
  for (const BodyField& field : fields) {
    if (field.is_required && block.body.find_attribute(field.name) == nullptr) {
      diagnostics.add(hcl::diagnostic(
          "Missing required argument",
          "The argument " + go_quote(field.name) + " is required, but no definition was found.",
          body_start(block)));
    }
  }
}

void report_surplus_attributes(const hcl::Block& block,
                               const std::vector<BodyField>& fields,
                               Diagnostics& diagnostics) {
  std::vector<std::string> names;
  names.reserve(fields.size());
  for (const BodyField& field : fields) {
    names.emplace_back(field.name);
  }
  for (const hcl::Attribute& attribute : block.body.attributes) {
    if (std::ranges::find(names, attribute.name) != names.end()) {
      continue;
    }
    std::string detail = "An argument named " + go_quote(attribute.name) + " is not expected here.";
    if (const auto suggestion = hcl::suggest_name(attribute.name, names)) {
      detail += " Did you mean " + go_quote(*suggestion) + "?";
    }
    diagnostics.add(hcl::diagnostic("Unsupported argument", detail, attribute.name_span));
  }
}

void report_blocks(const hcl::Block& block, Diagnostics& diagnostics) {
  for (const hcl::Block& inner : block.body.blocks) {
    const std::string detail = "Blocks of type " + go_quote(inner.type) + " are not expected here.";
    diagnostics.add(hcl::diagnostic("Unsupported block type", detail, inner.type_span));
  }
}

void report_unsuitable(const hcl::Attribute& attribute,
                       const std::string& reason,
                       Diagnostics& diagnostics) {
  diagnostics.add(hcl::diagnostic("Unsuitable value type", "Unsuitable value: " + reason,
                                  attribute.expr->start_span()));
}

std::optional<hcl::Value> read_field(const hcl::Attribute& attribute,
                                     const BodyField& field,
                                     const hcl::EvalContext& context,
                                     Diagnostics& diagnostics) {
  const size_t problems = diagnostics.errors().size();
  const hcl::Value value = hcl::evaluate(*attribute.expr, context, diagnostics);
  const bool is_failed = diagnostics.errors().size() > problems;
  if (field.type.is_dynamic()) {
    return is_failed ? std::nullopt : std::optional(value);
  }
  // The reference reads on after a failed evaluation, and reports the unknown value as well.
  const Result<hcl::Value> converted = hcl::convert(value, field.type);
  if (is_failed || (converted.has_value() && !converted.value().is_wholly_known())) {
    report_unsuitable(attribute, "value must be known", diagnostics);
    return std::nullopt;
  }
  if (!converted.has_value()) {
    report_unsuitable(attribute, converted.error().message(), diagnostics);
    return std::nullopt;
  }
  if (converted.value().is_null() && field.is_required) {
    report_unsuitable(attribute, "value must not be null", diagnostics);
    return std::nullopt;
  }
  return converted.value();
}

}  // namespace

const hcl::Value* BodyValues::find(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() || found->second.is_null() ? nullptr : &found->second;
}

std::string BodyValues::text(std::string_view name) const {
  const hcl::Value* value = find(name);
  return value == nullptr ? "" : value->as_string();
}

Result<std::vector<std::string>> BodyValues::texts(std::string_view name) const {
  std::vector<std::string> texts;
  const hcl::Value* value = find(name);
  for (const hcl::Value& element : value == nullptr ? hcl::ValueList() : value->elements()) {
    if (!element.has_content()) {
      return invalid(std::string(name) + " must not hold null");
    }
    texts.push_back(element.as_string());
  }
  return texts;
}

void BodyValues::put(std::string_view name, hcl::Value value) {
  values_.insert_or_assign(std::string(name), std::move(value));
}

Result<BodyValues> read_body(const hcl::Block& block,
                             const hcl::EvalContext& context,
                             const std::vector<BodyField>& fields,
                             bool is_strict) {
  Diagnostics diagnostics;
  report_missing(block, fields, diagnostics);
  if (is_strict) {
    report_surplus_attributes(block, fields, diagnostics);
    report_blocks(block, diagnostics);
  }
  BodyValues values;
  for (const BodyField& field : fields) {
    const hcl::Attribute* attribute = block.body.find_attribute(field.name);
    if (attribute == nullptr) {
      continue;
    }
    if (auto value = read_field(*attribute, field, context, diagnostics)) {
      values.put(field.name, *std::move(value));
    }
  }
  if (!diagnostics.empty()) {
    return hcl::to_error(diagnostics);
  }
  return values;
}

Result<void> check_attributes(const hcl::Block& block, const std::vector<BodyField>& fields) {
  Diagnostics diagnostics;
  report_surplus_attributes(block, fields, diagnostics);
  return diagnostics.empty() ? Result<void>() : hcl::to_error(diagnostics);
}

Result<void> check_no_blocks(const hcl::Block& block) {
  if (block.body.blocks.empty()) {
    return {};
  }
  Diagnostics diagnostics;
  for (const hcl::Block& inner : block.body.blocks) {
    diagnostics.add(hcl::diagnostic("Unexpected " + go_quote(inner.type) + " block",
                                    "Blocks are not allowed here.", inner.type_span));
  }
  return hcl::to_error(diagnostics).context("getting attributes");
}

Result<void> check_no_other_attributes(const hcl::Block& block,
                                       const std::vector<std::string_view>& known) {
  std::vector<std::string> surplus;
  for (const hcl::Attribute& attribute : block.body.attributes) {
    if (std::ranges::find(known, attribute.name) == known.end()) {
      surplus.push_back(attribute.name);
    }
  }
  if (surplus.empty()) {
    return {};
  }
  std::ranges::sort(surplus);
  return invalid("unexpected attributes: [" + join(surplus, " ") + "]");
}

}  // namespace rhumb::project
