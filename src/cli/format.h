#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/app.h"
#include "gotmpl/value.h"

namespace rhumb::cli {

/// How a command renders `--format`.
struct FormatContext {
  gotmpl::FunctionMap functions{};
  /// Before the text of an execution error; `execute log template` for apply, else empty.
  std::string execute_prefix{};
  std::string parse_prefix = "parse format";
};

/// Functions of the reports that have colours: json json_merge and the colours, and `more`.
[[nodiscard]] gotmpl::FunctionMap report_functions(const App& app,
                                                   std::vector<std::string_view> more = {});
/// What `cloud` commands, `whoami` and the like offer.
[[nodiscard]] gotmpl::FunctionMap data_functions(const App& app);

/// How the commands that run files on databases render it: with json, colours and a little more.
[[nodiscard]] FormatContext run_format(const App& app);

/// Renders a template over a value and writes it to stdout, also what was rendered before an error.
/// Errors: `parse format: template: format:1: ...`, `template: format:1:2: executing ...`.
/// Source: spec templates.md 3.
Result<void> print_format(const App& app,
                          std::string_view text,
                          const gotmpl::Value& root,
                          const FormatContext& context);

/// As print_format, into a text.
Result<void> render_format(std::string_view text,
                           const gotmpl::Value& root,
                           const FormatContext& context,
                           std::string& out);

/// The template in force, `--format` or its older name `--log`; empty: the default report.
[[nodiscard]] std::string format_text(const Invocation& invocation);

}  // namespace rhumb::cli
