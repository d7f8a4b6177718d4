#include <fmt/format.h>

#include "base/text.h"
#include "migrate/revision_table.h"

namespace rhumb::migrate {
namespace {

struct Column {
  std::string_view name;
  std::string_view definition;
  std::string_view when_added;  // a column added to rows needs a default
};

constexpr Column kColumns[] = {
    {"version", "text NOT NULL", "text NOT NULL DEFAULT ''"},
    {"description", "text NOT NULL", "text NOT NULL DEFAULT ''"},
    {"type", "integer NOT NULL DEFAULT (2)", "integer NOT NULL DEFAULT 2"},
    {"applied", "integer NOT NULL DEFAULT (0)", "integer NOT NULL DEFAULT 0"},
    {"total", "integer NOT NULL DEFAULT (0)", "integer NOT NULL DEFAULT 0"},
    {"executed_at", "datetime NOT NULL", "datetime NOT NULL DEFAULT ''"},
    {"execution_time", "integer NOT NULL", "integer NOT NULL DEFAULT 0"},
    {"error", "text NULL", "text NULL"},
    {"error_stmt", "text NULL", "text NULL"},
    {"hash", "text NOT NULL", "text NOT NULL DEFAULT ''"},
    {"partial_hashes", "json NULL", "json NULL"},
    {"operator_version", "text NOT NULL", "text NOT NULL DEFAULT ''"}};

class SqliteRevisionTable final : public RevisionTable {
 public:
  Result<std::vector<std::string>> create_sql(driver::Connection& /*connection*/) const override {
    std::vector<std::string> parts;
    for (const Column& column : kColumns) {
      parts.push_back(fmt::format("`{}` {}", column.name, column.definition));
    }
    return std::vector{fmt::format("CREATE TABLE {} ({}, PRIMARY KEY (`version`))", name_sql(),
                                   join(parts, ", "))};
  }

  std::string add_column_sql(std::string_view name) const override {
    for (const Column& column : kColumns) {
      if (column.name == name) {
        return fmt::format("ALTER TABLE {} ADD COLUMN `{}` {}", name_sql(), name,
                           column.when_added);
      }
    }
    return {};
  }

  Result<std::vector<std::string>> columns(driver::Connection& connection) const override {
    const driver::Value params[] = {std::string(kRevisionsTable)};
    const driver::Rows found =
        TRY(connection.query("SELECT name FROM pragma_table_info(?)", params));
    return first_column(found);
  }

  std::string name_sql() const override { return quote(kRevisionsTable); }

  std::string quote(std::string_view identifier) const override {
    return "`" + replace_all(identifier, "`", "``") + "`";
  }

  std::string placeholder(size_t /*number*/) const override { return "?"; }

  driver::Value encode_time(const StoredTime& time) const override {
    return format_stored_time(time.at) + "+00:00";
  }

  driver::Value encode_hashes(const std::vector<std::string>& hashes) const override {
    return driver::Blob{format_hashes(hashes)};
  }
};

}  // namespace

std::unique_ptr<RevisionTable> sqlite_revision_table() {
  return std::make_unique<SqliteRevisionTable>();
}

}  // namespace rhumb::migrate
