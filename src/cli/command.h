#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/flags.h"

namespace rhumb::cli {

struct Invocation;

/// How many positional arguments a command takes; `max` of kAnyCount is no bound.
struct ArgumentCount {
  static constexpr size_t kAnyCount = static_cast<size_t>(-1);
  size_t min = 0;
  size_t max = 0;
  bool ignore_surplus = false;  ///< takes none but does not mind any
};

/// A node of the command tree; a group has children and no `run`.
struct Command {
  std::string name;
  std::string arguments;    ///< behind the name in the usage line, such as `[flags] [amount]`
  std::string summary;      ///< one line, shown in the parent's list
  std::string description;  ///< shown by --help; empty: the summary
  std::string examples;     ///< indented by two blanks each line
  std::vector<std::string> aliases;
  std::vector<FlagSpec> flags;
  ArgumentCount count;
  bool hidden = false;
  /// An interrupt does not end the process: it cancels App::stop, and the command ends in order.
  bool ends_in_order = false;
  /// Exclusive groups, in the order they are checked; names in definition order.
  std::vector<std::vector<std::string>> exclusive_groups;
  /// Groups of which one flag must be given.
  std::vector<std::vector<std::string>> one_required_groups;
  /// Flags that must be given, on the command line or by the project file.
  std::vector<std::string> required_flags;
  /// Returns the exit status. Errors are printed by the caller as `Error: <message>`.
  std::function<Result<int>(Invocation&)> run;
  std::vector<Command> children;
};

/// Flags every command takes: --config, --env, --var.
[[nodiscard]] const std::vector<FlagSpec>& global_flags();
/// Those of them that the command does not define itself.
[[nodiscard]] std::vector<FlagSpec> global_flags_of(const Command& command);

/// The command named by the leading words, and what is left for it.
struct ResolvedCommand {
  std::vector<const Command*> path;  ///< root first, never empty
  std::vector<std::string> arguments;
};

/// Walks down the tree; flags may stand before a sub-command's name. An unknown word is left in
/// `arguments` of the group it was said to.
[[nodiscard]] ResolvedCommand resolve_command(const Command& root,
                                              const std::vector<std::string>& arguments);

/// `atlas migrate apply`.
[[nodiscard]] std::string command_path(const std::vector<const Command*>& path,
                                       std::string_view program);

/// Names near `word` by spelling, for "Did you mean this?".
[[nodiscard]] std::vector<std::string> suggest_commands(const Command& group,
                                                        std::string_view word);

/// The error for a word that `group` does not know, with suggestions and the way to the help.
[[nodiscard]] Error unknown_command(const Command& group,
                                    std::string_view word,
                                    std::string_view group_path);

/// Checks the number of positionals. Errors: kInvalid, `accepts at most 1 arg(s), received 2`.
Result<void> check_argument_count(const Command& command, size_t given);
/// `required flag(s) "to", "dev-url" not set`.
Result<void> check_required_flags(const Command& command, const FlagSet& flags);
/// Exclusive and one-required groups.
Result<void> check_flag_groups(const Command& command, const FlagSet& flags);

/// The text of `--help`.
[[nodiscard]] std::string format_help(const std::vector<const Command*>& path,
                                      std::string_view program);

}  // namespace rhumb::cli
