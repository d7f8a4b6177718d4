// The executable: makes the object graph and hands the command line on.

#include <csignal>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "cli/app.h"
#include "cli/http_access.h"
#include "driver/mysql/mysql_driver.h"
#include "driver/postgres/postgres_driver.h"
#include "driver/sqlite/sqlite_driver.h"
#include "driver/url.h"
#include "main/server_commands.h"
#include "sys/clock.h"
#include "sys/environment.h"
#include "sys/terminal.h"

namespace {

/// `atlas` when called by that name, whatever the path before it.
std::string program_name(const std::string& argv0) {
  const std::string base = argv0.substr(argv0.rfind('/') + 1);
  return base == "atlas" ? "atlas" : "rhumb";
}

int run(const std::vector<std::string>& words) {
  using namespace rhumb;  // NOLINT(google-build-using-namespace): wiring only
  const sys::SystemEnvironment environment;
  sys::SystemClock clock;
  driver::DriverRegistry drivers;
  driver::sqlite::register_sqlite(drivers);
  driver::mysql::register_mysql(drivers);
  driver::postgres::register_postgres(drivers, environment);
  cli::HttpAccess http(environment, clock);
  const bool colored =
      sys::wants_color(environment, sys::is_terminal(sys::StandardStream::kOutput));
  cli::App app{.program = program_name(words.front()),
               .out = std::cout,
               .err = std::cerr,
               .environment = environment,
               .clock = clock,
               .drivers = drivers,
               .http = http,
               .style = {.enabled = colored},
               .err_is_terminal = sys::is_terminal(sys::StandardStream::kError),
               .in = sys::is_terminal(sys::StandardStream::kInput) ? &std::cin : nullptr};
  const cli::Command root = cli::make_root_command(make_server_commands());
  return cli::run_command_line({words.begin() + 1, words.end()}, app, root);
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  // A file that may not grow is an error of the write, like a full disk, and not the end.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    const std::vector<std::string> words(argv, argv + argc);
    return run(words.empty() ? std::vector<std::string>{"rhumb"} : words);
  } catch (const std::exception& failure) {
    std::cerr << "Error: internal error: " << failure.what() << "\n";
    return 1;
  }
}
