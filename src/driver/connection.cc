#include "driver/connection.h"

#include <fmt/format.h>

namespace rhumb::driver {

sql::Dialect sql_dialect(Engine engine) {
  switch (engine) {
    case Engine::kSqlite:
    case Engine::kLibsql:
      return sql::Dialect::kSqlite;
    case Engine::kPostgres:
    case Engine::kCockroach:
      return sql::Dialect::kPostgres;
    case Engine::kMysql:
    case Engine::kMariadb:
    case Engine::kTidb:
      return sql::Dialect::kMysql;
  }
  return sql::Dialect::kGeneric;
}

Error old_session_runs() {
  return {ErrorCode::kBusy, "the server still runs the session whose connection was lost"};
}

Error lock_busy(std::string_view text, std::string_view held_by) {
  if (held_by.empty()) {
    return {ErrorCode::kBusy, std::string(text)};
  }
  return {ErrorCode::kBusy, fmt::format("{} (held by {})", text, held_by)};
}

}  // namespace rhumb::driver
