#include "migrate/lease_row.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/go_format.h"
#include "base/text.h"
#include "codec/json.h"
#include "migrate/revision.h"
#include "migrate/revision_store.h"
#include "migrate/revision_table.h"

namespace rhumb::migrate {
namespace {

// A text that starts so is a lease with that number.
std::string number_part(const LeaseText& lease) {
  return fmt::format("{{\"lease\":{},", lease.number);
}

// Everything before the time, which the server knows, and everything behind it.
std::string head_of(const LeaseText& lease) {
  return fmt::format("{}\"holder\":{},\"until\":\"", number_part(lease),
                     codec::format_json_string(lease.holder, /*escape_html=*/false));
}
constexpr std::string_view kTail = "\"}";

bool is_over(const LeaseText& lease, std::string_view now) {
  const auto until = parse_rfc3339(lease.until);
  const auto server_now = parse_rfc3339(now);
  return !until || !server_now || *until <= *server_now;
}

// False for an error that says that somebody holds the row.
Result<bool> or_busy(const Result<bool>& result) {
  return !result && result.error().code() == ErrorCode::kBusy ? Result<bool>(false) : result;
}

}  // namespace

std::string format_lease(const LeaseText& lease) {
  return head_of(lease) + lease.until + std::string(kTail);
}

std::optional<LeaseText> parse_lease(std::string_view text) {
  const Result<codec::Json> json = codec::parse_json(text);
  if (!json || !json->is_object()) {
    return std::nullopt;
  }
  const std::optional<int64_t> number = json->find_int("lease");
  if (!number) {
    return std::nullopt;
  }
  return LeaseText{.number = *number,
                   .holder = json->string_or_empty("holder"),
                   .until = json->string_or_empty("until")};
}

// The row is passed over, not waited for, while another session has locked it: the subquery of the
// two updates skips it.
LeaseRow::Sql LeaseRow::postgres_sql(const std::string& table, std::chrono::milliseconds length) {
  const std::string time =
      "pg_catalog.to_char((pg_catalog.clock_timestamp() + interval '{} milliseconds') "
      "AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')";
  const std::string row = fmt::format("\"version\" = '{}'", kIdentityVersion);
  const std::string update =
      fmt::format("UPDATE {} SET \"error\" = $1::text || {} || $2::text WHERE ", table,
                  replace_all(time, "{}", std::to_string(length.count())));
  const auto free_row = [&](std::string_view condition) {
    return fmt::format(
        "\"version\" = (SELECT \"version\" FROM {} WHERE {} AND {} FOR UPDATE SKIP LOCKED)", table,
        row, condition);
  };
  const std::string ours = "pg_catalog.strpos(\"error\", $3::text) = 1";
  const std::string ours_alone = replace_all(ours, "$3", "$1");
  return {
      .read = fmt::format("SELECT COALESCE(\"error\", ''), {}, (extract(epoch FROM "
                          "pg_catalog.clock_timestamp()) * 1000000)::bigint FROM {} WHERE {}",
                          replace_all(time, "{}", "0"), table, row),
      .is_locked = fmt::format("SELECT 1 FROM {} WHERE {} FOR UPDATE SKIP LOCKED", table, row),
      .take = update + free_row("COALESCE(\"error\", '') = $3::text"),
      .renew = update + free_row(ours),
      .fence = fmt::format("SELECT 1 FROM {} WHERE {} AND {} FOR SHARE", table, row, ours_alone),
      .renew_fenced = fmt::format("{}{} AND {}", update, row, ours),
      .clear = fmt::format("UPDATE {} SET \"error\" = '' WHERE {}", table, free_row(ours_alone))};
}

// The server has no way to pass over a row in an update, so that the wait for it is cut short. It
// takes a shared lock that becomes an exclusive one beside a waiting session for a deadlock: the
// fence is exclusive from the start.
LeaseRow::Sql LeaseRow::mysql_sql(const std::string& table, std::chrono::milliseconds length) {
  const std::string time =
      "DATE_FORMAT(UTC_TIMESTAMP(6) + INTERVAL {} MICROSECOND, '%Y-%m-%dT%H:%i:%s.%fZ')";
  const std::string row = fmt::format("`version` = '{}'", kIdentityVersion);
  const std::string update = fmt::format(
      "UPDATE {} SET `error` = CONCAT(?, {}, ?) WHERE {} AND ", table,
      replace_all(time, "{}", std::to_string(std::chrono::microseconds(length).count())), row);
  const std::string ours = "LOCATE(?, `error`) = 1";
  return {.prepare = "SET SESSION innodb_lock_wait_timeout = 1",
          .read = fmt::format(
              "SELECT COALESCE(`error`, ''), {}, TIMESTAMPDIFF(MICROSECOND, '1970-01-01', "
              "UTC_TIMESTAMP(6)) FROM {} WHERE {}",
              replace_all(time, "{}", "0"), table, row),
          .is_locked = fmt::format("SELECT 1 FROM {} WHERE {} FOR UPDATE NOWAIT", table, row),
          .take = update + "COALESCE(`error`, '') = ?",
          .renew = update + ours,
          .fence = fmt::format("SELECT 1 FROM {} WHERE {} AND {} FOR UPDATE", table, row, ours),
          .renew_fenced = update + ours,
          .clear = fmt::format("UPDATE {} SET `error` = '' WHERE {} AND {}", table, row, ours)};
}

Result<LeaseRow> LeaseRow::open(const driver::ConnectionInfo& info,
                                std::string_view revisions_schema,
                                std::chrono::milliseconds length) {
  const auto table =
      TRY(make_revision_table(info, choose_revisions_schema(info, revisions_schema)));
  switch (info.engine) {
    case driver::Engine::kPostgres:
      return LeaseRow(postgres_sql(table->name_sql(), length));
    case driver::Engine::kMysql:
    case driver::Engine::kMariadb:
    case driver::Engine::kTidb:
      return LeaseRow(mysql_sql(table->name_sql(), length));
    case driver::Engine::kCockroach:
      return Error(
          ErrorCode::kUnsupported,
          "lock mode \"lease\" is not for CockroachDB: its lock of mode \"session\" is held "
          "by an open transaction, which works behind a connection pooler too");
    case driver::Engine::kSqlite:
    case driver::Engine::kLibsql:
      break;
  }
  return Error(ErrorCode::kUnsupported,
               fmt::format("lock mode \"lease\" is for servers behind a connection pooler: a "
                           "database of driver \"{}\" is guarded by a lock beside its file; leave "
                           "--lock-mode out",
                           info.driver));
}

Result<void> LeaseRow::prepare(driver::Connection& connection) const {
  if (!sql_.prepare.empty()) {
    TRY(connection.execute(sql_.prepare));
  }
  return {};
}

Result<std::optional<LeaseRow::Seen>> LeaseRow::read(driver::Connection& connection) const {
  const driver::Rows found = TRY(connection.query(sql_.read));
  if (found.rows.empty()) {
    return std::optional<Seen>();
  }
  const std::vector<driver::Value>& cells = found.rows.front();
  Seen seen{.text = driver::to_text(cells[0])};
  seen.lease = parse_lease(seen.text);
  seen.expired = !seen.lease || is_over(*seen.lease, driver::to_text(cells[1]));
  // By the clock, because a lease that was given back leaves no number.
  seen.next_number =
      std::max(driver::to_int(cells[2]), seen.lease ? seen.lease->number + 1 : int64_t{1});
  return std::optional(std::move(seen));
}

Result<bool> LeaseRow::is_locked(driver::Connection& connection) const {
  const Result<driver::Rows> free = connection.query(sql_.is_locked);
  return free ? free->rows.empty() : free.error().code() == ErrorCode::kBusy;
}

Result<bool> LeaseRow::change(driver::Connection& connection,
                              const std::string& sql,
                              const LeaseText& lease,
                              const std::string& condition) {
  const driver::Value params[] = {head_of(lease), std::string(kTail), condition};
  const driver::ExecResult done = TRY(connection.execute(sql, params));
  return done.rows_affected > 0;
}

Result<bool> LeaseRow::take(driver::Connection& connection,
                            const Seen& seen,
                            const LeaseText& lease) const {
  return or_busy(change(connection, sql_.take, lease, seen.text));
}

Result<bool> LeaseRow::renew(driver::Connection& connection, const LeaseText& lease) const {
  return or_busy(change(connection, sql_.renew, lease, number_part(lease)));
}

Result<bool> LeaseRow::renew_fenced(driver::Connection& connection, const LeaseText& lease) const {
  return change(connection, sql_.renew_fenced, lease, number_part(lease));
}

Result<bool> LeaseRow::fence(driver::Connection& connection, const LeaseText& lease) const {
  const driver::Value params[] = {number_part(lease)};
  const driver::Rows found = TRY(connection.query(sql_.fence, params));
  return !found.rows.empty();
}

Result<bool> LeaseRow::clear(driver::Connection& connection, const LeaseText& lease) const {
  const driver::Value params[] = {number_part(lease)};
  const Result<driver::ExecResult> done = connection.execute(sql_.clear, params);
  return or_busy(done ? Result<bool>(done->rows_affected > 0) : Result<bool>(done.error()));
}

}  // namespace rhumb::migrate
