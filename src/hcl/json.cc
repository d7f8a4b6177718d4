#include "hcl/json.h"

namespace rhumb::hcl {

namespace {

Result<void> append_json(const Value& value, std::string& out);

Result<void> append_list(const ValueList& list, std::string& out) {
  out += '[';
  for (size_t i = 0; i < list.size(); ++i) {
    if (i > 0) {
      out += ',';
    }
    TRY(append_json(list[i], out));
  }
  out += ']';
  return {};
}

Result<void> append_map(const ValueMap& map, std::string& out) {
  out += '{';
  bool first = true;
  for (const auto& [key, value] : map) {
    if (!first) {
      out += ',';
    }
    first = false;
    out += codec::format_json_string(key);
    out += ':';
    TRY(append_json(value, out));
  }
  out += '}';
  return {};
}

Result<void> append_json(const Value& value, std::string& out) {
  if (!value.is_known()) {
    return invalid("value is not known");
  }
  if (value.is_null()) {
    out += "null";
    return {};
  }
  switch (value.kind()) {
    case TypeKind::kString:
      out += codec::format_json_string(value.as_string());
      return {};
    case TypeKind::kNumber:
      if (value.as_number().is_infinite()) {
        return invalid("cannot serialize infinity as JSON");
      }
      out += value.as_number().to_text();
      return {};
    case TypeKind::kBool:
      out += value.as_bool() ? "true" : "false";
      return {};
    case TypeKind::kList:
    case TypeKind::kSet:
    case TypeKind::kTuple:
      return append_list(value.elements(), out);
    case TypeKind::kMap:
    case TypeKind::kObject:
      return append_map(value.entries(), out);
    case TypeKind::kDynamic:
    case TypeKind::kCapsule:
      break;
  }
  return invalid("type not allowed: " + value.type().friendly_name());
}

}  // namespace

Result<std::string> format_value_json(const Value& value) {
  std::string out;
  TRY(append_json(value, out));
  return out;
}

Result<codec::Json> to_json(const Value& value) {
  if (value.is_null()) {
    return codec::Json();
  }
  if (value.is_sequence()) {
    codec::Json out = codec::Json::array();
    for (const Value& element : value.elements()) {
      codec::Json part = TRY(to_json(element));
      out.push_back(std::move(part));
    }
    return out;
  }
  if (value.is_mapping()) {
    codec::Json out = codec::Json::object();
    for (const auto& [key, element] : value.entries()) {
      codec::Json part = TRY(to_json(element));
      out.set(key, std::move(part));
    }
    return out;
  }
  std::string text = TRY(format_value_json(value));
  switch (value.kind()) {
    case TypeKind::kString:
      return codec::Json(value.as_string());
    case TypeKind::kBool:
      return codec::Json(value.as_bool());
    default:
      return codec::Json::raw_number(std::move(text));
  }
}

Result<Value> from_json(const codec::Json& json) {
  switch (json.kind()) {
    case codec::Json::Kind::kNull:
      return Value();
    case codec::Json::Kind::kBool:
      return Value::boolean(json.as_bool());
    case codec::Json::Kind::kString:
      return Value::string(json.as_string());
    case codec::Json::Kind::kArray: {
      ValueList elements;
      for (const codec::Json& part : json.as_array()) {
        Value element = TRY(from_json(part));
        elements.push_back(std::move(element));
      }
      return Value::tuple(std::move(elements));
    }
    case codec::Json::Kind::kObject: {
      ValueMap attributes;
      for (const codec::Json::Member& member : json.as_object()) {
        Value attribute = TRY(from_json(member.value));
        attributes.insert_or_assign(normalize_text(member.key), std::move(attribute));
      }
      return Value::object(std::move(attributes));
    }
    default:
      break;
  }
  Number number = TRY(Number::parse(json.number_text().value_or("0")));
  return Value::number(std::move(number));
}

Result<std::string> display_text(const Value& value) {
  if (value.has_content() && value.kind() == TypeKind::kString) {
    return value.as_string();
  }
  if (value.has_content() && value.kind() == TypeKind::kNumber) {
    return value.as_number().to_text();
  }
  return format_value_json(value);
}

}  // namespace rhumb::hcl
