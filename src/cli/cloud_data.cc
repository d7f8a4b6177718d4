#include "cli/cloud_data.h"

#include <chrono>

#include "base/go_format.h"
#include "base/text.h"
#include "registry_api/client.h"

namespace rhumb::cli {
namespace {

using codec::Json;
using gotmpl::Struct;
using gotmpl::Value;

/// `owner.name` is the member of a member.
const Json& member_of(const Json& object, std::string_view path) {
  static const Json kNull;
  const Json* found = &object;
  for (const std::string_view member : split(path, '.')) {
    found = found == nullptr ? nullptr : registry_api::find_any_case(*found, member);
  }
  return found == nullptr ? kNull : *found;
}

Value scalar_value(const Json& json, bool is_id) {
  if (json.is_null()) {
    return Value("");
  }
  if (json.is_number() && !is_id) {
    return Value(json.to_int().value_or(0));
  }
  if (json.is_bool()) {
    return Value(json.as_bool());
  }
  return Value(json.is_string() ? json.as_string() : json.number_text().value_or(""));
}

}  // namespace

Value cloud_value(const Json& object,
                  const std::string& type,
                  const std::vector<CloudField>& fields) {
  Struct out(type);
  for (const CloudField& field : fields) {
    const Json& member = member_of(object, field.member);
    out.field(std::string(field.name), scalar_value(member, field.name == "ID"),
              {.json = {}, .omit_empty = member.is_null()});
  }
  return out;
}

Value cloud_list_value(const Json& payload,
                       std::string_view member,
                       const std::string& name,
                       const std::string& type,
                       const std::vector<CloudField>& fields) {
  Value::Items items;
  const Json& rows = member_of(payload, member);
  if (rows.is_array()) {
    for (const Json& row : rows.as_array()) {
      items.push_back(cloud_value(row, type, fields));
    }
  }
  const Value page = cloud_value(member_of(payload, "pageInfo"), "cloud.PageInfo",
                                 {{"page", "Page"}, {"pageSize", "PageSize"}, {"total", "Total"}});
  return Struct("*cloud." + name)
      .field(name, Value::list_of("[]" + type, std::move(items)))
      .field("PageInfo", page);
}

std::string cloud_text(const Json& object, std::string_view member) {
  const Json& value = member_of(object, member);
  if (value.is_string()) {
    return value.as_string();
  }
  if (value.is_bool()) {
    return value.as_bool() ? "true" : "false";
  }
  return value.number_text().value_or("");
}

std::string cloud_cell(const Json& object, std::string_view member) {
  const std::string text = cloud_text(object, member);
  return text.empty() ? "-" : text;
}

std::string cloud_time(const Json& object, std::string_view member) {
  std::string text = cloud_text(object, member);
  const auto time = parse_rfc3339(text);
  if (!time.has_value()) {
    return text;
  }
  return format_rfc3339_nano(std::chrono::floor<std::chrono::seconds>(time.value()));
}

int64_t total_of(const Json& payload) {
  return member_of(member_of(payload, "pageInfo"), "total").to_int().value_or(0);
}

const codec::Json::Array& cloud_items(const codec::Json& object, std::string_view member) {
  static const codec::Json::Array kNone;
  const codec::Json* items = registry_api::find_any_case(object, member);
  return items != nullptr && items->is_array() ? items->as_array() : kNone;
}

std::string format_page_footer(const Json& payload) {
  const Json& page = member_of(payload, "pageInfo");
  return std::string(32, '-') + "\nPage: " + cloud_text(page, "page") +
         "  Page Size: " + cloud_text(page, "pageSize") + "  Total: " + cloud_text(page, "total") +
         "\n";
}

}  // namespace rhumb::cli
