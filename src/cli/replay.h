#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "cli/app.h"
#include "driver/connection.h"
#include "migrate/directory.h"
#include "project/environment.h"

namespace rhumb::cli {

struct ReplayWishes {
  std::string_view command{};  ///< told to whoever waits for the lock
  std::chrono::nanoseconds lock_timeout = std::chrono::seconds(10);
  std::string_view error_prefix{};  ///< of what the files or the database did wrong; may be empty
};

/// Calls `work` with the database of `--dev-url`, under its lock. An interrupt ends the statement
/// that runs; `work` has to end then.
/// Errors: the URL's; `acquiring database lock: ...`; those of `work`; kCancelled `interrupted`.
[[nodiscard]] Result<void> use_dev_database(
    const Invocation& invocation,
    const project::Environment& environment,
    const ReplayWishes& wishes,
    const std::function<Result<void>(driver::Connection& dev)>& work);

/// Executes the files on the database of `--dev-url`, under its lock, and restores it; tells the
/// driver's name. An interrupt ends the statement that runs, and the database is restored as well.
/// Errors: the URL's; `acquiring database lock: ...`; those of migrate::validate_directory.
[[nodiscard]] Result<std::string> replay_on_dev(const Invocation& invocation,
                                                const project::Environment& environment,
                                                const migrate::DirectoryFiles& files,
                                                const ReplayWishes& wishes);

}  // namespace rhumb::cli
