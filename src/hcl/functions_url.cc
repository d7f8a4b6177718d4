#include "codec/url.h"
#include "hcl/functions_internal.h"

namespace rhumb::hcl {

namespace {

Result<Value> urlqueryset(const ValueList& args, CallProblem&) {
  codec::Url url = TRY(codec::parse_url(args[0].as_string()));
  codec::QueryValues query = url.query();
  query.insert_or_assign(args[1].as_string(), std::vector<std::string>{args[2].as_string()});
  url.set_query(query);
  return Value::string(url.text_with_secrets());
}

Result<Value> urlsetpath(const ValueList& args, CallProblem&) {
  codec::Url url = TRY(codec::parse_url(args[0].as_string()));
  url.path = args[1].as_string();
  url.raw_path.clear();
  return Value::string(url.text_with_secrets());
}

Result<Value> urluserinfo(const ValueList& args, CallProblem& problem) {
  if (args.size() > 3) {
    return problem.argument(3, "expected at most 3 arguments");
  }
  codec::Url url = TRY(codec::parse_url(args[0].as_string()));
  codec::UserInfo user;
  user.name = args[1].as_string();
  if (args.size() == 3 && !args[2].is_null()) {
    user.password = args[2].as_string();
  }
  url.user = std::move(user);
  return Value::string(url.text_with_secrets());
}

}  // namespace

void add_url_functions(FunctionTable& table) {
  const Type text = Type::string();
  table["urlescape"] =
      fixed_function({{"string", text}}, [](const ValueList& args, CallProblem&) -> Result<Value> {
        return Value::string(codec::query_escape(args[0].as_string()));
      });
  table["urlqueryset"] =
      fixed_function({{"url", text}, {"key", text}, {"value", text}}, urlqueryset);
  table["urlsetpath"] = fixed_function({{"url", text}, {"path", text}}, urlsetpath);
  table["urluserinfo"] =
      variadic_function({{"url", text}, {"user", text}}, {"pass", text, true}, urluserinfo);
}

}  // namespace rhumb::hcl
