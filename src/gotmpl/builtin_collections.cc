#include <array>
#include <string>

#include "gotmpl/builtins.h"

namespace rhumb::gotmpl {
namespace {

using Kind = Value::Kind;

/// An index as a number of at most `limit`.
Result<size_t> index_argument(const Slot& index, size_t limit) {
  if (!index.valid) {
    return invalid("cannot index slice/array with nil");
  }
  if (!index.interface_type.empty() || index.value.kind() != Kind::kInteger) {
    return invalid("cannot index slice/array with type " + index.type_name());
  }
  const Value& value = index.value;
  const bool negative = value.as_int() < 0;
  if (negative || value.as_uint() > limit) {
    return invalid("index out of range: " + (is_unsigned(value.int_kind())
                                                 ? std::to_string(value.as_uint())
                                                 : std::to_string(value.as_int())));
  }
  return static_cast<size_t>(value.as_uint());
}

Slot byte_slot(char byte) {
  return Slot::of(Value::integer(static_cast<unsigned char>(byte), IntKind::kUint8));
}

Result<Slot> index_sequence(const Slot& item, const Slot& index) {
  const Value& value = item.value;
  const size_t length = value.length().value_or(0);
  const size_t at = TRY(index_argument(index, length));
  if (at == length) {
    return invalid(value.kind() == Kind::kString ? "reflect: string index out of range"
                                                 : "reflect: slice index out of range");
  }
  if (value.kind() == Kind::kString) {
    return byte_slot(value.as_string()[at]);
  }
  if (value.kind() == Kind::kBytes) {
    return byte_slot(value.as_bytes()[at]);
  }
  return Slot::in(value.items()[at], value.element_interface());
}

/// What a map of that type gives for a key it lacks.
Slot zero_element(const Value& map) {
  if (map.element_interface().empty()) {
    const std::string type = map.type_name();
    if (type.ends_with("]string")) {
      return Slot::of("");
    }
    if (type.ends_with("]int")) {
      return Slot::of(0);
    }
    if (type.ends_with("]bool")) {
      return Slot::of(false);
    }
  }
  return Slot::in(Value(), map.element_interface());
}

Result<Slot> index_map(const Slot& item, const Slot& index) {
  if (!index.valid) {
    return invalid("value is nil; should be of type string");
  }
  if (index.value.type_name() != "string") {
    return invalid("value has type " + index.value.type_name() + "; should be string");
  }
  const Value& map = item.value;
  const auto found = map.entries().find(index.value.as_string());
  return found == map.entries().end() ? zero_element(map)
                                      : Slot::in(found->second, map.element_interface());
}

Result<Slot> index_one(const Slot& item, const Slot& index) {
  if (!item.valid || item.value.is_nil()) {
    return invalid("index of nil pointer");
  }
  switch (item.value.kind()) {
    case Kind::kString:
    case Kind::kBytes:
    case Kind::kList:
      return index_sequence(item, index.without_interface());
    case Kind::kMap:
      return index_map(item, index.without_interface());
    default:
      return invalid("can't index item of type " + item.target_type());
  }
}

}  // namespace

Result<Slot> builtin_len(std::span<const Slot> args) {
  const Slot& item = args[0];
  if (!item.valid) {
    return invalid("reflect: call of reflect.Value.Type on zero Value");
  }
  if (item.value.is_nil()) {
    return invalid("len of nil pointer");
  }
  const std::optional<size_t> length = item.value.length();
  if (!length.has_value()) {
    return invalid("len of type " + item.target_type());
  }
  return Slot::of(*length);
}

Result<Slot> builtin_index(std::span<const Slot> args) {
  Slot item = args[0].without_interface();
  if (!item.valid) {
    return invalid("index of untyped nil");
  }
  for (const Slot& index : args.subspan(1)) {
    item = TRY(index_one(item, index));
  }
  return item;
}

Result<Slot> builtin_slice(std::span<const Slot> args) {
  const Slot item = args[0].without_interface();
  const std::span<const Slot> indexes = args.subspan(1);
  if (!item.valid) {
    return invalid("slice of untyped nil");
  }
  if (item.value.is_nil()) {
    return invalid("slice of nil pointer");
  }
  if (indexes.size() > 3) {
    return invalid("too many slice indexes: " + std::to_string(indexes.size()));
  }
  const bool is_string = item.value.kind() == Kind::kString;
  if (is_string && indexes.size() == 3) {
    return invalid("cannot 3-index slice a string");
  }
  if (!is_string && item.value.kind() != Kind::kList && item.value.kind() != Kind::kBytes) {
    return invalid("can't slice item of type " + item.target_type());
  }
  std::array<size_t, 3> bounds = {0, item.value.length().value_or(0), 0};
  for (size_t i = 0; i < indexes.size(); ++i) {
    bounds.at(i) = TRY(index_argument(indexes[i], item.value.capacity()));
  }
  for (size_t i = 0; i + 1 < (indexes.size() == 3 ? 3U : 2U); ++i) {
    if (bounds.at(i) > bounds.at(i + 1)) {
      return invalid("invalid slice index: " + std::to_string(bounds.at(i)) + " > " +
                     std::to_string(bounds.at(i + 1)));
    }
  }
  return Slot::of(item.value.slice(bounds[0], bounds[1]));
}

}  // namespace rhumb::gotmpl
