#include "cli/format.h"

#include "gotmpl/functions.h"
#include "gotmpl/template.h"

namespace rhumb::cli {

gotmpl::FunctionMap report_functions(const App& app, std::vector<std::string_view> more) {
  std::vector<std::string_view> names = {"json", "json_merge", "cyan",        "green",
                                         "red",  "yellow",     "redBgWhiteFg"};
  names.insert(names.end(), more.begin(), more.end());
  return gotmpl::pick_functions({.names = names, .colors_enabled = app.style.enabled});
}

gotmpl::FunctionMap data_functions(const App& app) {
  return report_functions(app, {"base64url", "add", "sub", "upper", "lower", "join", "indent_ln"});
}

FormatContext run_format(const App& app) {
  return {.functions = report_functions(app, {"add", "upper", "indent_ln"}),
          .execute_prefix = "execute log template"};
}

Result<void> render_format(std::string_view text,
                           const gotmpl::Value& root,
                           const FormatContext& context,
                           std::string& out) {
  const gotmpl::Template parsed =
      TRY(gotmpl::parse_template("format", std::string(text), context.functions)
              .context(context.parse_prefix));
  Result<void> executed = gotmpl::execute(parsed, root, out);
  if (!executed.has_value() && !context.execute_prefix.empty()) {
    return executed.error().context(context.execute_prefix);
  }
  return executed;
}

Result<void> print_format(const App& app,
                          std::string_view text,
                          const gotmpl::Value& root,
                          const FormatContext& context) {
  std::string out;
  Result<void> rendered = render_format(text, root, context, out);
  app.out << out;
  return rendered;
}

std::string format_text(const Invocation& invocation) {
  const FlagSet& flags = invocation.flags;
  if (flags.find("log") != nullptr && flags.changed("log")) {
    return flags.text("log");
  }
  return flags.text("format");
}

}  // namespace rhumb::cli
