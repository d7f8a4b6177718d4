#include "gotmpl/value_printer.h"

#include <fmt/format.h>

#include <string_view>

#include "base/utf8.h"
#include "gotmpl/time_methods.h"

namespace rhumb::gotmpl {
namespace {

using Kind = Value::Kind;

constexpr std::string_view kNilText = "<nil>";

bool is_one_of(char32_t verb, std::u32string_view verbs) {
  return verbs.find(verb) != std::u32string_view::npos;
}

}  // namespace

void ValuePrinter::print_value(const Value& value, char32_t verb, int depth) {
  if (depth == 0 && verb == 'T') {
    const VerbFormat format(flags_);
    out_ += value.is_untyped_nil() ? format.pad(kNilText) : format.text(value.type_name());
    return;
  }
  if (depth == 0 && verb == 'p') {
    const bool points = value.is_pointer() || value.kind() == Kind::kList ||
                        value.kind() == Kind::kMap || value.kind() == Kind::kFunction;
    points ? print_pointer(value, verb) : print_mismatch(value, verb);
    return;
  }
  if (depth == 0 && verb == 'w') {
    print_mismatch(value, verb);  // wrapping an error is for Errorf only
    return;
  }
  if (print_own_text(value, verb)) {
    return;
  }
  switch (value.kind()) {
    case Kind::kNil:
      return print_nil(value, verb);
    case Kind::kBool:
      return print_bool(value, verb);
    case Kind::kInteger:
      return print_integer(value, value.as_uint(), !is_unsigned(value.int_kind()), verb);
    case Kind::kFloat:
      return print_float(value, verb);
    case Kind::kComplex:
      return print_complex(value, verb);
    case Kind::kString:
      return print_string(value, value.as_string(), verb);
    case Kind::kBytes:
      return print_bytes(value, verb, depth);
    case Kind::kList:
      return print_list(value, verb, depth);
    case Kind::kMap:
      return print_map(value, verb, depth);
    case Kind::kStruct:
      return print_struct(value, verb, depth);
    case Kind::kTime:
      return print_string(value, value.own_text().value_or(std::string()),
                          is_one_of(verb, U"vsqxX") ? verb : 's');
    case Kind::kFunction:
      return print_pointer(value, verb);
  }
}

/// Go's error and Stringer: for the verbs that make sense for text, unless `%#v` asks for the
/// parts.
bool ValuePrinter::print_own_text(const Value& value, char32_t verb) {
  if (inside_mismatch_ || flags_.sharp_v || !is_one_of(verb, U"vsqxX")) {
    return false;
  }
  const std::optional<std::string> text = value.own_text();
  if (text.has_value()) {
    print_string(value, *text, verb);
  }
  return text.has_value();
}

void ValuePrinter::print_element(const Value& value,
                                 char32_t verb,
                                 int depth,
                                 const std::string& interface_type) {
  if (value.is_untyped_nil()) {
    out_ += flags_.sharp_v ? (interface_type.empty() ? "interface {}" : interface_type) + "(nil)"
                           : std::string(kNilText);
    return;
  }
  print_value(value, verb, depth + 1);
}

void ValuePrinter::print_nil(const Value& value, char32_t verb) {
  if (value.is_untyped_nil()) {
    verb == 'v' ? void(out_ += VerbFormat(flags_).pad(kNilText)) : print_mismatch(value, verb);
    return;
  }
  print_pointer(value, verb);
}

void ValuePrinter::print_bool(const Value& value, char32_t verb) {
  if (verb != 't' && verb != 'v') {
    return print_mismatch(value, verb);
  }
  out_ += VerbFormat(flags_).pad(value.as_bool() ? "true" : "false");
}

void ValuePrinter::print_integer(const Value& value, uint64_t bits, bool is_signed, char32_t verb) {
  const VerbFormat format(flags_);
  switch (verb) {
    case 'v':
      if (flags_.sharp_v && !is_signed) {
        VerbFlags sharp = flags_;
        sharp.sharp = true;
        out_ += VerbFormat(sharp).integer(bits, false, 16, 'v');
        return;
      }
      out_ += format.integer(bits, is_signed, 10, verb);
      return;
    case 'd':
      out_ += format.integer(bits, is_signed, 10, verb);
      return;
    case 'b':
      out_ += format.integer(bits, is_signed, 2, verb);
      return;
    case 'o':
    case 'O':
      out_ += format.integer(bits, is_signed, 8, verb);
      return;
    case 'x':
    case 'X':
      out_ += format.integer(bits, is_signed, 16, verb);
      return;
    case 'c':
      out_ += format.character(bits);
      return;
    case 'q':
      out_ += format.quoted_character(bits);
      return;
    case 'U':
      out_ += format.code_point(bits);
      return;
    default:
      print_mismatch(value, verb);
  }
}

void ValuePrinter::print_float(const Value& value, char32_t verb) {
  if (verb == 'v') {
    out_ += VerbFormat(flags_).real(value.as_float(), 'g', -1);
  } else if (is_one_of(verb, U"bgGxX")) {
    out_ += VerbFormat(flags_).real(value.as_float(), static_cast<char>(verb), -1);
  } else if (is_one_of(verb, U"eEfF")) {
    out_ += VerbFormat(flags_).real(value.as_float(), static_cast<char>(verb), 6);
  } else {
    print_mismatch(value, verb);
  }
}

void ValuePrinter::print_complex(const Value& value, char32_t verb) {
  if (!is_one_of(verb, U"vbgGxXeEfF")) {
    return print_mismatch(value, verb);
  }
  const char form = verb == 'v' ? 'g' : static_cast<char>(verb);
  out_ += VerbFormat(flags_).complex(value.as_complex(), form, is_one_of(verb, U"eEfF") ? 6 : -1);
}

void ValuePrinter::print_string(const Value& value, std::string_view text, char32_t verb) {
  const VerbFormat format(flags_);
  switch (verb) {
    case 'v':
      out_ += flags_.sharp_v ? format.quoted(text) : format.text(text);
      return;
    case 's':
      out_ += format.text(text);
      return;
    case 'q':
      out_ += format.quoted(text);
      return;
    case 'x':
    case 'X':
      out_ += format.hex(text, verb == 'X');
      return;
    default:
      print_mismatch(value, verb);
  }
}

void ValuePrinter::print_bytes(const Value& value, char32_t verb, int depth) {
  if (is_one_of(verb, U"sqxX")) {
    return print_string(value, value.as_bytes(), verb);
  }
  const bool go_syntax = verb == 'v' && flags_.sharp_v;
  out_ += go_syntax ? (depth == 0 ? "[]byte{" : value.type_name() + "{") : "[";
  bool first = true;
  for (const char c : value.as_bytes()) {
    if (!first) {
      out_ += go_syntax ? ", " : " ";
    }
    first = false;
    const auto byte = static_cast<unsigned char>(c);
    if (go_syntax) {
      out_ += fmt::format("0x{:x}", byte);
    } else {
      print_integer(Value::integer(byte, IntKind::kUint8), byte, false, verb);
    }
  }
  out_ += go_syntax ? '}' : ']';
}

void ValuePrinter::print_list(const Value& value, char32_t verb, int depth) {
  const bool go_syntax = flags_.sharp_v;
  if (go_syntax) {
    out_ += value.type_name();
    if (value.is_nil_container()) {
      out_ += "(nil)";
      return;
    }
  }
  out_ += go_syntax ? '{' : '[';
  bool first = true;
  for (const Value& item : value.items()) {
    if (!first) {
      out_ += go_syntax ? ", " : " ";
    }
    first = false;
    print_element(item, verb, depth, value.element_interface());
  }
  out_ += go_syntax ? '}' : ']';
}

void ValuePrinter::print_map(const Value& value, char32_t verb, int depth) {
  const bool go_syntax = flags_.sharp_v;
  out_ += go_syntax ? value.type_name() + "{" : "map[";
  bool first = true;
  for (const auto& [key, item] : value.entries()) {
    if (!first) {
      out_ += go_syntax ? ", " : " ";
    }
    first = false;
    print_value(Value(key), verb, depth + 1);
    out_ += ':';
    print_element(item, verb, depth, value.element_interface());
  }
  out_ += go_syntax ? '}' : ']';
}

void ValuePrinter::print_struct(const Value& value, char32_t verb, int depth) {
  if (value.is_pointer() && depth > 0) {
    return print_pointer(value, verb);
  }
  const bool pointer = value.is_pointer();
  if (pointer) {
    out_ += '&';
  }
  const bool go_syntax = flags_.sharp_v;
  if (go_syntax) {
    out_ += value.type_name().substr(pointer ? 1 : 0);
  }
  out_ += '{';
  bool first = true;
  for (const Field& field : value.fields()) {
    if (!first) {
      out_ += go_syntax ? ", " : " ";
    }
    first = false;
    if (go_syntax || flags_.plus_v) {
      out_ += field.name + ":";
    }
    print_element(field.value, verb, depth + (pointer ? 1 : 0), field.options.interface_type);
  }
  out_ += '}';
}

void ValuePrinter::print_pointer(const Value& value, char32_t verb) {
  const uint64_t address = value.address();
  VerbFlags flags = flags_;
  flags.sharp = !flags_.sharp;
  if (verb == 'v' && flags_.sharp_v) {
    out_ += "(" + value.type_name() + ")(" +
            (address == 0 ? std::string("nil") : fmt::format("0x{:x}", address)) + ")";
  } else if (verb == 'v' && address == 0) {
    out_ += VerbFormat(flags_).pad(kNilText);
  } else if (verb == 'v' || verb == 'p') {
    out_ += VerbFormat(flags).integer(address, false, 16, verb);
  } else if (is_one_of(verb, U"bodxX")) {
    print_integer(value, address, false, verb);
  } else {
    print_mismatch(value, verb);
  }
}

void ValuePrinter::print_mismatch(const Value& value, char32_t verb) {
  const bool outer = inside_mismatch_;
  inside_mismatch_ = true;
  out_ += "%!";
  append_rune(out_, verb);
  out_ += '(';
  if (value.is_untyped_nil()) {
    out_ += kNilText;
  } else {
    out_ += value.type_name() + "=";
    print_value(value, 'v', 0);
  }
  out_ += ')';
  inside_mismatch_ = outer;
}

}  // namespace rhumb::gotmpl
