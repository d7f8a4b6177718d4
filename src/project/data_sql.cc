#include <algorithm>
#include <optional>

#include "base/go_format.h"
#include "driver/url.h"
#include "project/body_reader.h"
#include "project/data_source_internal.h"

namespace rhumb::project {
namespace {

/// Numbers travel as floats, as the reference binds them.
std::optional<driver::Value> to_parameter(const hcl::Value& value) {
  if (!value.has_content()) {
    return std::nullopt;
  }
  switch (value.kind()) {
    case hcl::TypeKind::kString:
      return driver::Value(value.as_string());
    case hcl::TypeKind::kNumber:
      return driver::Value(value.as_number().to_double());
    case hcl::TypeKind::kBool:
      return driver::Value(int64_t{value.as_bool() ? 1 : 0});
    default:
      return std::nullopt;
  }
}

Result<std::vector<driver::Value>> read_parameters(const DataRequest& request) {
  std::vector<driver::Value> parameters;
  const hcl::Attribute* attribute = request.block.body.find_attribute("args");
  if (attribute == nullptr) {
    return parameters;
  }
  const hcl::Value args =
      TRY(hcl::evaluate(*attribute->expr, request.context).context("evaluating \"args\""));
  if (args.is_null()) {
    return parameters;
  }
  if (!args.is_sequence()) {
    return invalid("attribute \"args\" must be a list, got: " + args.type().friendly_name());
  }
  for (const hcl::Value& element : args.elements()) {
    std::optional<driver::Value> parameter = to_parameter(element);
    if (!parameter) {
      return invalid("attribute \"args\" must be a list of strings, numbers or booleans, got: " +
                     element.type().friendly_name());
    }
    parameters.push_back(*std::move(parameter));
  }
  return parameters;
}

constexpr std::string_view kTimeTypes[] = {"date",        "datetime", "timestamp",
                                           "timestamptz", "time",     "timetz"};

bool is_time(const std::string& type, const driver::Value& cell) {
  const bool may_be_time =
      std::holds_alternative<int64_t>(cell) || std::holds_alternative<std::string>(cell);
  return may_be_time && std::ranges::find(kTimeTypes, type) != std::end(kTimeTypes);
}

bool is_boolean(const std::string& type, const driver::Value& cell) {
  return (type == "boolean" || type == "bool") && !driver::is_null(cell);
}

/// `type` is what the database declares, or empty.
Result<hcl::Value> from_cell(const driver::Value& cell, const std::string& type) {
  if (is_time(type, cell)) {
    return invalid("unsupported row type: time.Time");
  }
  if (is_boolean(type, cell)) {
    return hcl::Value::boolean(driver::is_true(cell));
  }
  if (const auto* integer = std::get_if<int64_t>(&cell)) {
    return hcl::Value::integer(*integer);
  }
  if (const auto* number = std::get_if<double>(&cell)) {
    return hcl::Value::number(hcl::Number::from_double(*number));
  }
  if (const auto* text = std::get_if<std::string>(&cell)) {
    return hcl::Value::string(*text);
  }
  if (const auto* blob = std::get_if<driver::Blob>(&cell)) {
    return hcl::Value::string(blob->bytes);
  }
  return invalid("unsupported row type: <nil>");
}

Result<hcl::Value> to_value(const driver::Rows& rows) {
  const std::string type = rows.types.empty() ? "" : rows.types.front();
  hcl::ValueList values;
  for (const std::vector<driver::Value>& row : rows.rows) {
    if (row.size() != 1) {
      return invalid("scanning row: sql: expected " + std::to_string(row.size()) +
                     " destination arguments in Scan, not 1");
    }
    values.push_back(TRY(from_cell(row.front(), type)));
    if (values.back().type() != values.front().type()) {
      return invalid("rows differ in type: " + values.front().type().friendly_name() + " and " +
                     values.back().type().friendly_name());
    }
  }
  hcl::ValueMap attributes;
  attributes.emplace("count", hcl::Value::integer(static_cast<int64_t>(values.size())));
  const hcl::Type element = values.empty() ? hcl::Type::dynamic() : values.front().type();
  if (!values.empty()) {
    attributes.emplace("value", values.front());
  }
  attributes.emplace("values", hcl::Value::list(element, std::move(values)));
  return hcl::Value::object(std::move(attributes));
}

}  // namespace

Result<hcl::Value> read_sql(const DataRequest& request) {
  const BodyValues values =
      TRY(read_body(request.block, request.context,
                    {{.name = "url", .type = hcl::Type::string(), .is_required = true},
                     {.name = "query", .type = hcl::Type::string(), .is_required = true}},
                    false)
              .context("decoding body"));
  TRY(check_no_blocks(request.block));
  const std::vector<driver::Value> parameters = TRY(read_parameters(request));
  TRY(check_no_other_attributes(request.block, {"url", "query", "args"}));
  const std::unique_ptr<driver::Connection> connection =
      TRY(request.host.drivers.open(values.text("url")).context("opening connection"));
  const driver::Rows rows =
      TRY(connection->query(values.text("query"), parameters).context("executing query"));
  return to_value(rows);
}

}  // namespace rhumb::project
