#include "graphql/input.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/go_format.h"

namespace rhumb::graphql {
namespace {

using codec::Json;

std::string describe(const Json& value) {
  switch (value.kind()) {
    case Json::Kind::kNull:
      return "null";
    case Json::Kind::kBool:
      return "a boolean";
    case Json::Kind::kString:
      return value.as_string().size() <= 40 ? fmt::format("\"{}\"", value.as_string()) : "a string";
    case Json::Kind::kArray:
      return "a list";
    case Json::Kind::kObject:
      return "an object";
    default:
      return value.number_text().value_or("a number");
  }
}

Error wrong_type(const InputPath& path, std::string_view type, const Json& value) {
  return invalid(
      fmt::format("{} must be of type {}, found {}", path.text(), type, describe(value)));
}

Json number_to_json(const Value& value) {
  int64_t number = 0;
  const std::string& text = value.text;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end == text.data() + text.size()) {
    return number;
  }
  return Json::raw_number(text);
}

/// A literal with its variables filled in; nothing when it is a variable without a value.
std::optional<Json> fill_in(const Value& value, const Json& variables) {
  switch (value.kind) {
    case ValueKind::kVariable: {
      const Json* found = variables.find(value.text);
      return found == nullptr ? std::nullopt : std::optional<Json>(*found);
    }
    case ValueKind::kNull:
      return Json();
    case ValueKind::kInt:
    case ValueKind::kFloat:
      return number_to_json(value);
    case ValueKind::kBoolean:
      return Json(value.text == "true");
    case ValueKind::kString:
    case ValueKind::kEnum:
      return Json(value.text);
    case ValueKind::kList: {
      Json list = Json::array();
      for (const Value& item : value.items) {
        list.push_back(fill_in(item, variables).value_or(Json()));
      }
      return list;
    }
    case ValueKind::kObject: {
      Json object = Json::object();
      for (size_t i = 0; i < value.items.size(); ++i) {
        std::optional<Json> member = fill_in(value.items[i], variables);
        if (member) {
          object.set(value.names[i], std::move(*member));
        }
      }
      return object;
    }
  }
  return std::nullopt;
}

std::optional<Json> take(Json& variables, std::string_view name) {
  Json* found = variables.find(name);
  return found == nullptr ? std::nullopt : std::optional<Json>(std::exchange(*found, Json()));
}

bool is_base64_char(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '/';
}

}  // namespace

Json constant_to_json(const Value& value) {
  return fill_in(value, Json::object()).value_or(Json());
}

Result<Json> read_base64(const Json& value) {
  const Error error = invalid("standard base64 with padding");
  if (!value.is_string() || value.as_string().size() % 4 != 0) {
    return error;
  }
  std::string_view text = value.as_string();
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) {
    text.remove_suffix(1);
  }
  if (!std::all_of(text.begin(), text.end(), is_base64_char)) {
    return error;
  }
  return value;
}

Result<Json> read_rfc3339(const Json& value) {
  const Error error = invalid("a time like 2006-01-02T15:04:05Z");
  if (!value.is_string()) {
    return error;
  }
  // Years that an instant in nanoseconds cannot hold are legal (0001-01-01T00:00:00Z means unset):
  // the check sees one that can, with the same calendar, which repeats every 400 years.
  std::string text = value.as_string();
  int year = 0;
  if (text.size() > 4 && text[0] != '-' &&
      std::from_chars(text.data(), text.data() + 4, year).ptr == text.data() + 4) {
    text.replace(0, 4, fmt::format("{:04}", 1700 + (year + 300) % 400));
  }
  return parse_rfc3339(text).has_value() ? Result<Json>(value) : error;
}

std::string InputPath::text() const {
  if (parent == nullptr) {
    return std::string(name);
  }
  return index ? fmt::format("{}[{}]", parent->text(), *index)
               : fmt::format("{}.{}", parent->text(), name);
}

Result<Json> InputReader::read(Json value, const TypeRef& type, std::string_view what) {
  return read_at(std::move(value), type, {.name = what});
}

Result<Json> InputReader::read_at(Json value, const TypeRef& type, const InputPath& path) {
  if (value.is_null()) {
    if (!type.non_null()) {
      return Json();
    }
    if (type.is_list() && rules_.null_lists) {
      return Json::array();
    }
    return wrong_type(path, format_type(type), value);
  }
  return type.is_list() ? read_list(std::move(value), type.element(), path)
                        : read_named(std::move(value), schema_.type(type.name), path);
}

Result<Json> InputReader::read_list(Json value, const TypeRef& element, const InputPath& path) {
  if (!value.is_array()) {
    Json one = TRY(read_at(std::move(value), element, path));
    return Json::array().push_back(std::move(one));
  }
  Json::Array& elements = value.as_array();
  for (size_t i = 0; i < elements.size(); ++i) {
    elements[i] = TRY(read_at(std::move(elements[i]), element, {.parent = &path, .index = i}));
  }
  return value;
}

Result<Json> InputReader::read_named(Json value, const Type& type, const InputPath& path) {
  switch (type.kind) {
    case TypeKind::kScalar:
      return read_scalar(std::move(value), type, path);
    case TypeKind::kEnum:
      if (!value.is_string() || !type.has_enum_value(value.as_string())) {
        return wrong_type(path, type.name, value);
      }
      return value;
    case TypeKind::kInputObject:
      return read_object(std::move(value), type, path);
    default:
      return wrong_type(path, type.name, value);
  }
}

Result<Json> InputReader::read_scalar(Json value, const Type& type, const InputPath& path) {
  if (type.name == "Int") {
    const std::optional<int64_t> number = value.to_int();
    if (!number || *number < INT32_MIN || *number > INT32_MAX) {
      return wrong_type(path, type.name, value);
    }
    return Json(*number);
  }
  if (type.name == "ID" && !value.is_string()) {
    const std::optional<int64_t> number = value.to_int();
    return number ? Result<Json>(Json(std::to_string(*number)))
                  : wrong_type(path, type.name, value);
  }
  const bool is_wrong = (type.name == "Float" && !value.is_number()) ||
                        (type.name == "Boolean" && !value.is_bool()) ||
                        (type.name == "String" && !value.is_string());
  if (is_wrong) {
    return wrong_type(path, type.name, value);
  }
  const auto reader = rules_.scalars.find(type.name);
  if (reader == rules_.scalars.end()) {
    return value;
  }
  Result<Json> read = reader->second(value);
  if (!read.has_value()) {
    return invalid(
        fmt::format("{} must be of type {}: {}", path.text(), type.name, read.error().message()));
  }
  return read;
}

Result<Json> InputReader::read_object(Json value, const Type& type, const InputPath& path) {
  if (!value.is_object()) {
    return wrong_type(path, type.name, value);
  }
  const bool was_lenient = lenient_;
  lenient_ = lenient_ || rules_.ignores_unknown(type.name);
  Json::Object& members = value.as_object();
  size_t kept = 0;
  for (Json::Member& given : members) {
    const InputPath place{.parent = &path, .name = given.key};
    const InputValue* member = type.find_input_field(given.key);
    if (member != nullptr) {
      given.value = TRY(read_at(std::move(given.value), member->type, place));
      if (&members[kept] != &given) {
        members[kept] = std::move(given);
      }
      ++kept;
    } else if (lenient_) {
      ignore(place.text());
    } else {
      return invalid(
          fmt::format("{} is unknown; type {} does not define it", place.text(), type.name));
    }
  }
  members.resize(kept);
  TRY(fill_defaults(value, type, path));
  lenient_ = was_lenient;
  return value;
}

Result<void> InputReader::fill_defaults(Json& object, const Type& type, const InputPath& path) {
  for (const InputValue& member : type.input_fields) {
    if (object.contains(member.name)) {
      continue;
    }
    const InputPath place{.parent = &path, .name = member.name};
    if (member.default_value) {
      object.set(member.name,
                 TRY(read_at(constant_to_json(*member.default_value), member.type, place)));
    } else if (member.type.non_null()) {
      return invalid(fmt::format("{} is missing; it must be of type {}", place.text(),
                                 format_type(member.type)));
    }
  }
  return {};
}

void InputReader::ignore(const std::string& path) {
  ++ignored_count_;
  if (ignored_.size() < kIgnoredMax) {
    ignored_.push_back(path);
  }
}

Result<Json> InputReader::read_literal(const Value& value,
                                       const TypeRef& type,
                                       const Json& variables,
                                       std::string_view what) {
  return read(fill_in(value, variables).value_or(Json()), type, what);
}

Result<Json> InputReader::read_variables(const Operation& operation, Json given) {
  Json variables = Json::object();
  for (const VariableDefinition& variable : operation.variables) {
    const std::string what = fmt::format("variable \"{}\"", variable.name);
    lenient_ = false;
    if (Json* value = given.find(variable.name)) {
      variables.set(variable.name, TRY(read(std::move(*value), variable.type, what)));
    } else if (variable.default_value) {
      variables.set(variable.name,
                    TRY(read(constant_to_json(*variable.default_value), variable.type, what)));
    } else if (variable.type.non_null()) {
      return invalid(
          fmt::format("{} is missing; it must be of type {}", what, format_type(variable.type)));
    }
  }
  return variables;
}

Result<Json> InputReader::read_arguments(
    const std::vector<InputValue>& declared,
    const std::vector<Argument>& given,
    Json& variables,
    const std::function<bool(std::string_view variable)>& may_take) {
  Json arguments = Json::object();
  for (const InputValue& place : declared) {
    const std::string what = fmt::format("argument \"{}\"", place.name);
    const auto found = std::ranges::find(given, place.name, &Argument::name);
    lenient_ = false;
    const bool is_variable = found != given.end() && found->value.kind == ValueKind::kVariable;
    std::optional<Json> value;
    if (is_variable && may_take && may_take(found->value.text)) {
      value = take(variables, found->value.text);
    } else if (found != given.end()) {
      value = fill_in(found->value, variables);
    }
    if (value && is_variable && !place.type.is_list() && !value->is_null()) {
      arguments.set(place.name, std::move(*value));  // read as a variable already
    } else if (value) {
      arguments.set(place.name, TRY(read(*std::move(value), place.type, what)));
    } else if (place.default_value) {
      arguments.set(place.name,
                    TRY(read(constant_to_json(*place.default_value), place.type, what)));
    } else if (place.type.non_null()) {
      return invalid(
          fmt::format("{} is missing; it must be of type {}", what, format_type(place.type)));
    }
  }
  return arguments;
}

}  // namespace rhumb::graphql
