#include "gotmpl/printf.h"

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

namespace rhumb::gotmpl {
namespace {

using namespace std::chrono_literals;

struct Case {
  const char* format;
  std::vector<Value> args;
  const char* want;
};

Value point(const char* type) {
  return Struct(type).field("X", 1).field("Name", "a b");
}

// Expected values were printed by Go 1.26 (fmt.Sprintf); the recorded table has many more.
TEST(Printf, FormatsByVerbFlagWidthAndPrecision) {
  const Case cases[] = {
      {"%+#x|%O|%#o", {10, 8, 8}, "+0xa|0o10|010"},
      {"%x %X %#x", {3.75, 3.75, 1.0}, "0x1.ep+01 0X1.EP+01 0x1.0000p+00"},
      {"%b", {1.0}, "4503599627370496p-52"},
      {"%#g %#.3g %#v", {1.0, 2.5, 1e6}, "1.00000 2.50 1e+06"},
      {"%T %T", {Value(), Value::strings({})}, "<nil> []string"},
      {"%5T|%.2T", {Value(), 1}, "<nil>|in"},
      {"%w", {Value::list({1})}, "%!w([]interface {}=[1])"},
      {"%s %d", {Value::bytes("hi"), Value::bytes("hi")}, "hi [104 105]"},
      {"%#v", {Value::integer(200, IntKind::kUint8)}, "0xc8"},
      {"%.*d|%.*d", {-1, 5, 3, 5}, "%!(BADPREC)5|005"},
      {"%*d|%-*d|", {-4, 5, 4, 5}, "5   |5   |"},
      {"%[2]*[1]d", {7, 4}, "   7"},
      {"%[2]d %d", {1, 2}, "2 %!d(MISSING)"},
      {"%!", {1}, "%!!(int=1)"},
      {"%v %+v", {point("T"), point("*T")}, "{1 a b} &{X:1 Name:a b}"},
      {"%#v", {point("*main.T")}, "&main.T{X:1, Name:\"a b\"}"},
      {"%v %s %q %d",
       {Value::error("e"), Value::error("e"), Value::error("e"), Value::duration(1s)},
       "e e \"e\" 1000000000"},
      {"%t", {Value::duration(1s)}, "%!t(time.Duration=1000000000)"},
      {"%v %s", {Value::nil_pointer("*T"), Value::nil_pointer("*T")}, "<nil> %!s(*T=<nil>)"},
      {"%p", {1}, "%!p(int=1)"},
      {"%c|%q|%U|%#U",
       {1114112, 55296, -1, 233},
       "\uFFFD|'\uFFFD'|U+FFFFFFFFFFFFFFFF|U+00E9 '\u00E9'"},
  };
  for (const Case& test : cases) {
    EXPECT_EQ(format_printf(test.format, test.args), test.want) << test.format;
  }
}

TEST(Print, PutsBlanksBetweenOperands) {
  const std::vector<Value> values = {1, 2, "a", 3, Value()};
  EXPECT_EQ(format_print(values), "1 2a3 <nil>");
  EXPECT_EQ(format_println(values), "1 2 a 3 <nil>\n");
  EXPECT_EQ(format_print({}), "");
}

}  // namespace
}  // namespace rhumb::gotmpl
