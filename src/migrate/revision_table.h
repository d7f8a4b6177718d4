#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "driver/connection.h"
#include "migrate/revision.h"

namespace rhumb::migrate {

/// How one engine spells the revisions table: its SQL and the encoding of its cells.
///
/// A new engine adds one implementation and a line in make_revision_table; RevisionStore's rules
/// are the same for all. An implementation knows the schema the table lives in and qualifies every
/// name with it, so that neither a search path nor a default database matters. Source: spec
/// revisions.md 1, 2 (stored in users' databases, never change).
class RevisionTable {
 public:
  RevisionTable() = default;
  RevisionTable(const RevisionTable&) = delete;
  RevisionTable& operator=(const RevisionTable&) = delete;
  virtual ~RevisionTable() = default;

  /// The statements that create the table, in order; before it its schema, when that is missing.
  virtual Result<std::vector<std::string>> create_sql(driver::Connection& connection) const = 0;
  /// The statement that adds a column an older program did not have.
  [[nodiscard]] virtual std::string add_column_sql(std::string_view column) const = 0;
  /// The names of the columns there are; none when there is no table.
  virtual Result<std::vector<std::string>> columns(driver::Connection& connection) const = 0;
  /// The table's name as statements write it, quoted and qualified where needed.
  [[nodiscard]] virtual std::string name_sql() const = 0;
  [[nodiscard]] virtual std::string quote(std::string_view identifier) const = 0;
  /// The placeholder of parameter `number`, from 1.
  [[nodiscard]] virtual std::string placeholder(size_t number) const = 0;
  /// How a SELECT reads a column, where the cell itself depends on the session (a time zone): a
  /// time becomes what parse_stored_time reads.
  [[nodiscard]] virtual std::string read_sql(std::string_view column) const {
    return quote(column);
  }
  /// How an INSERT writes parameter `number` into a column; the reverse of read_sql.
  [[nodiscard]] virtual std::string write_sql(std::string_view /*column*/, size_t number) const {
    return placeholder(number);
  }
  /// What follows `INSERT INTO t (...) VALUES (...)` to update `columns` of a row with the version.
  [[nodiscard]] virtual std::string on_conflict_update(
      const std::vector<std::string_view>& columns) const;
  /// As on_conflict_update, to keep the row that is there.
  [[nodiscard]] virtual std::string on_conflict_keep() const;

  [[nodiscard]] virtual driver::Value encode_time(const StoredTime& time) const = 0;
  [[nodiscard]] virtual driver::Value encode_hashes(const std::vector<std::string>& hashes) const;

 protected:
  /// The one column of `rows` as texts.
  [[nodiscard]] static std::vector<std::string> first_column(const driver::Rows& rows);
};

/// Columns in the order of the table.
inline constexpr std::string_view kRevisionColumns[] = {
    "version",        "description", "type",       "applied", "total",          "executed_at",
    "execution_time", "error",       "error_stmt", "hash",    "partial_hashes", "operator_version"};

/// The JSON text of a row's hashes: an array, or `null` when there are none.
[[nodiscard]] std::string format_hashes(const std::vector<std::string>& hashes);
/// Reverses format_hashes; anything but an array of strings is none.
[[nodiscard]] std::vector<std::string> parse_hashes(std::string_view json);

/// `2006-01-02 15:04:05.999999999` in UTC, without zeros at the end of the fraction.
[[nodiscard]] std::string format_stored_time(std::chrono::sys_time<std::chrono::nanoseconds> at);
/// `2006-01-02 15:04:05.999999999-07:00` and the shorter forms that drivers of other programs
/// write; what cannot be read is the epoch.
[[nodiscard]] StoredTime parse_stored_time(std::string_view text);

[[nodiscard]] std::unique_ptr<RevisionTable> sqlite_revision_table();
/// `schema` is where the table lives; see postgres' and mysql's types in spec revisions.md 2.
[[nodiscard]] std::unique_ptr<RevisionTable> postgres_revision_table(std::string schema);
/// The types depend on engine and version of the server.
[[nodiscard]] std::unique_ptr<RevisionTable> mysql_revision_table(
    const driver::ConnectionInfo& info, std::string schema);

/// The table of a connection's engine in `schema`. Errors: kUnsupported, naming the driver.
[[nodiscard]] Result<std::unique_ptr<RevisionTable>> make_revision_table(
    const driver::ConnectionInfo& info, const std::string& schema);

}  // namespace rhumb::migrate
