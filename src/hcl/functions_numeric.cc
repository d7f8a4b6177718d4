#include <fmt/format.h>

#include <cmath>

#include "base/go_format.h"
#include "hcl/functions_internal.h"

namespace rhumb::hcl {

namespace {

Function unary(Number (*apply)(const Number&)) {
  return fixed_function({{"num", Type::number()}},
                        [apply](const ValueList& args, CallProblem&) -> Result<Value> {
                          return Value::number(apply(args[0].as_number()));
                        });
}

// A function of two numbers computed as IEEE doubles.
Function doubles(const char* second, double (*apply)(double, double)) {
  return fixed_function({{"num", Type::number()}, {second, Type::number()}},
                        [apply](const ValueList& args, CallProblem&) -> Result<Value> {
                          const double result = apply(args[0].as_number().to_double(),
                                                      args[1].as_number().to_double());
                          if (std::isnan(result)) {
                            return invalid("the result is not a number");
                          }
                          return Value::number(Number::from_double(result));
                        });
}

Function extreme(bool largest) {
  return variadic_function({}, {"numbers", Type::number()},
                           [largest](const ValueList& args, CallProblem&) -> Result<Value> {
                             if (args.empty()) {
                               return invalid("must pass at least one number");
                             }
                             Value best = args[0];
                             for (const Value& value : args) {
                               const bool better = largest ? value.as_number() > best.as_number()
                                                           : value.as_number() < best.as_number();
                               if (better) {
                                 best = value;
                               }
                             }
                             return best;
                           });
}

Result<Value> parse_int(const ValueList& args, CallProblem& problem) {
  if (args[0].kind() != TypeKind::kString) {
    return problem.argument(
        0, "first argument must be a string, not " + args[0].type().friendly_name());
  }
  const auto base = to_integer(args[1]);
  if (!base) {
    return problem.argument(1, base.error().message());
  }
  if (*base < 2 || *base > 62) {
    return problem.argument(1, "base must be a whole number between 2 and 62 inclusive");
  }
  const std::string& text = args[0].as_string();
  auto number = Number::parse_integer(text, static_cast<int>(*base));
  if (!number) {
    return problem.argument(
        0, number.error().code() == ErrorCode::kLimit
               ? number.error().message()
               : fmt::format("cannot parse {} as a base {} integer", go_quote(text), *base));
  }
  return Value::number(*std::move(number));
}

Result<Value> signum(const ValueList& args, CallProblem&) {
  const int64_t number = TRY(to_integer(args[0]));
  return Value::integer(number < 0 ? -1 : (number > 0 ? 1 : 0));
}

}  // namespace

void add_numeric_functions(FunctionTable& table) {
  table["abs"] = unary([](const Number& number) { return number.abs(); });
  table["ceil"] = unary([](const Number& number) { return number.ceil(); });
  table["floor"] = unary([](const Number& number) { return number.floor(); });
  table["log"] =
      doubles("base", [](double num, double base) { return std::log(num) / std::log(base); });
  table["pow"] = doubles("power", [](double num, double power) { return std::pow(num, power); });
  table["max"] = extreme(true);
  table["min"] = extreme(false);
  table["parseint"] =
      fixed_function({{"number", Type::dynamic()}, {"base", Type::number()}}, parse_int);
  table["signum"] = fixed_function({{"num", Type::number()}}, signum);
}

}  // namespace rhumb::hcl
