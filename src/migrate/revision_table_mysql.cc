#include <fmt/format.h>

#include "base/text.h"
#include "migrate/revision_table.h"

namespace rhumb::migrate {
namespace {

struct Column {
  std::string_view name;
  std::string_view definition;          // {text}, {time} and {json} depend on the server
  std::string_view added_default = {};  // what rows get that were there before the column
};

constexpr Column kColumns[] = {{"version", "{text} NOT NULL", "''"},
                               {"description", "{text} NOT NULL", "''"},
                               {"type", "bigint unsigned NOT NULL DEFAULT 2"},
                               {"applied", "bigint NOT NULL DEFAULT 0"},
                               {"total", "bigint NOT NULL DEFAULT 0"},
                               {"executed_at", "{time}"},
                               {"execution_time", "bigint NOT NULL", "0"},
                               {"error", "longtext NULL"},
                               {"error_stmt", "longtext NULL"},
                               {"hash", "{text} NOT NULL", "''"},
                               {"partial_hashes", "{json} NULL"},
                               {"operator_version", "{text} NOT NULL", "''"}};

// From which version on a server has what the table wants, as ConnectionInfo counts.
struct Since {
  int64_t mysql;
  int64_t mariadb;
};
constexpr Since kLongKeys{50700, 100202};  // 255 characters of four bytes in an index
constexpr Since kJson{50708, 100207};
constexpr int64_t kTimeNotNullSince = 80002;  // MySQL; never on MariaDB

// A timestamp cannot hold the epoch, nor the hours after it in zones east of Greenwich.
constexpr std::string_view kNoTime = "1970-01-02 00:00:00";

/// Times are whole seconds of UTC as text. A `timestamp` is converted from the session's zone when
/// it is written and to it when it is read, so that the text stays what it was. The
/// original program does so too, and both have to agree on what a cell says.
class MysqlRevisionTable final : public RevisionTable {
 public:
  MysqlRevisionTable(const driver::ConnectionInfo& info, std::string schema)
      : engine_(info.engine), version_(info.server_version), schema_(std::move(schema)) {}

  Result<std::vector<std::string>> create_sql(driver::Connection& connection) const override {
    std::vector<std::string> statements;
    const driver::Value params[] = {schema_};
    const driver::Rows schemas = TRY(connection.query(
        "SELECT 1 FROM information_schema.schemata WHERE schema_name = ?", params));
    // IF NOT EXISTS alone would ask for the right to create databases even when it is there.
    if (schemas.rows.empty()) {
      statements.push_back("CREATE DATABASE IF NOT EXISTS " + quote(schema_));
    }
    std::vector<std::string> parts;
    for (const Column& column : kColumns) {
      parts.push_back(fmt::format("`{}` {}", column.name, definition(column)));
    }
    statements.push_back(fmt::format(
        "CREATE TABLE {} ({}, PRIMARY KEY (`version`)) CHARSET utf8mb4 COLLATE utf8mb4_bin",
        name_sql(), join(parts, ", ")));
    return statements;
  }

  std::string add_column_sql(std::string_view name) const override {
    for (const Column& column : kColumns) {
      if (column.name == name) {
        return fmt::format("ALTER TABLE {} ADD COLUMN `{}` {}{}", name_sql(), name,
                           definition(column), default_of_old_rows(column));
      }
    }
    return {};
  }

  Result<std::vector<std::string>> columns(driver::Connection& connection) const override {
    const driver::Value params[] = {schema_, std::string(kRevisionsTable)};
    const driver::Rows found = TRY(connection.query(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = ? AND table_name "
        "= ? ORDER BY ordinal_position",
        params));
    return first_column(found);
  }

  std::string name_sql() const override { return quote(schema_) + "." + quote(kRevisionsTable); }

  std::string quote(std::string_view identifier) const override {
    return "`" + replace_all(identifier, "`", "``") + "`";
  }

  std::string placeholder(size_t /*number*/) const override { return "?"; }

  std::string on_conflict_update(const std::vector<std::string_view>& columns) const override {
    std::vector<std::string> parts;
    parts.reserve(columns.size());
    for (const std::string_view column : columns) {
      parts.push_back(fmt::format("{0} = VALUES({0})", quote(column)));
    }
    return " ON DUPLICATE KEY UPDATE " + join(parts, ", ");
  }

  std::string on_conflict_keep() const override {
    return " ON DUPLICATE KEY UPDATE `version` = `version`";
  }

  driver::Value encode_time(const StoredTime& time) const override {
    if (time.at.time_since_epoch().count() == 0) {
      return has_time_not_null() ? driver::Value(std::string(kNoTime)) : driver::Value();
    }
    return format_stored_time(std::chrono::floor<std::chrono::seconds>(time.at));
  }

 private:
  [[nodiscard]] bool has(const Since& since) const {
    return version_ >= (engine_ == driver::Engine::kMariadb ? since.mariadb : since.mysql);
  }

  [[nodiscard]] bool has_time_not_null() const {
    return engine_ != driver::Engine::kMariadb && version_ >= kTimeNotNullSince;
  }

  // Strict servers refuse the zero date that a time without a default would get.
  [[nodiscard]] std::string default_of_old_rows(const Column& column) const {
    if (column.name == "executed_at" && has_time_not_null()) {
      return fmt::format(" DEFAULT '{}'", kNoTime);
    }
    return column.added_default.empty() ? std::string()
                                        : fmt::format(" DEFAULT {}", column.added_default);
  }

  [[nodiscard]] std::string definition(const Column& column) const {
    std::string text(column.definition);
    text = replace_all(text, "{text}", has(kLongKeys) ? "varchar(255)" : "varchar(191)");
    text = replace_all(text, "{json}", has(kJson) ? "json" : "longblob");
    return replace_all(text, "{time}",
                       has_time_not_null() ? "timestamp NOT NULL" : "timestamp NULL");
  }

  driver::Engine engine_;
  int64_t version_;
  std::string schema_;
};

}  // namespace

std::unique_ptr<RevisionTable> mysql_revision_table(const driver::ConnectionInfo& info,
                                                    std::string schema) {
  return std::make_unique<MysqlRevisionTable>(info, std::move(schema));
}

}  // namespace rhumb::migrate
