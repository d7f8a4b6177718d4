#include "cli/replay.h"

#include <memory>

#include "cli/environments.h"
#include "cli/holder.h"
#include "driver/connection.h"
#include "driver/url.h"
#include "migrate/executor.h"

namespace rhumb::cli {
namespace {

Error with_prefix(const Error& error, const ReplayWishes& wishes) {
  return wishes.error_prefix.empty() ? error : error.context(std::string(wishes.error_prefix));
}

/// A file that is no database is found out by the first look at it.
Result<std::unique_ptr<driver::Connection>> open_dev(const App& app,
                                                     const std::string& url,
                                                     const ReplayWishes& wishes) {
  Result<std::unique_ptr<driver::Connection>> opened = app.drivers.open(url);
  const bool is_no_database = !opened && opened.error().code() == ErrorCode::kDatabase;
  if (is_no_database && !wishes.error_prefix.empty()) {
    return with_prefix(opened.error().context("sql/migrate: taking database snapshot"), wishes);
  }
  return opened;
}

}  // namespace

Result<void> use_dev_database(const Invocation& invocation,
                              const project::Environment& environment,
                              const ReplayWishes& wishes,
                              const std::function<Result<void>(driver::Connection& dev)>& work) {
  const std::string url = TRY(resolve_url(invocation.flags.text("dev-url"), environment));
  const std::unique_ptr<driver::Connection> dev = TRY(open_dev(invocation.app, url, wishes));
  const std::unique_ptr<driver::Lock> lock =
      TRY(dev->lock({.name = "atlas_migrate_diff",
                     .timeout = wishes.lock_timeout,
                     .holder = lock_holder(invocation.app, wishes.command),
                     .revisions_schema = {},
                     .on_wait = {},
                     .stop = invocation.app.stop})
              .context("acquiring database lock"));
  const sys::CancellationToken& stop = invocation.app.stop;
  const auto cancelling = stop.on_cancel([&dev] { dev->cancel(); });
  TRY(work(*dev));
  TRY(lock->release());
  if (stop.is_cancelled()) {
    return Error(ErrorCode::kCancelled, "interrupted");
  }
  return {};
}

Result<std::string> replay_on_dev(const Invocation& invocation,
                                  const project::Environment& environment,
                                  const migrate::DirectoryFiles& files,
                                  const ReplayWishes& wishes) {
  std::string driver;
  TRY(use_dev_database(
      invocation, environment, wishes, [&](driver::Connection& dev) -> Result<void> {
        driver = dev.info().driver;
        const Result<void> validated = migrate::validate_directory(dev, files);
        return validated ? validated : Result<void>(with_prefix(validated.error(), wishes));
      }));
  return driver;
}

}  // namespace rhumb::cli
