#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "gotmpl/slot.h"

namespace rhumb::gotmpl {

/// The type of an argument as calls check it. `raw` arguments take anything, nothing included, and
/// keep the interface they were found in.
struct ArgumentType {
  Param param;
  bool raw = false;
};

/// A function of the language itself.
struct Builtin {
  std::string_view name;
  std::vector<ArgumentType> params;
  std::optional<ArgumentType> variadic;
  Result<Slot> (*call)(std::span<const Slot> args) = nullptr;
};

/// The function of that name; null when the language has none. `and`, `or` and `call` are known
/// here by their signature; the evaluator runs them, because they do not evaluate all arguments or
/// need the text of one.
[[nodiscard]] const Builtin* find_builtin(std::string_view name);

// By subject, for the table.
Result<Slot> builtin_not(std::span<const Slot> args);
Result<Slot> builtin_eq(std::span<const Slot> args);
Result<Slot> builtin_ne(std::span<const Slot> args);
Result<Slot> builtin_lt(std::span<const Slot> args);
Result<Slot> builtin_le(std::span<const Slot> args);
Result<Slot> builtin_gt(std::span<const Slot> args);
Result<Slot> builtin_ge(std::span<const Slot> args);
Result<Slot> builtin_len(std::span<const Slot> args);
Result<Slot> builtin_index(std::span<const Slot> args);
Result<Slot> builtin_slice(std::span<const Slot> args);
Result<Slot> builtin_print(std::span<const Slot> args);
Result<Slot> builtin_println(std::span<const Slot> args);
Result<Slot> builtin_printf(std::span<const Slot> args);
Result<Slot> builtin_html(std::span<const Slot> args);
Result<Slot> builtin_js(std::span<const Slot> args);
Result<Slot> builtin_urlquery(std::span<const Slot> args);

/// The value as an action prints it: pointers are followed; nothing is `<no value>`, but a nil of
/// an interface type with methods is `<nil>`. Nothing for functions, which cannot be printed.
[[nodiscard]] std::optional<Value> printable_value(const Slot& slot);

}  // namespace rhumb::gotmpl
