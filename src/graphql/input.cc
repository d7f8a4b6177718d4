#include "graphql/input.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include "base/go_format.h"
#include "base/name_cursor.h"

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

Error wrong_type(const ValuePath& path, std::string_view type, const Json& value) {
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

bool is_base64(std::string_view text) {
  if (text.size() % 4 != 0) {
    return false;
  }
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) {
    text.remove_suffix(1);
  }
  return std::all_of(text.begin(), text.end(), is_base64_char);
}

bool is_rfc3339(const std::string& given) {
  if (parse_rfc3339(given).has_value()) {
    return true;
  }
  // Years that an instant in nanoseconds cannot hold are legal (0001-01-01T00:00:00Z means unset):
  // the check sees one that can, with the same calendar, which repeats every 400 years.
  std::string text = given;
  int year = 0;
  if (text.size() > 4 && text[0] != '-' &&
      std::from_chars(text.data(), text.data() + 4, year).ptr == text.data() + 4) {
    text.replace(0, 4, fmt::format("{:04}", 1700 + (year + 300) % 400));
  }
  return parse_rfc3339(text).has_value();
}

}  // namespace

Json constant_to_json(const Value& value) {
  return fill_in(value, Json::object()).value_or(Json());
}

Result<void> check_base64(const Json& value) {
  if (!value.is_string() || !is_base64(value.as_string())) {
    return invalid("standard base64 with padding");
  }
  return {};
}

Result<void> check_rfc3339(const Json& value) {
  if (!value.is_string() || !is_rfc3339(value.as_string())) {
    return invalid("a time like 2006-01-02T15:04:05Z");
  }
  return {};
}

Result<Json> LateList::element(size_t index) const {
  return codec::parse_json(elements[index]);
}

Result<void> LateList::put_back(Json& variables) const {
  Json* input = variables.find(variable);
  Json* list = input == nullptr ? nullptr : input->find(member);
  for (size_t i = 0; i < elements.size(); ++i) {
    Json one = TRY(element(i));
    if (list != nullptr && list->is_array()) {
      list->push_back(std::move(one));
    }
  }
  return {};
}

// -------------------------------------------------------------------------------------- the reader

struct InputReader::NamedType {
  std::span<const TypeWrapper> wrappers;
  const Type& named;

  [[nodiscard]] bool non_null() const {
    return !wrappers.empty() && wrappers.front() == TypeWrapper::kNonNull;
  }
  [[nodiscard]] bool is_list() const {
    const size_t at = non_null() ? 1 : 0;
    return wrappers.size() > at && wrappers[at] == TypeWrapper::kList;
  }
  [[nodiscard]] NamedType element() const {
    return {.wrappers = wrappers.subspan(non_null() ? 2 : 1), .named = named};
  }
  [[nodiscard]] std::string text() const {
    return format_type(
        {.name = named.name, .wrappers = {wrappers.begin(), wrappers.end()}, .position = {}});
  }
};

InputReader::InputReader(const Schema& schema, const InputRules& rules, Context& context)
    : schema_(schema),
      rules_(rules),
      context_(context),
      scalars_{.whole = schema.find_type("Int"),
               .real = schema.find_type("Float"),
               .text = schema.find_type("String"),
               .flag = schema.find_type("Boolean"),
               .id = schema.find_type("ID"),
               .checked = {}} {
  for (const auto& [name, check] : rules.scalars) {
    scalars_.checked.emplace_back(schema.find_type(name), &check);
  }
  for (const auto& [type, member] : rules.one_by_one) {
    one_by_one_.push_back(schema.type(type).find_input_field(member));
  }
}

InputReader::NamedType InputReader::resolve(const TypeRef& type) const {
  return {.wrappers = type.wrappers, .named = schema_.type(type.name)};
}

Result<Json> InputReader::read(Json value, const TypeRef& type, std::string_view what) {
  TRY(read_at(value, resolve(type), {.name = what}));
  return value;
}

Result<void> InputReader::read_at(Json& value, const NamedType& type, const ValuePath& path) {
  if (value.is_null()) {
    return read_null(value, type, path);
  }
  return type.is_list() ? read_list(value, type.element(), path)
                        : read_named(value, type.named, path);
}

Result<void> InputReader::read_null(Json& value, const NamedType& type, const ValuePath& path) {
  if (!type.non_null()) {
    return {};
  }
  if (type.is_list() && rules_.null_lists) {
    value = Json::array();
    return {};
  }
  return wrong_type(path, type.text(), value);
}

Result<void> InputReader::read_list(Json& value, const NamedType& element, const ValuePath& path) {
  if (!value.is_array()) {
    TRY(read_at(value, element, path));
    Json one = std::exchange(value, Json::array());
    value.push_back(std::move(one));
    return {};
  }
  Json::Array& elements = value.as_array();
  for (size_t i = 0; i < elements.size(); ++i) {
    TRY(read_at(elements[i], element, {.parent = &path, .index = i}));
  }
  return {};
}

Result<void> InputReader::read_named(Json& value, const Type& type, const ValuePath& path) {
  switch (type.kind) {
    case TypeKind::kScalar:
      return read_scalar(value, type, path);
    case TypeKind::kEnum:
      if (!value.is_string() || !type.has_enum_value(value.as_string())) {
        return wrong_type(path, type.name, value);
      }
      return {};
    case TypeKind::kInputObject:
      return read_object(value, type, path);
    default:
      return wrong_type(path, type.name, value);
  }
}

Result<void> InputReader::read_scalar(Json& value, const Type& type, const ValuePath& path) {
  if (&type == scalars_.whole) {
    const std::optional<int64_t> number = value.to_int();
    if (!number || *number < INT32_MIN || *number > INT32_MAX) {
      return wrong_type(path, type.name, value);
    }
    value = Json(*number);
    return {};
  }
  if (&type == scalars_.id && !value.is_string()) {
    const std::optional<int64_t> number = value.to_int();
    if (!number) {
      return wrong_type(path, type.name, value);
    }
    value = Json(std::to_string(*number));
    return {};
  }
  const bool is_wrong = (&type == scalars_.real && !value.is_number()) ||
                        (&type == scalars_.flag && !value.is_bool()) ||
                        (&type == scalars_.text && !value.is_string());
  if (is_wrong) {
    return wrong_type(path, type.name, value);
  }
  for (const auto& [checked, check] : scalars_.checked) {
    if (checked != &type) {
      continue;
    }
    if (const Result<void> fits = (*check)(value); !fits) {
      return invalid(
          fmt::format("{} must be of type {}: {}", path.text(), type.name, fits.error().message()));
    }
  }
  return {};
}

Result<void> InputReader::read_object(Json& value, const Type& type, const ValuePath& path) {
  if (!value.is_object()) {
    return wrong_type(path, type.name, value);
  }
  const bool was_lenient = lenient_;
  lenient_ = lenient_ || rules_.ignores_unknown(type.name);
  NameCursor<const InputValue, &InputValue::name> declared(type.input_fields);
  Json::Object& members = value.as_object();
  size_t kept = 0;
  for (Json::Member& given : members) {
    const ValuePath place{.parent = &path, .name = given.key};
    const InputValue* member = declared.find(given.key);
    if (member != nullptr) {
      TRY(read_member(given.value, *member, type, place));
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
  return {};
}

Result<void> InputReader::read_member(Json& value,
                                      const InputValue& member,
                                      const Type& type,
                                      const ValuePath& path) {
  const NamedType wanted{.wrappers = member.type.wrappers, .named = *member.named_type};
  const bool is_taken =
      !value.is_null() && std::ranges::find(one_by_one_, &member) != one_by_one_.end();
  return is_taken ? read_one_by_one(value, wanted.element(), type, path)
                  : read_at(value, wanted, path);
}

Result<void> InputReader::read_one_by_one(Json& value,
                                          const NamedType& element,
                                          const Type& type,
                                          const ValuePath& path) {
  const bool is_list = value.is_array();
  const bool is_late = is_list && value.empty() && path.parent->parent == nullptr;
  const LateList* late = is_late ? std::exchange(late_, nullptr) : nullptr;
  Json given = is_list ? std::move(value) : Json::array({std::move(value)});
  const size_t count = late != nullptr ? late->elements.size() : given.size();
  const int64_t list = context_.begin_list(type.name, count);
  for (size_t i = 0; i < count; ++i) {
    Json one = TRY(late != nullptr ? late->element(i)
                                   : Result<Json>(std::exchange(given.as_array()[i], Json())));
    TRY(read_at(one, element, is_list ? ValuePath{.parent = &path, .index = i} : path));
    context_.take_element(list, one);
  }
  value = Json(list);
  return {};
}

Result<void> InputReader::fill_defaults(Json& object, const Type& type, const ValuePath& path) {
  Json::Object& members = object.as_object();
  NameCursor<Json::Member, &Json::Member::key> given(members);
  for (const InputValue& member : type.input_fields) {
    const bool may_be_absent = !member.default_value && !member.type.non_null();
    if (may_be_absent || given.find(member.name) != nullptr) {
      continue;
    }
    const ValuePath place{.parent = &path, .name = member.name};
    if (!member.default_value) {
      return invalid(fmt::format("{} is missing; it must be of type {}", place.text(),
                                 format_type(member.type)));
    }
    Json value = constant_to_json(*member.default_value);
    TRY(read_at(value, {.wrappers = member.type.wrappers, .named = *member.named_type}, place));
    members.push_back({.key = member.name, .value = std::move(value)});
    given = NameCursor<Json::Member, &Json::Member::key>(members);  // they may have moved
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

bool InputReader::takes_late(const Operation& operation, const LateList& late) const {
  const auto variable =
      std::ranges::find(operation.variables, late.variable, &VariableDefinition::name);
  if (variable == operation.variables.end() || variable->type.is_list()) {
    return false;
  }
  const auto rule = rules_.one_by_one.find(variable->type.name);
  return rule != rules_.one_by_one.end() && rule->second == late.member;
}

Result<Json> InputReader::read_variables(const Operation& operation,
                                         Json given,
                                         const LateList* late) {
  if (late != nullptr && !takes_late(operation, *late)) {
    TRY(late->put_back(given));
    late = nullptr;
  }
  Json variables = Json::object();
  for (const VariableDefinition& variable : operation.variables) {
    const std::string what = fmt::format("variable \"{}\"", variable.name);
    lenient_ = false;
    late_ = late != nullptr && late->variable == variable.name ? late : nullptr;
    if (Json* value = given.find(variable.name)) {
      variables.set(variable.name, TRY(read(std::move(*value), variable.type, what)));
    } else if (variable.default_value) {
      variables.set(variable.name,
                    TRY(read(constant_to_json(*variable.default_value), variable.type, what)));
    } else if (variable.type.non_null()) {
      return invalid(
          fmt::format("{} is missing; it must be of type {}", what, format_type(variable.type)));
    }
    if (late_ != nullptr) {  // given twice, and the other one counts
      TRY(late_->put_back(given));
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
