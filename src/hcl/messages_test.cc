#include <gtest/gtest.h>

#include <string>

#include "hcl/diagnostic.h"
#include "hcl/evaluate.h"
#include "hcl/functions.h"

namespace rhumb::hcl {
namespace {

class NoHost : public FunctionHost {
 public:
  void print(std::string_view /*line*/) override {}
  std::string environment(const std::string& /*name*/) override { return ""; }
  Result<std::string> read_file(const std::string& path) override {
    return Error(ErrorCode::kNotFound, path);
  }
  std::vector<Entry> list_directory(const std::string& /*path*/) override { return {}; }
};

// What the language's own implementation says (hcl 2.20, cty 1.14), the position included: which
// part of an argument is shown, and whether a problem belongs to the argument or to the call.
TEST(Messages, PointAtTheSamePlaceAsTheReference) {
  NoHost host;
  const FunctionTable functions = standard_functions(host);
  EvalContext context;
  context.functions = &functions;
  context.variables.emplace("host", Value::string("h"));
  struct Case {
    const char* input;
    const char* want;
  };
  const Case cases[] = {
      {"upper(tolist([\"a\"]))",
       "a.hcl:1,7-14: Invalid function argument; Invalid value for \"str\" parameter: string "
       "required."},
      {"upper([[\"x\"]][0])",
       "a.hcl:1,7-17: Invalid function argument; Invalid value for \"str\" parameter: string "
       "required."},
      {"upper([[\"x\"]][0 + 0])",
       "a.hcl:1,14-15: Invalid function argument; Invalid value for \"str\" parameter: "
       "string required."},
      {"upper([[\"x\"]][*])",
       "a.hcl:1,14-17: Invalid function argument; Invalid value for \"str\" parameter: "
       "string required."},
      {"upper({a = []}.a)",
       "a.hcl:1,7-17: Invalid function argument; Invalid value for \"str\" parameter: string "
       "required."},
      {"upper(([\"a\"]))",
       "a.hcl:1,8-9: Invalid function argument; Invalid value for \"str\" parameter: string "
       "required."},
      {"abs(!true)",
       "a.hcl:1,5-6: Invalid function argument; Invalid value for \"num\" parameter: number "
       "required."},
      {"abs((1) == 1)",
       "a.hcl:1,6-7: Invalid function argument; Invalid value for \"num\" parameter: number "
       "required."},
      {"abs([\"x\"]...)",
       "a.hcl:1,5-10: Invalid function argument; Invalid value for \"num\" parameter: a "
       "number is required."},
      {"max(1, [\"x\", 2]...)",
       "a.hcl:1,8-16: Invalid function argument; Invalid value for \"numbers\" parameter: a "
       "number is required."},
      {"index([\"a\"], 1)",
       "a.hcl:1,1-7: Error in function call; Call to function \"index\" failed: key must be "
       "between 0 and 1 inclusive."},
      {"index([\"a\"], \"x\")",
       "a.hcl:1,1-7: Error in function call; Call to function \"index\" failed: key for "
       "tuple must be number."},
      {"index([\"a\"], 0.5)",
       "a.hcl:1,1-7: Error in function call; Call to function \"index\" failed: invalid key "
       "for tuple: value must be a whole number, between -9223372036854775808 and "
       "9223372036854775807."},
      {"element({a = 1}, 0)",
       "a.hcl:1,1-9: Error in function call; Call to function \"element\" failed: cannot "
       "read elements from object."},
      {"element([\"a\"], 0.5)",
       "a.hcl:1,1-9: Error in function call; Call to function \"element\" failed: invalid "
       "index: value must be a whole number, between -9223372036854775808 and "
       "9223372036854775807."},
      {"contains(\"abc\", \"a\")",
       "a.hcl:1,1-10: Error in function call; Call to function \"contains\" failed: argument "
       "must be list, tuple, or set."},
      {"coalescelist([], null, [\"x\"])",
       "a.hcl:1,1-14: Error in function call; Call to function \"coalescelist\" failed: "
       "coalescelist arguments must be lists or tuples."},
      {"coalescelist(toset([\"a\"]))",
       "a.hcl:1,1-14: Error in function call; Call to function \"coalescelist\" failed: "
       "coalescelist arguments must be lists or tuples."},
      {"chunklist([\"a\"], 1.5)",
       "a.hcl:1,1-11: Error in function call; Call to function \"chunklist\" failed: invalid "
       "size: value must be a whole number, between -9223372036854775808 and "
       "9223372036854775807."},
      {"zipmap([\"a\"], \"x\")",
       "a.hcl:1,1-8: Error in function call; Call to function \"zipmap\" failed: values "
       "argument must be a list or tuple value."},
      {"zipmap([\"a\", null], [1, 2])",
       "a.hcl:1,1-8: Error in function call; Call to function \"zipmap\" failed: keys list "
       "has null value at index 1."},
      {"range(1, 5, 0)",
       "a.hcl:1,1-7: Error in function call; Call to function \"range\" failed: more than "
       "1024 values were generated; either decrease the difference between start and end or "
       "use a smaller step."},
      {"range(5, 1, 1)",
       "a.hcl:1,10-11: Invalid function argument; Invalid value for \"params\" parameter: "
       "end must be greater than start when step is positive."},
      {"range(1, 5, -1)",
       "a.hcl:1,10-11: Invalid function argument; Invalid value for \"params\" parameter: "
       "end must be less than start when step is negative."},
      {"parseint(\"12\", 1.5)",
       "a.hcl:1,16-19: Invalid function argument; Invalid value for \"base\" parameter: "
       "value must be a whole number, between -9223372036854775808 and 9223372036854775807."},
      {"true ? 1 : [1]",
       "a.hcl:1,8-15: Inconsistent conditional result types; The true and false result "
       "expressions must have consistent types. The 'true' value is number, but the 'false' "
       "value is tuple."},
      {"true ? tolist([1]) : tolist([true])",
       "a.hcl:1,8-36: Inconsistent conditional result types; The true and false result "
       "expressions must have consistent types. The 'true' value is list of number, but the "
       "'false' value is list of bool."},
      {"{(null) = 1}", "a.hcl:1,11-12: Null value as key; Can't use a null value as a key."},
      {"{for x in [1] : x}",
       "a.hcl:1,17-18: Invalid 'for' expression; Key expression is required when building an "
       "object."},
      {"[for x in [1] : x => x]",
       "a.hcl:1,17-18: Invalid 'for' expression; Key expression is not valid when building a "
       "tuple."},
      {"1.5.5",
       "a.hcl:1,1-6: Invalid number literal; Failed to recognize the value of this number "
       "literal."},
      {"1e5e6",
       "a.hcl:1,1-6: Invalid number literal; Failed to recognize the value of this number "
       "literal."},
      {"\"\\uD800\"",
       "a.hcl:1,2-8: Invalid escape sequence; Cannot encode character U+d800 in UTF-8."},
      {"\"\\u00g0\"",
       "a.hcl:1,2-6: Invalid escape sequence; The \\u escape sequence must be followed by "
       "four hexadecimal digits."},
      {"\"%{ iff true }\"",
       "a.hcl:1,5-8: Invalid template control keyword; \"iff\" is not a valid template "
       "control keyword. Did you mean \"if\"?"},
      {"\"%{ if true }%{ else }%{ else }%{ endif }\"",
       "a.hcl:1,23-32: Unexpected else directive; Already in the else clause for the if "
       "started at a.hcl:1,2-14., and 1 other diagnostic(s)"},
      {"\"%{ if true }%{ endfor }\"",
       "a.hcl:1,14-25: Unexpected endfor directive; Expecting an endif directive for the if "
       "started at a.hcl:1,2-14."},
      {"\"%{ for x in [1] }%{ else }%{ endfor }\"",
       "a.hcl:1,19-28: Unexpected else directive; An else clause is not expected for a for "
       "directive., and 1 other diagnostic(s)"},
      {"\"%{ if true }a%{ else }b\"",
       "a.hcl:1,25-26: Unexpected end of template; The if directive at a.hcl:1,2-14 is "
       "missing its corresponding endif directive."},
      {"\"%{ for x on [1] }%{ endfor }\"",
       "a.hcl:1,11-13: Invalid 'for' directive; For directive requires 'in' keyword after "
       "names., and 1 other diagnostic(s)"},
      {"\"%{ if true x }%{ endif }\"",
       "a.hcl:1,13-14: Extra characters in if marker; Expected a closing brace to end the "
       "sequence, but found extra characters."},
      {"\"${a:-b}\"",
       "a.hcl:1,5-6: Extra characters after interpolation expression; Template interpolation "
       "doesn't expect a colon at this location. Did you intend this to be a literal "
       "sequence to be processed as part of another language? If so, you can escape it by "
       "starting with \"$${\" instead of just \"${\"."},
      {"\"${1 2}\"",
       "a.hcl:1,6-7: Extra characters after interpolation expression; Expected a closing "
       "brace to end the interpolation expression, but found extra characters.\n\nThis can "
       "happen when you include interpolation syntax for another language, such as shell "
       "scripting, but forget to escape the interpolation start token. If this is an "
       "embedded sequence for another language, escape it by starting with \"$${\" instead "
       "of just \"${\"."},
      {"\"${1 \"a\"}\"",
       "a.hcl:1,2-4: Unclosed template interpolation sequence; There is no closing brace for "
       "this interpolation sequence before the end of the quoted template. This might be "
       "caused by incorrect nesting inside the given expression."},
      {"formatdate(\"YYYY\", \"2024-02-03T24:05:06Z\")",
       "a.hcl:1,21-41: Invalid function argument; Invalid value for \"time\" parameter: not "
       "a valid RFC3339 timestamp: hour must be between 0 and 23 inclusive."},
      {"formatdate(\"YYYY\", \"2024-02-03T4:05:06Z\")",
       "a.hcl:1,21-40: Invalid function argument; Invalid value for \"time\" parameter: not "
       "a valid RFC3339 timestamp: hour must have exactly two digits."},
      {"formatdate(\"YYYY\", \"2024-02-03T04:60:06Z\")",
       "a.hcl:1,21-41: Invalid function argument; Invalid value for \"time\" parameter: not "
       "a valid RFC3339 timestamp: minute must have exactly two digits."},
      {"formatdate(\"YYYY\", \"2024-02-03T04:05:06+24:00\")",
       "a.hcl:1,21-46: Invalid function argument; Invalid value for \"time\" parameter: not "
       "a valid RFC3339 timestamp: cannot use \"+24:00\" as UTC offset."},
      {"formatdate(\"YYYY\", \"2024-02-03T04:05:06+25:00\")",
       "a.hcl:1,21-46: Invalid function argument; Invalid value for \"time\" parameter: not "
       "a valid RFC3339 timestamp: end of string before UTC offset."},
      {"formatdate(\"YYYY\", \"2024-02-03T04:05:06,5Z\")",
       "a.hcl:1,21-43: Invalid function argument; Invalid value for \"time\" parameter: not "
       "a valid RFC3339 timestamp: cannot use \",\" as timestamp segment."},
      {"formatdate(\"E\", \"2024-02-03T04:05:06Z\")",
       "a.hcl:1,13-14: Invalid function argument; Invalid value for \"format\" parameter: "
       "invalid date format verb \"E\": day of week must either be \"EEE\" or \"EEEE\"."},
      {"formatdate(\"ZZ\", \"2024-02-03T04:05:06Z\")",
       "a.hcl:1,13-15: Invalid function argument; Invalid value for \"format\" parameter: "
       "invalid date format verb \"ZZ\": timezone must be Z, ZZZZ, or ZZZZZ."},
      {"format(\"%5%\")",
       "a.hcl:1,1-8: Error in function call; Call to function \"format\" failed: "
       "unrecognized format character '%' at offset 2."},
      {"format(\"%[0]s\", \"a\")",
       "a.hcl:1,1-8: Error in function call; Call to function \"format\" failed: "
       "unrecognized format character '0' at offset 2."},
      {"format(\"%[1]5d\", 1)",
       "a.hcl:1,1-8: Error in function call; Call to function \"format\" failed: "
       "unrecognized format character '5' at offset 4."},
      {"formatlist(\"%s\")",
       "a.hcl:1,1-12: Error in function call; Call to function \"formatlist\" failed: not "
       "enough arguments for \"%s\" at 0: need index 1 but have 0 total."},
      {"formatlist(\"x\", [\"a\", \"b\"])",
       "a.hcl:1,1-12: Error in function call; Call to function \"formatlist\" failed: error "
       "on format iteration 0: too many arguments; no verbs in format string."},
      {"csvdecode(\"a\\nx\\\"y\\n\")",
       "a.hcl:1,1-11: Error in function call; Call to function \"csvdecode\" failed: CSV "
       "parse error on line 2: bare \" in non-quoted-field."},
      {"host[1 x]",
       "a.hcl:1,9-10: Missing close bracket on index; The index operator must end with a "
       "closing bracket (\"]\")."},
      {"host[* x]",
       "a.hcl:1,9-10: Missing close bracket on splat index; The star for a full splat "
       "operator must be immediately followed by a closing bracket (\"]\")."},
      {"max(1..., 2)",
       "a.hcl:1,6-9: Missing closing parenthesis; An expanded function argument (with ...) "
       "must be immediately followed by closing parentheses."},
      {"host ** 2",
       "a.hcl:1,7-8: Invalid expression; Expected the start of an expression, but found an "
       "invalid expression token."},
  };
  for (const Case& c : cases) {
    Diagnostics diagnostics;
    const ExprPtr expr = parse_expression("a.hcl", c.input, diagnostics);
    if (expr == nullptr) {
      EXPECT_EQ(format_diagnostics(diagnostics), c.want) << c.input;
      continue;
    }
    const auto value = evaluate(*expr, context);
    ASSERT_FALSE(value.has_value()) << c.input;
    EXPECT_EQ(value.error().message(), c.want) << c.input;
  }
}

}  // namespace
}  // namespace rhumb::hcl
