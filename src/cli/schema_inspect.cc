// `schema inspect`, for databases that hold no tables yet.

#include "base/go_format.h"
#include "base/text.h"
#include "cli/environments.h"
#include "cli/format.h"
#include "cli/migrate_flags.h"
#include "cli/prepare.h"
#include "cli/report_value.h"
#include "cli/schema_commands.h"
#include "driver/connection.h"
#include "driver/url.h"

namespace rhumb::cli {
namespace {

using gotmpl::Struct;
using gotmpl::Value;

/// Whether a URL names a database, and not a file or directory with a desired state.
Result<void> check_is_database(const std::string& url) {
  const auto parts = cut(url, "://");
  if (!parts) {
    return invalid("missing scheme. See: https://atlasgo.io/url");
  }
  if (parts->first == "mem") {
    return Error(ErrorCode::kNotFound,
                 "data-source state " + go_quote(url) + " not found in memory");
  }
  for (const std::string_view scheme : {"file", "atlas", "ent"}) {
    if (parts->first == scheme) {
      return Error(ErrorCode::kUnsupported, "schema inspect of " + std::string(scheme) +
                                                ":// states is not available in this version; give "
                                                "a database URL");
    }
  }
  return {};
}

Result<void> check_is_empty(driver::Connection& connection) {
  const std::optional<std::string> dirt = TRY(connection.find_dev_dirt());
  if (dirt) {
    return Error(
        ErrorCode::kUnsupported,
        "schema inspect of a database that has objects is not available in this version: " + *dirt);
  }
  return {};
}

Value inspect_value(const driver::ConnectionInfo& info, const std::string& hcl) {
  const Value schema = Struct("*schema.Schema")
                           .field("Name", info.schema, {.json = "name"})
                           .field("Tables", Value::nil_list("[]*schema.Table"),
                                  {.json = "tables", .omit_empty = true});
  const Value realm = Struct("*schema.Realm")
                          .field("Schemas", Value::list_of("[]*schema.Schema", {schema}),
                                 {.json = "schemas", .omit_empty = true});
  return Struct("*cmdlog.SchemaInspect")
      .field("Realm", realm)
      .field("URL", url_value(info.url, info.schema))
      .method("MarshalHCL", [hcl] { return Value(hcl); })
      .method("RedactedURL", [url = info.url] { return Value(url); })
      .json(realm);
}

gotmpl::FunctionMap inspect_functions(const App& app) {
  gotmpl::FunctionMap functions = report_functions(app, {"base64url"});
  functions["sql"] = {
      .params = {gotmpl::Param::any()},
      .variadic = gotmpl::Param::text(),
      .call = [](std::span<const Value> arguments) -> Result<Value> {
        if (arguments.size() > 2) {
          return invalid("unexpected number of arguments: " + std::to_string(arguments.size() - 1));
        }
        return Value("");  // no objects, no statements
      },
      .type = "func(*cmdlog.SchemaInspect, ...string) (string, error)"};
  functions["mermaid"] = {
      .params = {gotmpl::Param::any()},
      .variadic = std::nullopt,
      .call = [](std::span<const Value>) -> Result<Value> { return Value("erDiagram\n"); },
      .type = "func(*cmdlog.SchemaInspect) (string, error)"};
  return functions;
}

Result<int> run_inspect(Invocation& invocation) {
  const Prepared prepared = TRY(prepare(invocation));
  TRY(check_flags(invocation));
  const std::string url = TRY(resolve_url(invocation.flags.text("url"), prepared.environment));
  TRY(check_is_database(url));
  const std::unique_ptr<driver::Connection> connection = TRY(invocation.app.drivers.open(url));
  TRY(check_is_empty(*connection));
  const driver::ConnectionInfo& info = connection->info();
  const std::string hcl = "schema " + go_quote(info.schema) + " {\n}\n";
  const std::string format = format_text(invocation);
  if (format.empty()) {
    invocation.app.out << hcl;
    return 0;
  }
  TRY(print_format(invocation.app, format, inspect_value(info, hcl),
                   {.functions = inspect_functions(invocation.app),
                    .execute_prefix = {},
                    .parse_prefix = "parse log format"}));
  return 0;
}

}  // namespace

Command make_schema_command() {
  Command inspect;
  inspect.name = "inspect";
  inspect.arguments = "[flags]";
  inspect.summary = "Prints the schema of a database; in this version of one without tables.";
  inspect.examples = "  atlas schema inspect --url \"sqlite://app.db\"";
  inspect.flags = {
      url_flag(),
      dev_url_flag(),
      with_shorthand(with_kind(text_flag("schema", "", "schemas to look at"), FlagKind::kList),
                     's'),
      with_kind(text_flag("exclude", "", "globs of objects to leave out"), FlagKind::kList),
      with_kind(text_flag("include", "", "globs of objects to keep"), FlagKind::kList),
      log_flag(),
      format_flag()};
  inspect.required_flags = {"url"};
  inspect.exclusive_groups = {{"log", "format"}};
  inspect.run = run_inspect;

  Command command;
  command.name = "schema";
  command.summary = "Looks at the schema of a database.";
  command.children = {std::move(inspect)};
  return command;
}

}  // namespace rhumb::cli
