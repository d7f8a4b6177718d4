#include "graphql/literal.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace rhumb::graphql {
namespace {

bool fits_int(const std::string& text) {
  int32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

/// A literal of this kind can stand for the built-in scalar; other scalars take any literal here
/// and are checked when the value is coerced.
bool fits_scalar(const Value& value, const std::string& scalar) {
  if (scalar == "Int") {
    return value.kind == ValueKind::kInt && fits_int(value.text);
  }
  if (scalar == "Float") {
    return value.kind == ValueKind::kInt || value.kind == ValueKind::kFloat;
  }
  if (scalar == "String") {
    return value.kind == ValueKind::kString;
  }
  if (scalar == "Boolean") {
    return value.kind == ValueKind::kBoolean;
  }
  if (scalar == "ID") {
    return value.kind == ValueKind::kString || value.kind == ValueKind::kInt;
  }
  return true;
}

class Checker {
 public:
  explicit Checker(const LiteralCheck& check) : check_(check) {}

  void check(const Value& value, const TypeRef& type, const std::string& what, bool has_default) {
    if (value.kind == ValueKind::kVariable) {
      check_.uses.push_back({.name = value.text,
                             .position = value.position,
                             .expected = type,
                             .has_default = has_default});
      return;
    }
    if (value.kind == ValueKind::kNull) {
      if (type.non_null() && !(type.is_list() && check_.rules.null_lists)) {
        report(value, fmt::format("{} is null; it must be of type {}", what, format_type(type)));
      }
      return;
    }
    if (type.is_list()) {
      check_list(value, type.element(), what);
      return;
    }
    check_named(value, check_.schema.type(type.name), what);
  }

 private:
  void check_list(const Value& value, const TypeRef& element, const std::string& what) {
    if (value.kind != ValueKind::kList) {
      check(value, element, what, false);  // one value stands for a list of one
      return;
    }
    for (size_t i = 0; i < value.items.size(); ++i) {
      check(value.items[i], element, fmt::format("{}[{}]", what, i), false);
    }
  }

  void check_named(const Value& value, const Type& type, const std::string& what) {
    switch (type.kind) {
      case TypeKind::kScalar:
        if (!fits_scalar(value, type.name)) {
          report_mismatch(value, type, what);
        } else if (value.kind == ValueKind::kList || value.kind == ValueKind::kObject) {
          record_variables(value);
        }
        return;
      case TypeKind::kEnum:
        if (value.kind != ValueKind::kEnum || !type.has_enum_value(value.text)) {
          report_mismatch(value, type, what);
        }
        return;
      case TypeKind::kInputObject:
        if (value.kind != ValueKind::kObject) {
          report_mismatch(value, type, what);
        } else {
          check_object(value, type, what);
        }
        return;
      default:
        report_mismatch(value, type, what);
    }
  }

  void check_object(const Value& value, const Type& type, const std::string& what) {
    const bool was_lenient = lenient_;
    lenient_ = lenient_ || check_.rules.ignores_unknown(type.name);
    for (size_t i = 0; i < value.names.size(); ++i) {
      const InputValue* member = type.find_input_field(value.names[i]);
      if (member != nullptr) {
        check(value.items[i], member->type, fmt::format("{}.{}", what, member->name),
              member->default_value.has_value());
      } else if (!lenient_) {
        report(value.items[i], fmt::format("{} has no member \"{}\"; type {} does not define it",
                                           what, value.names[i], type.name));
      } else {
        record_variables(value.items[i]);
      }
    }
    for (const InputValue& member : type.input_fields) {
      const bool given =
          std::find(value.names.begin(), value.names.end(), member.name) != value.names.end();
      if (!given && member.required()) {
        report(value, fmt::format("{} lacks the member \"{}\" of type {}", what, member.name,
                                  format_type(member.type)));
      }
    }
    lenient_ = was_lenient;
  }

  /// Inside a scalar of free form a variable can have any type; it only counts as used.
  void record_variables(const Value& value) {
    if (value.kind == ValueKind::kVariable) {
      check_.uses.push_back(
          {.name = value.text, .position = value.position, .expected = {}, .has_default = false});
    }
    for (const Value& item : value.items) {
      record_variables(item);
    }
  }

  void report(const Value& value, std::string message) {
    check_.diagnostics.add(error_at(value.position, std::move(message)));
  }
  void report_mismatch(const Value& value, const Type& type, const std::string& what) {
    std::string text = format_value(value);
    if (text.size() > 40) {
      text = "a value of another kind";
    }
    report(value, fmt::format("{} is {}; it must be of type {}", what, text, type.name));
  }

  const LiteralCheck& check_;
  bool lenient_ = false;  // inside an input object whose unknown members are ignored
};

}  // namespace

void check_literal(const LiteralCheck& check,
                   const Value& value,
                   const InputValue& place,
                   const std::string& what) {
  Checker(check).check(value, place.type, what, place.default_value.has_value());
}

Error error_at(const SourcePosition& position, std::string message) {
  return invalid(std::move(message)).at({.file = "", .begin = position, .end = position});
}

}  // namespace rhumb::graphql
