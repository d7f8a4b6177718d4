#include "hcl/value.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <variant>

#include "base/check.h"

namespace rhumb::hcl {

struct Value::Rep {
  Type type;
  bool known = true;
  std::variant<std::monostate,
               std::string,
               Number,
               bool,
               ValueList,
               ValueMap,
               std::shared_ptr<const Capsule>>
      content;
};

namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

std::string normalize_text(std::string_view text) {
  if (is_ascii(text)) {
    return std::string(text);
  }
  utf8proc_uint8_t* composed = nullptr;
  const auto size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &composed,
                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  if (size < 0) {
    return std::string(text);
  }
  std::string out(reinterpret_cast<const char*>(composed), static_cast<size_t>(size));
  std::free(composed);  // NOLINT: utf8proc_map allocates with malloc
  return out;
}

Value::Value() : Value(null()) {}

Value Value::null(Type type) {
  static const auto plain = std::make_shared<const Rep>();
  if (type.is_dynamic()) {
    return Value(plain);
  }
  return Value(std::make_shared<const Rep>(Rep{std::move(type), true, {}}));
}

Value Value::unknown(Type type) {
  return Value(std::make_shared<const Rep>(Rep{std::move(type), false, {}}));
}

Value Value::string(std::string_view text) {
  return Value(std::make_shared<const Rep>(Rep{Type::string(), true, normalize_text(text)}));
}

Value Value::number(Number number) {
  return Value(std::make_shared<const Rep>(Rep{Type::number(), true, std::move(number)}));
}

Value Value::integer(int64_t number) {
  return Value::number(Number::from_int64(number));
}

Value Value::boolean(bool value) {
  static const auto yes = std::make_shared<const Rep>(Rep{Type::boolean(), true, true});
  static const auto no = std::make_shared<const Rep>(Rep{Type::boolean(), true, false});
  return Value(value ? yes : no);
}

Value Value::list(Type element, ValueList elements) {
  return Value(
      std::make_shared<const Rep>(Rep{Type::list(std::move(element)), true, std::move(elements)}));
}

Value Value::set(Type element, ValueList elements) {
  std::stable_sort(elements.begin(), elements.end(),
                   [](const Value& a, const Value& b) { return compare_values(a, b) < 0; });
  elements.erase(
      std::unique(elements.begin(), elements.end(),
                  [](const Value& a, const Value& b) { return compare_values(a, b) == 0; }),
      elements.end());
  return Value(
      std::make_shared<const Rep>(Rep{Type::set(std::move(element)), true, std::move(elements)}));
}

Value Value::map(Type element, ValueMap elements) {
  return Value(
      std::make_shared<const Rep>(Rep{Type::map(std::move(element)), true, std::move(elements)}));
}

Value Value::tuple(ValueList elements) {
  std::vector<Type> types;
  types.reserve(elements.size());
  for (const Value& element : elements) {
    types.push_back(element.type());
  }
  return Value(
      std::make_shared<const Rep>(Rep{Type::tuple(std::move(types)), true, std::move(elements)}));
}

Value Value::object(ValueMap attributes) {
  Type::Attributes types;
  for (const auto& [name, value] : attributes) {
    types.emplace_hint(types.end(), name, value.type());
  }
  return Value(std::make_shared<const Rep>(
      Rep{Type::object(std::move(types)), true, std::move(attributes)}));
}

Value Value::capsule(std::string_view type_name, std::shared_ptr<const Capsule> content) {
  return Value(std::make_shared<const Rep>(
      Rep{Type::capsule(std::string(type_name)), true, std::move(content)}));
}

Value Value::type_value(Type type) {
  return capsule(TypeCapsule::kName, std::make_shared<const TypeCapsule>(std::move(type)));
}

Value Value::sql(std::string text) {
  return capsule(SqlCapsule::kName, std::make_shared<const SqlCapsule>(std::move(text)));
}

const Type& Value::type() const {
  return rep_->type;
}

bool Value::is_null() const {
  return rep_->known && std::holds_alternative<std::monostate>(rep_->content);
}

bool Value::is_known() const {
  return rep_->known;
}

bool Value::is_wholly_known() const {
  if (!is_known()) {
    return false;
  }
  if (is_sequence()) {
    return std::all_of(elements().begin(), elements().end(),
                       [](const Value& element) { return element.is_wholly_known(); });
  }
  if (is_mapping()) {
    return std::all_of(entries().begin(), entries().end(),
                       [](const auto& entry) { return entry.second.is_wholly_known(); });
  }
  return true;
}

bool Value::is_sequence() const {
  return std::holds_alternative<ValueList>(rep_->content);
}
bool Value::is_mapping() const {
  return std::holds_alternative<ValueMap>(rep_->content);
}

const std::string& Value::as_string() const {
  const auto* text = std::get_if<std::string>(&rep_->content);
  RHUMB_CHECK(text != nullptr, "as_string of something else");
  return *text;
}

const Number& Value::as_number() const {
  const auto* number = std::get_if<Number>(&rep_->content);
  RHUMB_CHECK(number != nullptr, "as_number of something else");
  return *number;
}

bool Value::as_bool() const {
  const bool* value = std::get_if<bool>(&rep_->content);
  RHUMB_CHECK(value != nullptr, "as_bool of something else");
  return *value;
}

const ValueList& Value::elements() const {
  const auto* list = std::get_if<ValueList>(&rep_->content);
  RHUMB_CHECK(list != nullptr, "elements of something else");
  return *list;
}

const ValueMap& Value::entries() const {
  const auto* map = std::get_if<ValueMap>(&rep_->content);
  RHUMB_CHECK(map != nullptr, "entries of something else");
  return *map;
}

size_t Value::size() const {
  return is_mapping() ? entries().size() : elements().size();
}

const Capsule* Value::capsule_content() const {
  const auto* content = std::get_if<std::shared_ptr<const Capsule>>(&rep_->content);
  return content == nullptr ? nullptr : content->get();
}

bool Value::operator==(const Value& other) const {
  if (rep_ == other.rep_) {
    return true;
  }
  return rep_->known == other.rep_->known && rep_->type == other.rep_->type &&
         rep_->content == other.rep_->content;
}

namespace {

int sign(std::strong_ordering order) {
  return order < 0 ? -1 : (order > 0 ? 1 : 0);
}

int compare_lists(const ValueList& a, const ValueList& b) {
  for (size_t i = 0; i < a.size() && i < b.size(); ++i) {
    if (const int order = compare_values(a[i], b[i]); order != 0) {
      return order;
    }
  }
  return sign(a.size() <=> b.size());
}

int compare_maps(const ValueMap& a, const ValueMap& b) {
  auto left = a.begin();
  auto right = b.begin();
  for (; left != a.end() && right != b.end(); ++left, ++right) {
    if (left->first != right->first) {
      return left->first < right->first ? -1 : 1;
    }
    if (const int order = compare_values(left->second, right->second); order != 0) {
      return order;
    }
  }
  return sign(a.size() <=> b.size());
}

}  // namespace

int compare_values(const Value& a, const Value& b) {
  if (!a.has_content() || !b.has_content()) {
    const int left = a.has_content() ? 0 : (a.is_null() ? 1 : 2);
    const int right = b.has_content() ? 0 : (b.is_null() ? 1 : 2);
    return left - right;
  }
  if (a.kind() != b.kind()) {
    return static_cast<int>(a.kind()) - static_cast<int>(b.kind());
  }
  switch (a.kind()) {
    case TypeKind::kString:
      return a.as_string().compare(b.as_string());
    case TypeKind::kNumber:
      return sign(a.as_number() <=> b.as_number());
    case TypeKind::kBool:
      return static_cast<int>(a.as_bool()) - static_cast<int>(b.as_bool());
    case TypeKind::kList:
    case TypeKind::kSet:
    case TypeKind::kTuple:
      return compare_lists(a.elements(), b.elements());
    case TypeKind::kMap:
    case TypeKind::kObject:
      return compare_maps(a.entries(), b.entries());
    case TypeKind::kDynamic:
    case TypeKind::kCapsule:
      break;
  }
  const auto* left = a.find_capsule<Capsule>();
  const auto* right = b.find_capsule<Capsule>();
  return left == right ? 0 : (std::less<>()(left, right) ? -1 : 1);
}

}  // namespace rhumb::hcl
