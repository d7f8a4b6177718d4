#include "driver/postgres/pooled_settings.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "base/text.h"

namespace rhumb::driver::postgres {
namespace {

// Backslashes are escapes or not, as the server was told; in this form they always are.
std::string literal(std::string_view text) {
  return "E'" + replace_all(replace_all(text, "\\", "\\\\"), "'", "''") + "'";
}

std::string set_sql(const std::string& name, const std::string& value, bool only_now) {
  return fmt::format("SELECT pg_catalog.set_config({}, {}, {})", literal(name), literal(value),
                     only_now);
}

// As in prepare_lock_session: a pooler names a process of its own.
Result<bool> is_pooled(Session& session) {
  const Rows own = TRY(session.query("SELECT pg_catalog.pg_backend_pid()"));
  return to_int(own.rows.at(0).at(0)) != session.backend_pid();
}

// Where unqualified names are looked for: schemas that exist, `$user` replaced.
Result<std::string> read_schemas(Session& session) {
  const Rows found = TRY(session.query("SELECT pg_catalog.current_schemas(false)::text"));
  return to_text(found.rows.at(0).at(0));
}

}  // namespace

Result<PooledSettings> PooledSettings::adopt(Session& session,
                                             std::map<std::string, std::string> settings) {
  PooledSettings pooled;
  if (TRY(is_pooled(session))) {
    session.avoid_prepared_statements();
    pooled.settings_ = std::move(settings);
    return pooled;
  }
  for (const auto& [name, value] : settings) {
    TRY(session.query(set_sql(name, value, false)));
  }
  return pooled;
}

std::string PooledSettings::sql_after_begin() const {
  std::string sql;
  for (const auto& [name, value] : settings_) {
    sql += "; " + set_sql(name, value, true);
  }
  return sql;
}

Result<void> PooledSettings::check_search_path(Session& session) const {
  const auto wanted = settings_.find("search_path");
  if (wanted == settings_.end()) {
    return {};
  }
  const std::string outside = TRY(read_schemas(session));
  TRY(session.run("BEGIN" + sql_after_begin()));
  const Result<std::string> inside = read_schemas(session);
  TRY(session.run("ROLLBACK"));
  if (!inside || *inside == outside) {
    return inside ? Result<void>() : inside.error();
  }
  return Error(
      ErrorCode::kUnsupported,
      fmt::format(
          "connection pooler in transaction mode: search_path {} does not reach a statement "
          "outside "
          "of a transaction: use a direct connection, or let the server set it (ALTER ROLE ... SET "
          "search_path)",
          wanted->second));
}

}  // namespace rhumb::driver::postgres
