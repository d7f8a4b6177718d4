#include "hcl/functions.h"

#include <utf8proc.h>

#include "base/utf8.h"
#include "hcl/convert.h"
#include "hcl/diagnostic.h"
#include "hcl/functions_internal.h"
#include "hcl/json.h"

namespace rhumb::hcl {

Function fixed_function(std::vector<Parameter> parameters, FunctionCall call) {
  Function function;
  function.parameters = std::move(parameters);
  function.call = std::move(call);
  return function;
}

Function variadic_function(std::vector<Parameter> parameters,
                           Parameter variadic,
                           FunctionCall call) {
  Function function = fixed_function(std::move(parameters), std::move(call));
  function.variadic = std::move(variadic);
  return function;
}

Result<int64_t> to_integer(const Value& value) {
  const auto number = value.as_number().to_int64();
  if (!number) {
    return invalid(
        "value must be a whole number, between -9223372036854775808 and 9223372036854775807");
  }
  return *number;
}

std::vector<std::string_view> split_graphemes(std::string_view text) {
  std::vector<std::string_view> out;
  utf8proc_int32_t previous = 0;
  utf8proc_int32_t state = 0;
  size_t begin = 0;
  for (size_t at = 0; at < text.size();) {
    const DecodedRune next = decode_rune(text.substr(at));
    const auto rune = static_cast<utf8proc_int32_t>(next.rune);
    if (at > 0 && utf8proc_grapheme_break_stateful(previous, rune, &state)) {
      out.push_back(text.substr(begin, at - begin));
      begin = at;
    }
    previous = rune;
    at += next.size;
  }
  if (begin < text.size()) {
    out.push_back(text.substr(begin));
  }
  return out;
}

Value string_list(const std::vector<std::string>& texts) {
  ValueList values;
  values.reserve(texts.size());
  for (const std::string& text : texts) {
    values.push_back(Value::string(text));
  }
  return Value::list(Type::string(), std::move(values));
}

namespace {

Result<Value> try_expressions(const std::vector<ExprPtr>& arguments, const LazyEvaluate& evaluate) {
  if (arguments.empty()) {
    return invalid("at least one argument is required");
  }
  std::string text = "no expression succeeded:\n";
  for (const ExprPtr& argument : arguments) {
    Diagnostics diagnostics;
    Value value = evaluate(*argument, diagnostics);
    if (diagnostics.empty()) {
      return value;
    }
    for (const Error& error : diagnostics.errors()) {
      const std::string& message = error.message();
      const size_t split = message.find("; ");
      text += "- " + message.substr(0, split);
      if (const std::optional<SourceSpan>& span = error.span()) {
        text += " (at " + format_span(*span) + ")";
      }
      if (split != std::string::npos) {
        text += "\n  " + message.substr(split + 2);
      }
      text += "\n";
    }
  }
  return invalid(text + "\nAt least one expression must produce a successful result");
}

Function print_function(FunctionHost& host) {
  return fixed_function({{"value", Type::dynamic(), true}},
                        [&host](const ValueList& args, CallProblem&) -> Result<Value> {
                          const std::string text = TRY(display_text(args[0]));
                          host.print(text);
                          return args[0];
                        });
}

}  // namespace

FunctionTable standard_functions(FunctionHost& host) {
  FunctionTable table;
  add_numeric_functions(table);
  add_string_functions(table);
  add_format_functions(table);
  add_regex_functions(table);
  add_time_functions(table);
  add_collection_functions(table);
  add_sequence_functions(table);
  add_set_functions(table);
  add_conversion_functions(table);
  add_type_functions(table);
  add_encoding_functions(table);
  add_yaml_functions(table);
  add_url_functions(table);
  table["try"].variadic = Parameter{"expressions", Type::dynamic(), true};
  table["try"].lazy = try_expressions;
  table["can"].parameters = {{"expression", Type::dynamic(), true}};
  table["can"].lazy = [](const std::vector<ExprPtr>& arguments,
                         const LazyEvaluate& evaluate) -> Result<Value> {
    Diagnostics diagnostics;
    static_cast<void>(evaluate(*arguments[0], diagnostics));
    return Value::boolean(diagnostics.empty());
  };
  table["print"] = print_function(host);
  table["sql"] = fixed_function({{"expr", Type::string()}},
                                [](const ValueList& args, CallProblem&) -> Result<Value> {
                                  if (args[0].as_string().empty()) {
                                    return invalid("empty expression");
                                  }
                                  return Value::sql(args[0].as_string());
                                });
  return table;
}

}  // namespace rhumb::hcl
