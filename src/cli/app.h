#pragma once

#include <functional>
#include <istream>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "cli/flags.h"
#include "report/style.h"
#include "sys/cancellation.h"

namespace rhumb::driver {
class DriverRegistry;
}  // namespace rhumb::driver
namespace rhumb::sys {
class Clock;
class Environment;
}  // namespace rhumb::sys

namespace rhumb::cli {

class HttpAccess;

/// What a command may touch of the world; made once by main and handed down.
struct App {
  std::string program;  ///< `atlas` or `rhumb`, as called: the first word of usage lines
  std::ostream& out;
  std::ostream& err;
  const sys::Environment& environment;
  sys::Clock& clock;
  const driver::DriverRegistry& drivers;
  HttpAccess& http;
  report::Style style;  ///< of what goes to stdout
  bool err_is_terminal = false;
  std::istream* in = nullptr;     ///< where a person can be asked; null when nobody is there
  sys::CancellationToken stop{};  ///< of commands that end in order when the person asks to stop
};

/// One command, as it was called.
struct Invocation {
  App& app;
  const Command& command;
  std::string path;  ///< `atlas migrate apply`
  FlagSet flags;
  std::vector<std::string> positionals;

  void warn(std::string_view text) const;
};

/// The whole tree. `serve`, `audit` and other server commands are handed in by main, since the
/// command line stands above the registry in the house only there.
[[nodiscard]] Command make_root_command(std::vector<Command> server_commands);

/// Runs one command line, without the program's name, and tells the exit status (0 or 1).
/// Errors are printed to stderr as `Error: <text>`; a panic of a library too.
int run_command_line(const std::vector<std::string>& arguments, App& app, const Command& root);

/// An error whose text was already printed, or must not be: only the exit status is left.
[[nodiscard]] Error silent_failure();
[[nodiscard]] bool is_silent(const Error& error);

}  // namespace rhumb::cli
