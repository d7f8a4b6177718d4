#pragma once

#include <string>

#include "gotmpl/value.h"
#include "gotmpl/verb_format.h"

namespace rhumb::gotmpl {

/// Prints values the way Go's fmt does for one directive: picks the form for kind and verb, walks
/// into lists, maps and structures, and writes `%!d(string=x)` where the two do not fit.
class ValuePrinter {
 public:
  ValuePrinter(std::string& out, VerbFlags flags) : out_(out), flags_(flags) {}

  void print(const Value& value, char32_t verb) { print_value(value, verb, 0); }

 private:
  void print_value(const Value& value, char32_t verb, int depth);
  void print_element(const Value& value,
                     char32_t verb,
                     int depth,
                     const std::string& interface_type);
  bool print_own_text(const Value& value, char32_t verb);
  void print_nil(const Value& value, char32_t verb);
  void print_bool(const Value& value, char32_t verb);
  void print_integer(const Value& value, uint64_t bits, bool is_signed, char32_t verb);
  void print_float(const Value& value, char32_t verb);
  void print_complex(const Value& value, char32_t verb);
  void print_string(const Value& value, std::string_view text, char32_t verb);
  void print_bytes(const Value& value, char32_t verb, int depth);
  void print_list(const Value& value, char32_t verb, int depth);
  void print_map(const Value& value, char32_t verb, int depth);
  void print_struct(const Value& value, char32_t verb, int depth);
  void print_pointer(const Value& value, char32_t verb);
  void print_mismatch(const Value& value, char32_t verb);

  std::string& out_;
  VerbFlags flags_;
  bool inside_mismatch_ = false;
};

}  // namespace rhumb::gotmpl
