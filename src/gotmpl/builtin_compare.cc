#include <algorithm>

#include "gotmpl/builtins.h"
#include "gotmpl/printf.h"

namespace rhumb::gotmpl {
namespace {

using Kind = Value::Kind;

enum class Basic { kNone, kBool, kInt, kUint, kFloat, kComplex, kString };

Basic basic_kind(const Slot& slot) {
  switch (slot.value.kind()) {
    case Kind::kBool:
      return Basic::kBool;
    case Kind::kInteger:
      return is_unsigned(slot.value.int_kind()) ? Basic::kUint : Basic::kInt;
    case Kind::kFloat:
      return Basic::kFloat;
    case Kind::kComplex:
      return Basic::kComplex;
    case Kind::kString:
      return Basic::kString;
    default:
      return Basic::kNone;
  }
}

Error incompatible(const Slot& a, const Slot& b) {
  return invalid("incompatible types for comparison: " + a.value.type_name() + " and " +
                 b.value.type_name());
}

bool is_nil(const Slot& slot) {
  return !slot.valid || slot.value.is_nil() || slot.value.is_nil_container();
}

bool is_comparable(const Value& value) {
  return value.kind() != Kind::kList && value.kind() != Kind::kMap &&
         value.kind() != Kind::kBytes && value.kind() != Kind::kFunction;
}

bool same_value(const Value& a, const Value& b);

bool same_fields(const Value& a, const Value& b) {
  return std::ranges::equal(a.fields(), b.fields(), [](const Field& x, const Field& y) {
    return x.name == y.name && same_value(x.value, y.value);
  });
}

/// Go's == of two values in interfaces: of one type, pointers by identity, structures by fields.
bool same_value(const Value& a, const Value& b) {
  if (a.kind() != b.kind() || a.type_name() != b.type_name()) {
    return false;
  }
  switch (a.kind()) {
    case Kind::kNil:
      return true;
    case Kind::kBool:
      return a.as_bool() == b.as_bool();
    case Kind::kInteger:
      return a.as_int() == b.as_int();
    case Kind::kFloat:
      return a.as_float() == b.as_float();
    case Kind::kComplex:
      return a.as_complex() == b.as_complex();
    case Kind::kString:
      return a.as_string() == b.as_string();
    case Kind::kStruct:
      return a.address() == b.address() || (!a.is_pointer() && same_fields(a, b));
    case Kind::kTime:
      return a.as_time().instant == b.as_time().instant && a.as_time().zone == b.as_time().zone;
    default:
      return false;
  }
}

std::string describe(const Value& value) {
  return format_printf("%s", std::span(&value, 1));
}

Result<bool> equal_composites(const Slot& a, const Slot& b) {
  if (a.valid && b.valid && a.value.kind() != b.value.kind()) {
    return invalid("non-comparable types " + describe(a.value) + ": " + a.value.type_name() + ", " +
                   b.value.type_name() + ": " + format_value(b.value));
  }
  if (is_nil(a) || is_nil(b)) {
    return is_nil(a) == is_nil(b);
  }
  if (!is_comparable(b.value)) {
    return invalid("non-comparable type " + describe(b.value) + ": " + b.value.type_name());
  }
  return same_value(a.value, b.value);
}

Result<bool> equal(const Slot& a, const Slot& b) {
  const Basic kind_a = basic_kind(a);
  const Basic kind_b = basic_kind(b);
  if (kind_a != kind_b) {
    if (kind_a == Basic::kInt && kind_b == Basic::kUint) {
      return a.value.as_int() >= 0 && a.value.as_uint() == b.value.as_uint();
    }
    if (kind_a == Basic::kUint && kind_b == Basic::kInt) {
      return b.value.as_int() >= 0 && a.value.as_uint() == b.value.as_uint();
    }
    if (a.valid && b.valid) {
      return incompatible(a, b);
    }
    return false;
  }
  switch (kind_a) {
    case Basic::kNone:
      return equal_composites(a, b);
    case Basic::kBool:
      return a.value.as_bool() == b.value.as_bool();
    case Basic::kInt:
    case Basic::kUint:
      return a.value.as_int() == b.value.as_int();
    case Basic::kFloat:
      return a.value.as_float() == b.value.as_float();
    case Basic::kComplex:
      return a.value.as_complex() == b.value.as_complex();
    case Basic::kString:
      return a.value.as_string() == b.value.as_string();
  }
  return false;
}

Result<bool> less(const Slot& first, const Slot& second) {
  const Slot a = first.without_interface();
  const Slot b = second.without_interface();
  const Basic kind_a = basic_kind(a);
  const Basic kind_b = basic_kind(b);
  const Error unordered = invalid("invalid type for comparison");
  if (kind_a == Basic::kNone || kind_b == Basic::kNone) {
    return unordered;
  }
  if (kind_a == Basic::kInt && kind_b == Basic::kUint) {
    return a.value.as_int() < 0 || a.value.as_uint() < b.value.as_uint();
  }
  if (kind_a == Basic::kUint && kind_b == Basic::kInt) {
    return b.value.as_int() >= 0 && a.value.as_uint() < b.value.as_uint();
  }
  if (kind_a != kind_b) {
    return incompatible(a, b);
  }
  switch (kind_a) {
    case Basic::kInt:
      return a.value.as_int() < b.value.as_int();
    case Basic::kUint:
      return a.value.as_uint() < b.value.as_uint();
    case Basic::kFloat:
      return a.value.as_float() < b.value.as_float();
    case Basic::kString:
      return a.value.as_string() < b.value.as_string();
    default:
      return unordered;
  }
}

Result<bool> less_or_equal(const Slot& a, const Slot& b) {
  if (TRY(less(a, b))) {
    return true;
  }
  return equal(a.without_interface(), b.without_interface());
}

}  // namespace

Result<Slot> builtin_eq(std::span<const Slot> args) {
  if (args.size() < 2) {
    return invalid("missing argument for comparison");
  }
  const Slot first = args[0].without_interface();
  for (const Slot& other : args.subspan(1)) {
    if (TRY(equal(first, other.without_interface()))) {
      return Slot::of(true);
    }
  }
  return Slot::of(false);
}

Result<Slot> builtin_ne(std::span<const Slot> args) {
  return Slot::of(!TRY(equal(args[0].without_interface(), args[1].without_interface())));
}

Result<Slot> builtin_lt(std::span<const Slot> args) {
  return Slot::of(TRY(less(args[0], args[1])));
}

Result<Slot> builtin_le(std::span<const Slot> args) {
  return Slot::of(TRY(less_or_equal(args[0], args[1])));
}

Result<Slot> builtin_gt(std::span<const Slot> args) {
  return Slot::of(!TRY(less_or_equal(args[0], args[1])));
}

Result<Slot> builtin_ge(std::span<const Slot> args) {
  return Slot::of(!TRY(less(args[0], args[1])));
}

}  // namespace rhumb::gotmpl
