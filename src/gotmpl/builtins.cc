#include "gotmpl/builtins.h"

#include <algorithm>

#include "gotmpl/printf.h"

namespace rhumb::gotmpl {
namespace {

const ArgumentType kRaw{.param = {}, .raw = true};
const ArgumentType kAny{.param = Param::any(), .raw = false};
const ArgumentType kText{.param = Param::text(), .raw = false};

std::vector<Builtin> make_table() {
  return {
      {.name = "and", .params = {kRaw}, .variadic = kRaw},
      {.name = "or", .params = {kRaw}, .variadic = kRaw},
      {.name = "call", .params = {kRaw}, .variadic = kRaw},
      {.name = "not", .params = {kRaw}, .variadic = {}, .call = builtin_not},
      {.name = "eq", .params = {kRaw}, .variadic = kRaw, .call = builtin_eq},
      {.name = "ne", .params = {kRaw, kRaw}, .variadic = {}, .call = builtin_ne},
      {.name = "lt", .params = {kRaw, kRaw}, .variadic = {}, .call = builtin_lt},
      {.name = "le", .params = {kRaw, kRaw}, .variadic = {}, .call = builtin_le},
      {.name = "gt", .params = {kRaw, kRaw}, .variadic = {}, .call = builtin_gt},
      {.name = "ge", .params = {kRaw, kRaw}, .variadic = {}, .call = builtin_ge},
      {.name = "len", .params = {kRaw}, .variadic = {}, .call = builtin_len},
      {.name = "index", .params = {kRaw}, .variadic = kRaw, .call = builtin_index},
      {.name = "slice", .params = {kRaw}, .variadic = kRaw, .call = builtin_slice},
      {.name = "print", .params = {}, .variadic = kAny, .call = builtin_print},
      {.name = "println", .params = {}, .variadic = kAny, .call = builtin_println},
      {.name = "printf", .params = {kText}, .variadic = kAny, .call = builtin_printf},
      {.name = "html", .params = {}, .variadic = kAny, .call = builtin_html},
      {.name = "js", .params = {}, .variadic = kAny, .call = builtin_js},
      {.name = "urlquery", .params = {}, .variadic = kAny, .call = builtin_urlquery},
  };
}

std::vector<Value> values_of(std::span<const Slot> slots) {
  std::vector<Value> values;
  values.reserve(slots.size());
  for (const Slot& slot : slots) {
    values.push_back(slot.value);
  }
  return values;
}

}  // namespace

const Builtin* find_builtin(std::string_view name) {
  static const std::vector<Builtin> kTable = make_table();
  const auto found = std::ranges::find(kTable, name, &Builtin::name);
  return found == kTable.end() ? nullptr : &*found;
}

Result<Slot> builtin_not(std::span<const Slot> args) {
  return Slot::of(!args[0].without_interface().value.truth());
}

Result<Slot> builtin_print(std::span<const Slot> args) {
  return Slot::of(format_print(values_of(args)));
}

Result<Slot> builtin_println(std::span<const Slot> args) {
  return Slot::of(format_println(values_of(args)));
}

Result<Slot> builtin_printf(std::span<const Slot> args) {
  return Slot::of(format_printf(args[0].value.as_string(), values_of(args.subspan(1))));
}

std::optional<Value> printable_value(const Slot& slot) {
  const Value& value = slot.value;
  if (value.is_untyped_nil()) {
    return slot.valid ? Value("<nil>") : Value("<no value>");
  }
  if (value.own_text().has_value()) {
    return value;
  }
  if (value.kind() == Value::Kind::kFunction) {
    return std::nullopt;
  }
  if (value.is_pointer() && !value.is_nil()) {
    return value.with_type(value.type_name().substr(1));
  }
  return value;
}

}  // namespace rhumb::gotmpl
