#include "hcl/evaluate.h"

#include <gtest/gtest.h>

#include <string>

#include "hcl/convert.h"
#include "hcl/diagnostic.h"

namespace rhumb::hcl {
namespace {

// The value as text, or its problem.
std::string eval_text(std::string_view text, const EvalContext& context) {
  Diagnostics diagnostics;
  const ExprPtr expr = parse_expression("a.hcl", text, diagnostics);
  if (expr == nullptr) {
    return format_diagnostics(diagnostics);
  }
  const auto value = evaluate(*expr, context);
  if (!value) {
    return value.error().message();
  }
  const auto converted = convert(*value, Type::string());
  return converted && converted->has_content() ? converted->as_string()
                                               : value->type().friendly_name();
}

TEST(Evaluate, ComputesExpressions) {
  EvalContext context;
  context.variables.emplace("x", Value::integer(7));
  context.variables.emplace("list", Value::tuple({Value::string("a"), Value::string("b")}));
  struct Case {
    const char* input;
    const char* want;
  };
  const Case cases[] = {
      {"1 + 2 * 3", "7"},
      {"-7 % 3", "-1"},
      {"x > 3 && !false", "true"},
      {"\"a${x}b\"", "a7b"},
      {"\"${x}\" + 1", "8"},
      {"\"%{ for v in list ~}  ${v};%{ endfor }\"", "a;b;"},
      {"[for i, v in list : \"${i}${v}\"][1]", "1b"},
      {"{for v in list : v => x...}.a[0]", "7"},
      {"list[*][0]",
       "a.hcl:1,8-11: Invalid index; This value does not have any indices., and 1 other "
       "diagnostic(s)"},
      {"list.0", "a"},
      {"true ? x : \"y\"", "7"},
      {"1 / 3 == 1 / 3", "true"},
      {"nope", "a.hcl:1,1-5: Unknown variable; There is no variable named \"nope\"."},
      {"lst",
       "a.hcl:1,1-4: Unknown variable; There is no variable named \"lst\". Did you mean "
       "\"list\"?"},
      {"x.y",
       "a.hcl:1,2-4: Unsupported attribute; Can't access attributes on a primitive-typed "
       "value (number)."},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(eval_text(c.input, context), c.want) << c.input;
  }
}

TEST(Evaluate, AsksTheResolverWithTheWholeReference) {
  EvalContext context;
  context.resolver_names = {"local"};
  context.resolver = [](const Traversal& traversal) -> std::optional<Result<Resolved>> {
    if (traversal.root != "local") {
      return std::nullopt;
    }
    if (traversal.steps.empty() || traversal.steps[0].name != "a") {
      return Result<Resolved>(invalid("cyclic reference to \"local.b\""));
    }
    return Result<Resolved>(Resolved{Value::integer(5), 1});
  };
  EXPECT_EQ(eval_text("local.a + 1", context), "6");
  EXPECT_EQ(eval_text("local.b", context), "cyclic reference to \"local.b\"");
  EXPECT_EQ(eval_text("locals.b", context),
            "a.hcl:1,1-7: Unknown variable; There is no variable named \"locals\". Did you mean "
            "\"local\"?");
}

TEST(Evaluate, StopsWhenItsStepsAreUsedUp) {
  int64_t steps = 1000;
  EvalContext context;
  context.variables.emplace("l", Value::tuple(ValueList(100, Value::integer(1))));
  context.steps_left = &steps;
  EXPECT_NE(eval_text("[for a in l : [for b in l : [for c in l : c]]]", context)
                .find("Evaluation too long"),
            std::string::npos);
}

TEST(Convert, SaysWhatIsRequired) {
  struct Case {
    Value value;
    Type type;
    const char* want;
  };
  const Value object = Value::object({{"a", Value::string("x")}});
  const Case cases[] = {
      {Value::string("x"), Type::number(), "a number is required"},
      {Value::string("yes"), Type::boolean(), "a bool is required"},
      {Value::string("True"), Type::boolean(),
       "a bool is required; to convert from string, use lowercase \"true\""},
      {Value::string("x"), Type::list(Type::string()), "list of string required"},
      {Value::tuple({object}), Type::list(Type::string()), "element 0: string required"},
      {object, Type::object({{"b", Type::string()}}), "attribute \"b\" is required"},
      {Value::tuple({Value::string("x")}), Type::list(Type::number()), "a number is required"},
  };
  for (const Case& c : cases) {
    const auto converted = convert(c.value, c.type);
    EXPECT_FALSE(converted.has_value());
    EXPECT_EQ(converted ? "" : converted.error().message(), c.want);
  }
}

TEST(Number, KeepsItsPrecision) {
  EXPECT_EQ(Number::from_double(0.1).to_text(), "0.1");
  EXPECT_EQ(Number::from_double(1e23).to_text(), "100000000000000000000000");
  EXPECT_EQ(Number::parse("-0")->to_text(), "-0");
  EXPECT_EQ(Number::parse("1.50")->to_text(), "1.5");
  EXPECT_EQ(Number::parse("1e10001").error().message(), "number out of range");
  EXPECT_EQ(Number::parse("1e").error().message(), "a number is required");
  EXPECT_EQ(Number::divide(Number::from_int64(1), Number::from_int64(3))->to_text(),
            "0.33333333333333333334");
  EXPECT_TRUE(Number::divide(Number::from_int64(1), Number::from_int64(0))->is_infinite());
  EXPECT_FALSE(Number::divide(Number::from_int64(0), Number::from_int64(0)).has_value());
}

}  // namespace
}  // namespace rhumb::hcl
