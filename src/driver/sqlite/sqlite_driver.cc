#include "driver/sqlite/sqlite_driver.h"

#include "base/text.h"
#include "driver/sqlite/dsn.h"
#include "driver/sqlite/sqlite_connection.h"

#include <fmt/format.h>

namespace rhumb::driver::sqlite {
namespace {

constexpr std::string_view kOpening = "sqlite: querying schemas";

bool is_libsql(const DatabaseUrl& url) { return url.scheme().starts_with("libsql"); }

// `libsql+file://p` is the file `p`, as `libsql://file:p` is. Empty: a server.
std::string data_source(const DatabaseUrl& url) {
  if (url.scheme() == "libsql+file") {
    return "file:" + url.rest;
  }
  return is_libsql(url) && !url.rest.starts_with("file:") ? std::string() : url.rest;
}

Result<Database> open_database(const Dsn& dsn) {
  Database database = TRY(Database::open(dsn.name));
  database.set_busy_timeout(dsn.busy_timeout_ms);
  for (const std::string& pragma : dsn.pragmas) {
    TRY(database.run(pragma));
  }
  // The library opens lazily: only a read tells whether the file is a database at all.
  TRY(database.run("SELECT 1 FROM sqlite_master LIMIT 1"));
  return database;
}

Result<std::unique_ptr<Connection>> open_with(const DatabaseUrl& url,
                                              const std::shared_ptr<NamedLocks>& locks) {
  const std::string source = data_source(url);
  if (source.empty() && is_libsql(url)) {
    return Error(ErrorCode::kUnsupported,
                 fmt::format("{}: remote libsql databases are not supported by this build; "
                             "use libsql+file://<path> or sqlite://<path>",
                             url.redacted));
  }
  const Dsn dsn = TRY(parse_dsn(source));
  Database database = TRY(open_database(dsn).context(kOpening));
  ConnectionInfo info;
  info.engine = is_libsql(url) ? Engine::kLibsql : Engine::kSqlite;
  info.driver = is_libsql(url) ? "libsql" : "sqlite";
  info.url = url.redacted;
  info.schema = "main";
  return std::make_unique<SqliteConnection>(std::move(database), std::move(info), locks);
}

}  // namespace

Result<std::unique_ptr<Connection>> open_sqlite(const DatabaseUrl& url) {
  return open_with(url, std::make_shared<NamedLocks>());
}

void register_sqlite(DriverRegistry& registry) {
  const auto locks = std::make_shared<NamedLocks>();
  registry.add({"sqlite", "sqlite3", "libsql", "libsql+ws", "libsql+wss", "libsql+file"},
               [locks](const DatabaseUrl& url) { return open_with(url, locks); });
}

}  // namespace rhumb::driver::sqlite
