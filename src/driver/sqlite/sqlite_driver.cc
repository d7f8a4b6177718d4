#include "driver/sqlite/sqlite_driver.h"

#include <fmt/format.h>

#include "base/text.h"
#include "driver/sqlite/dsn.h"
#include "driver/sqlite/sqlite_connection.h"

namespace rhumb::driver::sqlite {
namespace {

bool is_libsql(const DatabaseUrl& url) {
  return url.scheme().starts_with("libsql");
}

// `libsql+file://p` is the file `p`, as `libsql://file:p` is. Empty: a server.
std::string data_source(const DatabaseUrl& url) {
  if (url.scheme() == "libsql+file") {
    return "file:" + url.rest;
  }
  return is_libsql(url) && !url.rest.starts_with("file:") ? std::string() : url.rest;
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
  ConnectionInfo info;
  info.engine = is_libsql(url) ? Engine::kLibsql : Engine::kSqlite;
  info.driver = is_libsql(url) ? "libsql" : "sqlite";
  info.url = url.redacted;
  info.schema = "main";
  return SqliteConnection::open(dsn, std::move(info), locks);
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
