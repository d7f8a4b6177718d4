#include "codec/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "base/check.h"
#include "base/go_format.h"

namespace rhumb::codec {
namespace {

constexpr size_t kLinearSearchMax = 16;

/// Of members with one key keeps the last value at the place of the first.
void drop_repeated_keys(Json::Object& members) {
  std::unordered_map<std::string_view, size_t> places;
  Json::Object kept;
  kept.reserve(members.size());
  places.reserve(members.size());
  for (Json::Member& member : members) {
    const auto place = places.find(member.key);
    if (place == places.end()) {
      kept.push_back(std::move(member));
      // The views stay valid: `kept` never grows past what was reserved.
      places.emplace(kept.back().key, kept.size() - 1);
    } else {
      kept[place->second].value = std::move(member.value);
    }
  }
  members = std::move(kept);
}

bool has_repeated_key_linear(const Json::Object& members) {
  for (size_t i = 1; i < members.size(); ++i) {
    for (size_t k = 0; k < i; ++k) {
      if (members[i].key == members[k].key) {
        return true;
      }
    }
  }
  return false;
}

bool equal_members(const Json& a, const Json& b) {
  return a.size() == b.size() && std::ranges::all_of(a.as_object(), [&](const Json::Member& m) {
           const Json* other = b.find(m.key);
           return other != nullptr && *other == m.value;
         });
}

}  // namespace

Json::Json() = default;
Json::Json(std::nullptr_t) {}
Json::Json(double value) : state_(value) {}
Json::Json(const char* value) : state_(std::string(value)) {}
Json::Json(std::string_view value) : state_(std::string(value)) {}
Json::Json(std::string value) : state_(std::move(value)) {}
Json::Json(State state) : state_(std::move(state)) {}
Json::Json(const Json& other) = default;
Json::Json(Json&& other) noexcept = default;
Json& Json::operator=(const Json& other) = default;
Json& Json::operator=(Json&& other) noexcept = default;
Json::~Json() = default;

Json Json::from_signed(int64_t value) {
  return Json(State(value));
}

Json Json::from_unsigned(uint64_t value) {
  if (value <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    return static_cast<int64_t>(value);
  }
  return Json(State(value));
}

Json Json::array(std::initializer_list<Json> elements) {
  return array_of(Array(elements));
}
Json Json::array_of(std::vector<Json> elements) {
  return Json(State(std::move(elements)));
}
Json Json::object(std::initializer_list<Member> members) {
  return object_of(Object(members));
}

Json Json::object_of(std::vector<Member> members) {
  if (members.size() > kLinearSearchMax || has_repeated_key_linear(members)) {
    drop_repeated_keys(members);
  }
  return Json(State(std::move(members)));
}

Json Json::raw_number(std::string text) {
  return Json(State(NumberText{std::move(text)}));
}

Json::Kind Json::kind() const {
  return static_cast<Kind>(state_.index());
}
bool Json::is_number() const {
  return kind() >= Kind::kInt && kind() <= Kind::kNumberText;
}

bool Json::as_bool() const {
  RHUMB_CHECK(is_bool(), "as_bool of a value that is a boolean");
  return std::get<bool>(state_);
}

const std::string& Json::as_string() const {
  RHUMB_CHECK(is_string(), "as_string of a value that is a string");
  return std::get<std::string>(state_);
}

const Json::Array& Json::as_array() const {
  RHUMB_CHECK(is_array(), "as_array of a value that is an array");
  return std::get<Array>(state_);
}

Json::Array& Json::as_array() {
  RHUMB_CHECK(is_array(), "as_array of a value that is an array");
  return std::get<Array>(state_);
}

const Json::Object& Json::as_object() const {
  RHUMB_CHECK(is_object(), "as_object of a value that is an object");
  return std::get<Object>(state_);
}

Json::Object& Json::as_object() {
  RHUMB_CHECK(is_object(), "as_object of a value that is an object");
  return std::get<Object>(state_);
}

std::optional<int64_t> Json::to_int() const {
  if (const auto* value = std::get_if<int64_t>(&state_)) {
    return *value;
  }
  constexpr double kLimit = 9223372036854775808.0;  // 2^63
  const auto* value = std::get_if<double>(&state_);
  if (value != nullptr && *value >= -kLimit && *value < kLimit && std::trunc(*value) == *value) {
    return static_cast<int64_t>(*value);
  }
  return std::nullopt;
}

std::optional<uint64_t> Json::to_uint() const {
  if (const auto* value = std::get_if<uint64_t>(&state_)) {
    return *value;
  }
  const auto value = to_int();
  return value && *value >= 0 ? std::optional(static_cast<uint64_t>(*value)) : std::nullopt;
}

std::optional<double> Json::to_double() const {
  switch (kind()) {
    case Kind::kInt:
      return static_cast<double>(std::get<int64_t>(state_));
    case Kind::kUint:
      return static_cast<double>(std::get<uint64_t>(state_));
    case Kind::kDouble:
      return std::get<double>(state_);
    case Kind::kNumberText:
      return std::strtod(std::get<NumberText>(state_).text.c_str(), nullptr);
    default:
      return std::nullopt;
  }
}

std::optional<std::string> Json::number_text() const {
  switch (kind()) {
    case Kind::kInt:
      return std::to_string(std::get<int64_t>(state_));
    case Kind::kUint:
      return std::to_string(std::get<uint64_t>(state_));
    case Kind::kDouble:
      return format_go_json_float(std::get<double>(state_));
    case Kind::kNumberText:
      return std::get<NumberText>(state_).text;
    default:
      return std::nullopt;
  }
}

size_t Json::size() const {
  if (is_array()) {
    return as_array().size();
  }
  return is_object() ? as_object().size() : 0;
}

const Json* Json::find(std::string_view key) const {
  const auto* members = std::get_if<Object>(&state_);
  if (members == nullptr) {
    return nullptr;
  }
  const auto found = std::ranges::find(*members, key, &Member::key);
  return found == members->end() ? nullptr : &found->value;
}

Json* Json::find(std::string_view key) {
  return const_cast<Json*>(static_cast<const Json*>(this)->find(key));  // NOLINT: same object
}

const Json& Json::at(std::string_view key) const {
  const Json* member = find(key);
  RHUMB_CHECK(member != nullptr, "at() of a member that exists");
  return *member;
}

const Json& Json::at(size_t index) const {
  RHUMB_CHECK(index < as_array().size(), "at() of an element that exists");
  return as_array()[index];
}

const Json::Array* Json::find_array(std::string_view key) const {
  const Json* member = find(key);
  return member != nullptr ? std::get_if<Array>(&member->state_) : nullptr;
}

const Json* Json::find_object(std::string_view key) const {
  const Json* member = find(key);
  return member != nullptr && member->is_object() ? member : nullptr;
}

std::optional<std::string_view> Json::find_string(std::string_view key) const {
  const Json* member = find(key);
  if (member == nullptr || !member->is_string()) {
    return std::nullopt;
  }
  return member->as_string();
}

std::optional<int64_t> Json::find_int(std::string_view key) const {
  const Json* member = find(key);
  return member != nullptr ? member->to_int() : std::nullopt;
}

std::optional<bool> Json::find_bool(std::string_view key) const {
  const Json* member = find(key);
  if (member == nullptr || !member->is_bool()) {
    return std::nullopt;
  }
  return member->as_bool();
}

std::string Json::string_or_empty(std::string_view key) const {
  return std::string(find_string(key).value_or(""));
}

Json& Json::set(std::string_view key, Json value) {
  if (is_null()) {
    state_ = Object();
  }
  RHUMB_CHECK(is_object(), "set() of an object");
  if (Json* member = find(key)) {
    *member = std::move(value);
  } else {
    std::get<Object>(state_).push_back({.key = std::string(key), .value = std::move(value)});
  }
  return *this;
}

Json& Json::set_unless_empty(std::string_view key, Json value) {
  const bool is_zero = value.is_null() || (value.is_bool() && !value.as_bool()) ||
                       (value.is_number() && value.to_double() == 0.0) ||
                       (value.is_string() && value.as_string().empty()) ||
                       ((value.is_array() || value.is_object()) && value.empty());
  return is_zero ? *this : set(key, std::move(value));
}

bool Json::erase(std::string_view key) {
  auto* members = std::get_if<Object>(&state_);
  return members != nullptr &&
         std::erase_if(*members, [&](const Member& member) { return member.key == key; }) != 0;
}

Json& Json::push_back(Json value) {
  if (is_null()) {
    state_ = Array();
  }
  as_array().push_back(std::move(value));
  return *this;
}

bool operator==(const Json& a, const Json& b) {
  if (a.kind() != b.kind()) {
    return false;
  }
  switch (a.kind()) {
    case Json::Kind::kNull:
      return true;
    case Json::Kind::kBool:
      return a.as_bool() == b.as_bool();
    case Json::Kind::kString:
      return a.as_string() == b.as_string();
    case Json::Kind::kArray:
      return a.as_array() == b.as_array();
    case Json::Kind::kObject:
      return equal_members(a, b);
    default:
      return a.number_text() == b.number_text();
  }
}

}  // namespace rhumb::codec
