#include "registry/store/own_schema.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <vector>

#include "codec/url.h"
#include "driver/postgres/postgres_driver.h"
#include "driver/sqlite/sqlite_driver.h"
#include "migrate/executor.h"
#include "migrate/memory_directory.h"
#include "migrate/revision_store.h"
#include "registry/store/postgres_sql.h"
#include "sys/clock.h"
#include "sys/environment.h"

namespace rhumb::registry {
namespace {

constexpr std::string_view kOperator = "Rhumb registry";
// Another server may be at it, and a long history takes its time.
constexpr std::chrono::hours kLockTimeout{1};

/// What goes wrong is in the outcome.
class UpgradeObserver final : public migrate::RunObserver {
 public:
  explicit UpgradeObserver(const UpgradeListener& on_upgrade) : on_upgrade_(on_upgrade) {}

  void on_event(const migrate::RunEvent& event) override {
    if (const auto* planned = std::get_if<migrate::Planned>(&event.body)) {
      is_upgrade_ = !planned->current.empty();
    }
    const auto* started = std::get_if<migrate::FileStarted>(&event.body);
    if (started != nullptr && is_upgrade_ && on_upgrade_) {
      on_upgrade_(started->file->file().name);
    }
  }

 private:
  const UpgradeListener& on_upgrade_;
  bool is_upgrade_ = false;
};

Result<std::unique_ptr<driver::Connection>> open_store_file(const std::string& path) {
  codec::Url file;
  file.path = path;
  driver::DatabaseUrl url;
  url.url.scheme = "sqlite";
  // With a scheme of its own any character may stand in the path.
  url.rest = (path.starts_with('/') ? "file://" : "file:") + file.escaped_path();
  url.text = "sqlite://" + url.rest;
  url.redacted = url.text;
  return driver::sqlite::open_sqlite(url);
}

Result<void> refuse_newer(driver::Connection& connection, const migrate::DirectoryFiles& known) {
  const auto store = TRY(migrate::open_revision_reader(connection, ""));
  const std::vector<migrate::Revision> applied = TRY(store->read_all());
  const std::string newest = known.files.back().version();
  if (!applied.empty() && applied.back().version > newest) {
    return Error(ErrorCode::kUnsupported,
                 fmt::format("store is at version {}, this release knows {}; run the newer release",
                             applied.back().version, newest));
  }
  return {};
}

Result<void> apply(driver::Connection& connection,
                   const migrate::MemoryDirectory& directory,
                   const UpgradeListener& on_upgrade) {
  const migrate::DirectoryFiles files = TRY(migrate::load_files(directory));
  TRY(refuse_newer(connection, files));
  migrate::ApplyOptions options;
  options.holder = fmt::format("registry:{}", ::getpid());
  options.operator_version = kOperator;
  options.lock_timeout = kLockTimeout;
  sys::SystemClock clock;
  UpgradeObserver observer(on_upgrade);
  migrate::PlainTextRenderer texts;
  migrate::RunStream stream("registry", clock, observer, texts);
  const migrate::RunOutcome outcome =
      TRY(migrate::apply_migrations(connection, files, options, stream));
  return outcome.error ? Result<void>(*outcome.error) : Result<void>();
}

}  // namespace

Result<void> apply_own_schema_to_file(const std::string& path,
                                      std::span<const EmbeddedFile> files,
                                      const UpgradeListener& on_upgrade) {
  migrate::MemoryDirectory directory("mem://registry", migrate::Format::kAtlas);
  for (const EmbeddedFile& file : files) {
    TRY(directory.write(std::string(file.name), file.text));
  }
  const std::unique_ptr<driver::Connection> connection = TRY(open_store_file(path));
  return apply(*connection, directory, on_upgrade);
}

Result<void> apply_own_schema_to_server(const std::string& url,
                                        std::span<const EmbeddedFile> files,
                                        const UpgradeListener& on_upgrade) {
  migrate::MemoryDirectory directory("mem://registry", migrate::Format::kAtlas);
  for (const EmbeddedFile& file : files) {
    TRY(directory.write(std::string(file.name), schema_to_postgres(file.text)));
  }
  const sys::SystemEnvironment environment;
  const driver::DatabaseUrl parsed = TRY(driver::parse_database_url(url));
  const std::unique_ptr<driver::Connection> connection =
      TRY(driver::postgres::open_postgres(parsed, environment));
  return apply(*connection, directory, on_upgrade);
}

}  // namespace rhumb::registry
