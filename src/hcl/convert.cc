#include "hcl/convert.h"

#include <algorithm>

#include "base/go_format.h"
#include "base/text.h"

namespace rhumb::hcl {

namespace {

std::vector<Type> attribute_types(const Type& object) {
  std::vector<Type> types;
  for (const auto& [name, type] : object.attributes()) {
    types.push_back(type);
  }
  return types;
}

// The type that a collection wanted as `element` gets from parts of types `parts`.
std::optional<Type> element_type(const Type& element, const std::vector<Type>& parts) {
  return element.is_dynamic() ? unify(parts) : element;
}

bool all_convert(const std::vector<Type>& from, const Type& to, bool unsafe) {
  return std::all_of(from.begin(), from.end(),
                     [&](const Type& type) { return can_convert(type, to, unsafe); });
}

bool can_convert_to_sequence(const Type& from, const Type& to, bool unsafe) {
  switch (from.kind()) {
    case TypeKind::kList:
      return (unsafe || to.kind() == TypeKind::kList) &&
             can_convert(from.element(), to.element(), unsafe);
    case TypeKind::kSet:
      return can_convert(from.element(), to.element(), unsafe);
    case TypeKind::kTuple: {
      const auto element = element_type(to.element(), from.elements());
      return element && all_convert(from.elements(), *element, unsafe);
    }
    default:
      return false;
  }
}

bool can_convert_to_map(const Type& from, const Type& to, bool unsafe) {
  if (from.kind() == TypeKind::kMap) {
    return can_convert(from.element(), to.element(), unsafe);
  }
  if (from.kind() != TypeKind::kObject) {
    return false;
  }
  const auto types = attribute_types(from);
  const auto element = element_type(to.element(), types);
  return element && all_convert(types, *element, unsafe);
}

bool can_convert_to_object(const Type& from, const Type& to, bool unsafe) {
  if (from.kind() == TypeKind::kMap) {
    return unsafe &&
           std::all_of(to.attributes().begin(), to.attributes().end(), [&](const auto& entry) {
             return can_convert(from.element(), entry.second, unsafe);
           });
  }
  if (from.kind() != TypeKind::kObject) {
    return false;
  }
  return std::all_of(to.attributes().begin(), to.attributes().end(), [&](const auto& entry) {
    const auto found = from.attributes().find(entry.first);
    return found != from.attributes().end() && can_convert(found->second, entry.second, unsafe);
  });
}

bool can_convert_to_tuple(const Type& from, const Type& to, bool unsafe) {
  if (from.kind() != TypeKind::kTuple || from.elements().size() != to.elements().size()) {
    return false;
  }
  for (size_t i = 0; i < to.elements().size(); ++i) {
    if (!can_convert(from.elements()[i], to.elements()[i], unsafe)) {
      return false;
    }
  }
  return true;
}

Result<Value> convert_text(const std::string& text, const Type& type) {
  if (type.kind() == TypeKind::kNumber) {
    Number number = TRY(Number::parse(text));
    return Value::number(std::move(number));
  }
  if (text == "true" || text == "1") {
    return Value::boolean(true);
  }
  if (text == "false" || text == "0") {
    return Value::boolean(false);
  }
  const std::string lower = to_lower_ascii(text);
  if (lower == "true" || lower == "false") {
    return invalid("a bool is required; to convert from string, use lowercase \"" + lower + "\"");
  }
  return invalid("a bool is required");
}

Result<ValueList> convert_elements(const ValueList& elements, const Type& element) {
  ValueList out;
  out.reserve(elements.size());
  for (const Value& value : elements) {
    Value converted = TRY(convert(value, element));
    out.push_back(std::move(converted));
  }
  return out;
}

// Where `element` leaves something open, the type that converted parts agree on.
template <typename Parts>
Result<Type> settle_element(const Type& element, const Parts& types, std::string_view what) {
  if (!element.has_dynamic()) {
    return element;
  }
  auto unified = unify(std::vector<Type>(types.begin(), types.end()));
  if (!unified) {
    return invalid("all " + std::string(what) + " elements must have the same type");
  }
  return *unified;
}

std::vector<Type> types_of(const ValueList& values) {
  std::vector<Type> types;
  for (const Value& value : values) {
    types.push_back(value.type());
  }
  return types;
}

Result<Value> convert_to_sequence(const Value& value, const Type& type) {
  const bool list = type.kind() == TypeKind::kList;
  Type element = type.element();
  ValueList elements = TRY(convert_elements(value.elements(), element));
  if (element.has_dynamic()) {
    std::vector<Type> parts = types_of(elements);
    if (parts.empty() && value.type().is_collection()) {
      parts.push_back(value.type().element());
    }
    element = TRY(settle_element(element, parts, list ? "list" : "set"));
    elements = TRY(convert_elements(elements, element));
  }
  return list ? Value::list(std::move(element), std::move(elements))
              : Value::set(std::move(element), std::move(elements));
}

Result<Value> convert_to_map(const Value& value, const Type& type) {
  Type element = type.element();
  ValueMap entries;
  std::vector<Type> parts;
  for (const auto& [key, part] : value.entries()) {
    Value converted = TRY(convert(part, element));
    parts.push_back(converted.type());
    entries.emplace_hint(entries.end(), key, std::move(converted));
  }
  if (element.has_dynamic()) {
    if (parts.empty() && value.type().is_collection()) {
      parts.push_back(value.type().element());
    }
    element = TRY(settle_element(element, parts, "map"));
    for (auto& [key, part] : entries) {
      Value converted = TRY(convert(part, element));
      part = std::move(converted);
    }
  }
  return Value::map(std::move(element), std::move(entries));
}

Result<Value> convert_to_object(const Value& value, const Type& type) {
  ValueMap attributes;
  for (const auto& [name, attribute_type] : type.attributes()) {
    const auto found = value.entries().find(name);
    if (found == value.entries().end()) {
      return invalid("attribute " + go_quote(name) + " is required");
    }
    Value converted = TRY(convert(found->second, attribute_type));
    attributes.emplace_hint(attributes.end(), name, std::move(converted));
  }
  return Value::object(std::move(attributes));
}

Result<Value> convert_to_tuple(const Value& value, const Type& type) {
  ValueList elements;
  for (size_t i = 0; i < type.elements().size(); ++i) {
    Value converted = TRY(convert(value.elements()[i], type.elements()[i]));
    elements.push_back(std::move(converted));
  }
  return Value::tuple(std::move(elements));
}

}  // namespace

bool can_convert(const Type& from, const Type& to, bool unsafe) {
  if (to.is_dynamic() || from == to) {
    return true;
  }
  if (from.is_dynamic()) {
    return true;
  }
  switch (to.kind()) {
    case TypeKind::kString:
      return from.is_primitive();
    case TypeKind::kNumber:
    case TypeKind::kBool:
      return unsafe && from.kind() == TypeKind::kString;
    case TypeKind::kList:
    case TypeKind::kSet:
      return can_convert_to_sequence(from, to, unsafe);
    case TypeKind::kMap:
      return can_convert_to_map(from, to, unsafe);
    case TypeKind::kObject:
      return can_convert_to_object(from, to, unsafe);
    case TypeKind::kTuple:
      return can_convert_to_tuple(from, to, unsafe);
    case TypeKind::kDynamic:
    case TypeKind::kCapsule:
      break;
  }
  return false;
}

Result<Value> convert(const Value& value, const Type& type) {
  if (type.is_dynamic() || value.type() == type) {
    return value;
  }
  if (!can_convert(value.type(), type, true)) {
    return invalid(mismatch_message(value.type(), type));
  }
  if (!value.is_known()) {
    return Value::unknown(type);
  }
  if (value.is_null()) {
    return Value::null(type);
  }
  switch (type.kind()) {
    case TypeKind::kString:
      return Value::string(value.kind() == TypeKind::kNumber
                               ? value.as_number().to_text()
                               : std::string(value.as_bool() ? "true" : "false"));
    case TypeKind::kNumber:
    case TypeKind::kBool:
      return convert_text(value.as_string(), type);
    case TypeKind::kList:
    case TypeKind::kSet:
      return convert_to_sequence(value, type);
    case TypeKind::kMap:
      return convert_to_map(value, type);
    case TypeKind::kObject:
      return convert_to_object(value, type);
    case TypeKind::kTuple:
      return convert_to_tuple(value, type);
    case TypeKind::kDynamic:
    case TypeKind::kCapsule:
      break;
  }
  return invalid(mismatch_message(value.type(), type));
}

namespace {

std::optional<Type> unify_tuples(const std::vector<Type>& types) {
  const size_t size = types.front().elements().size();
  const bool same_size = std::all_of(
      types.begin(), types.end(), [&](const Type& type) { return type.elements().size() == size; });
  std::vector<Type> all;
  std::vector<Type> merged;
  for (size_t i = 0; same_size && i < size; ++i) {
    std::vector<Type> column;
    column.reserve(types.size());
    for (const Type& type : types) {
      column.push_back(type.elements()[i]);
    }
    if (auto unified = unify(column)) {
      merged.push_back(std::move(*unified));
    }
  }
  if (same_size && merged.size() == size) {
    return Type::tuple(std::move(merged));
  }
  for (const Type& type : types) {
    all.insert(all.end(), type.elements().begin(), type.elements().end());
  }
  auto element = unify(all);
  return element ? std::optional(Type::list(std::move(*element))) : std::nullopt;
}

bool same_attribute_names(const Type& a, const Type& b) {
  return std::equal(a.attributes().begin(), a.attributes().end(), b.attributes().begin(),
                    b.attributes().end(),
                    [](const auto& x, const auto& y) { return x.first == y.first; });
}

std::optional<Type> unify_objects(const std::vector<Type>& types) {
  const bool same_names = std::all_of(types.begin(), types.end(), [&](const Type& type) {
    return same_attribute_names(types.front(), type);
  });
  if (same_names) {
    Type::Attributes merged;
    for (const auto& [name, first] : types.front().attributes()) {
      std::vector<Type> column;
      column.reserve(types.size());
      for (const Type& type : types) {
        column.push_back(type.attributes().find(name)->second);
      }
      auto unified = unify(column);
      if (!unified) {
        return std::nullopt;
      }
      merged.emplace_hint(merged.end(), name, std::move(*unified));
    }
    return Type::object(std::move(merged));
  }
  std::vector<Type> all;
  for (const Type& type : types) {
    const auto parts = attribute_types(type);
    all.insert(all.end(), parts.begin(), parts.end());
  }
  auto element = unify(all);
  return element ? std::optional(Type::map(std::move(*element))) : std::nullopt;
}

// Collections of one kind, or a structure beside collections: the element types unify.
std::optional<Type> unify_collections(const std::vector<Type>& types) {
  std::vector<Type> parts;
  bool any_list = false;
  bool any_map = false;
  for (const Type& type : types) {
    switch (type.kind()) {
      case TypeKind::kTuple:
        any_list = true;
        parts.insert(parts.end(), type.elements().begin(), type.elements().end());
        break;
      case TypeKind::kObject: {
        any_map = true;
        const auto attributes = attribute_types(type);
        parts.insert(parts.end(), attributes.begin(), attributes.end());
        break;
      }
      case TypeKind::kList:
      case TypeKind::kSet:
      case TypeKind::kMap:
        any_list = any_list || type.kind() == TypeKind::kList;
        any_map = any_map || type.kind() == TypeKind::kMap;
        parts.push_back(type.element());
        break;
      default:
        return std::nullopt;
    }
  }
  const bool any_set = std::any_of(types.begin(), types.end(),
                                   [](const Type& type) { return type.kind() == TypeKind::kSet; });
  if (any_map && (any_list || any_set)) {
    return std::nullopt;
  }
  auto element = unify(parts);
  if (!element) {
    return std::nullopt;
  }
  if (any_map) {
    return Type::map(std::move(*element));
  }
  return any_list ? Type::list(std::move(*element)) : Type::set(std::move(*element));
}

}  // namespace

std::optional<Type> unify(const std::vector<Type>& all) {
  std::vector<Type> types;
  for (const Type& type : all) {
    if (!type.is_dynamic() && std::find(types.begin(), types.end(), type) == types.end()) {
      types.push_back(type);
    }
  }
  if (types.empty()) {
    return Type::dynamic();
  }
  if (types.size() == 1) {
    return types.front();
  }
  const auto all_of_kind = [&](TypeKind kind) {
    return std::all_of(types.begin(), types.end(),
                       [kind](const Type& type) { return type.kind() == kind; });
  };
  if (all_of_kind(TypeKind::kTuple)) {
    return unify_tuples(types);
  }
  if (all_of_kind(TypeKind::kObject)) {
    return unify_objects(types);
  }
  const auto string = std::find(types.begin(), types.end(), Type::string());
  if (string != types.end() && all_convert(types, Type::string(), false)) {
    return Type::string();
  }
  return unify_collections(types);
}

namespace {

std::string quoted_names(const std::vector<std::string>& names) {
  std::string out;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) {
      out += i + 1 == names.size() ? (names.size() == 2 ? " and " : ", and ") : ", ";
    }
    out += go_quote(names[i]);
  }
  return out;
}

std::string object_mismatch(const Type& got, const Type& want) {
  std::vector<std::string> missing;
  for (const auto& [name, type] : want.attributes()) {
    if (!got.attributes().contains(name)) {
      missing.push_back(name);
    }
  }
  if (missing.size() == 1) {
    return "attribute " + quoted_names(missing) + " is required";
  }
  if (!missing.empty()) {
    return "attributes " + quoted_names(missing) + " are required";
  }
  for (const auto& [name, type] : want.attributes()) {
    const Type& have = got.attributes().find(name)->second;
    if (!can_convert(have, type, true)) {
      return "attribute " + go_quote(name) + ": " + mismatch_message(have, type);
    }
  }
  return want.constraint_name() + " required";
}

std::optional<std::string> collection_mismatch(const Type& got, const Type& want) {
  const char* kind = want.kind() == TypeKind::kList  ? "list"
                     : want.kind() == TypeKind::kSet ? "set"
                                                     : "map";
  if (got.kind() == want.kind()) {
    return "incorrect " + std::string(kind) +
           " element type: " + mismatch_message(got.element(), want.element());
  }
  if (got.kind() == TypeKind::kTuple && want.kind() != TypeKind::kMap) {
    if (want.element().is_dynamic()) {
      return "all " + std::string(kind) + " elements must have the same type";
    }
    for (size_t i = 0; i < got.elements().size(); ++i) {
      if (!can_convert(got.elements()[i], want.element(), true)) {
        return "element " + std::to_string(i) + ": " +
               mismatch_message(got.elements()[i], want.element());
      }
    }
  }
  if (got.kind() == TypeKind::kObject && want.kind() == TypeKind::kMap) {
    if (want.element().is_dynamic()) {
      return "all map elements must have the same type";
    }
    for (const auto& [name, type] : got.attributes()) {
      if (!can_convert(type, want.element(), true)) {
        return "element " + go_quote(name) + ": " + mismatch_message(type, want.element());
      }
    }
  }
  return std::nullopt;
}

}  // namespace

std::string mismatch_message(const Type& got, const Type& want) {
  if (got.kind() == TypeKind::kString && want.kind() == TypeKind::kNumber) {
    return "a number is required";
  }
  if (got.kind() == TypeKind::kString && want.kind() == TypeKind::kBool) {
    return "a bool is required";
  }
  if (got.kind() == TypeKind::kObject && want.kind() == TypeKind::kObject) {
    return object_mismatch(got, want);
  }
  if (want.is_collection()) {
    if (auto message = collection_mismatch(got, want)) {
      return *message;
    }
  }
  return want.constraint_name() + " required";
}

}  // namespace rhumb::hcl
