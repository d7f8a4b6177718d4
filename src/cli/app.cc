#include "cli/app.h"

#include <exception>

#include "base/text.h"
#include "cli/completion.h"
#include "cli/http_access.h"
#include "sys/signals.h"

namespace rhumb::cli {
namespace {

constexpr std::string_view kSilent = "failure already shown";

Result<int> run_help(const std::vector<const Command*>& path, App& app) {
  app.out << format_help(path, app.program);
  return 0;
}

/// `atlas help migrate apply`.
Result<int> run_help_command(const std::vector<std::string>& words, App& app, const Command& root) {
  const ResolvedCommand topic = resolve_command(root, words);
  if (!topic.arguments.empty()) {
    app.out << "Unknown help topic [`" << join(words, " ") << "`]\n";
    return run_help({&root}, app);
  }
  return run_help(topic.path, app);
}

std::vector<FlagSpec> all_flags(const Command& command) {
  std::vector<FlagSpec> flags = command.flags;
  const std::vector<FlagSpec> global = global_flags_of(command);
  flags.insert(flags.end(), global.begin(), global.end());
  return flags;
}

Result<int> run_group(const ResolvedCommand& resolved,
                      const ParsedArguments& parsed,
                      App& app,
                      const Command& root) {
  const Command& group = *resolved.path.back();
  const std::vector<std::string>& words = parsed.positionals;
  if (&group == &root && !words.empty() && words[0] == "help") {
    return run_help_command({words.begin() + 1, words.end()}, app, root);
  }
  if (!words.empty()) {
    return unknown_command(group, words[0], command_path(resolved.path, app.program));
  }
  return run_help(resolved.path, app);
}

Result<int> dispatch(const std::vector<std::string>& arguments, App& app, const Command& root) {
  if (!arguments.empty() && arguments[0] == "__complete") {
    app.out << complete(root, {arguments.begin() + 1, arguments.end()});
    return 0;
  }
  const ResolvedCommand resolved = resolve_command(root, arguments);
  const Command& command = *resolved.path.back();
  FlagSet flags(all_flags(command));
  const ParsedArguments parsed = TRY(parse_arguments(resolved.arguments, flags));
  if (parsed.help) {
    return run_help(resolved.path, app);
  }
  if (command.run == nullptr) {
    return run_group(resolved, parsed, app, root);
  }
  TRY(check_argument_count(command, parsed.positionals.size()));
  Invocation invocation{.app = app,
                        .command = command,
                        .path = command_path(resolved.path, app.program),
                        .flags = std::move(flags),
                        .positionals = parsed.positionals};
  if (!command.ends_in_order) {
    return command.run(invocation);
  }
  const sys::SignalWatcher signals;
  app.stop = signals.token();
  app.http.stop_with(signals.token());
  return command.run(invocation);
}

}  // namespace

void Invocation::warn(std::string_view text) const {
  app.out.flush();
  app.err << "Warning: " << text << "\n";
}

Error silent_failure() {
  return {ErrorCode::kInvalid, std::string(kSilent)};
}

bool is_silent(const Error& error) {
  return error.message() == kSilent;
}

int run_command_line(const std::vector<std::string>& arguments, App& app, const Command& root) {
  const Result<int> status = dispatch(arguments, app, root);
  app.out.flush();
  if (status.has_value()) {
    return status.value();
  }
  if (!is_silent(status.error())) {
    app.err << "Error: " << status.error().message() << "\n";
    if (!status.error().hint().empty()) {
      app.err << status.error().hint() << "\n";
    }
  }
  app.err.flush();
  return 1;
}

}  // namespace rhumb::cli
