#include "migrate/revision_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "migrate/revision_table.h"

namespace rhumb::migrate {
namespace {

constexpr std::string_view kAmbiguousCode = "ambiguous-revisions";
constexpr size_t kColumnCount = std::size(kRevisionColumns);

bool is_identity(std::string_view version) {
  return version.starts_with(kIdentityVersion);
}

class SqlRevisionStore final : public RevisionStore {
 public:
  SqlRevisionStore(driver::Connection& connection,
                   std::unique_ptr<RevisionTable> table,
                   std::string schema)
      : connection_(connection), table_(std::move(table)), schema_(std::move(schema)) {
    std::vector<std::string_view> updated;
    for (const std::string_view column : kRevisionColumns) {
      if (column != "version" && column != "description" && column != "executed_at") {
        updated.push_back(column);
      }
    }
    insert_sql_ = insert_sql();
    write_sql_ = insert_sql_ + table_->on_conflict_update(updated);
  }

  const std::string& schema() const override { return schema_; }

  Result<bool> exists() override {
    const std::vector<std::string> present = TRY(columns());
    return !present.empty();
  }

  Result<void> ensure_table() override {
    const std::vector<std::string> present = TRY(columns());
    std::vector<std::string> statements;
    if (present.empty()) {
      statements = TRY(table_->create_sql(connection_));
    }
    for (const std::string_view column : kRevisionColumns) {
      if (!present.empty() && std::ranges::find(present, column) == present.end()) {
        statements.push_back(table_->add_column_sql(column));
      }
    }
    const std::string_view action = present.empty() ? "create" : "modify";
    for (const std::string& statement : statements) {
      TRY(connection_.execute(statement).context(
          fmt::format("sql/schema: {} \"{}\" table", action, kRevisionsTable)));
    }
    columns_ = {std::begin(kRevisionColumns), std::end(kRevisionColumns)};
    return {};
  }

  Result<bool> is_complete() override {
    const std::vector<std::string> present = TRY(columns());
    return std::ranges::all_of(kRevisionColumns, [&](std::string_view column) {
      return std::ranges::find(present, column) != present.end();
    });
  }

  Result<std::vector<Revision>> read_all() override {
    std::vector<Revision> revisions = TRY(read({}).context("sql/migrate: read revisions"));
    std::erase_if(revisions,
                  [](const Revision& revision) { return is_identity(revision.version); });
    std::ranges::sort(revisions, {}, &Revision::version);
    return revisions;
  }

  // The greatest by bytes, whatever the collation of the column.
  Result<std::string> last_version() override {
    std::string last;
    const bool present = TRY(exists());
    if (!present) {
      return last;
    }
    const driver::Rows found = TRY(
        connection_
            .query(fmt::format("SELECT {} FROM {}", table_->quote("version"), table_->name_sql()))
            .context("sql/migrate: read revisions"));
    for (const std::vector<driver::Value>& row : found.rows) {
      std::string version = driver::to_text(row[0]);
      if (!is_identity(version) && version > last) {
        last = std::move(version);
      }
    }
    return last;
  }

  Result<std::optional<Revision>> find(std::string_view version) override {
    if (is_identity(version)) {
      return invalid("cannot read revision-table identifier as revision");
    }
    std::vector<Revision> found = TRY(read(version).context("sql/migrate: read revision"));
    return found.empty() ? std::optional<Revision>() : std::optional(std::move(found.front()));
  }

  Result<void> insert(const Revision& revision) override { return store(insert_sql_, revision); }

  Result<void> write(const Revision& revision) override { return store(write_sql_, revision); }

  Result<void> remove(std::string_view version) override {
    if (is_identity(version)) {
      return invalid("cannot delete revision-table identifier as revision");
    }
    const driver::Value params[] = {std::string(version)};
    TRY(connection_
            .execute(fmt::format("DELETE FROM {} WHERE {} = {}", table_->name_sql(),
                                 table_->quote("version"), table_->placeholder(1)),
                     params)
            .context("sql/migrate: delete revision"));
    return {};
  }

  Result<std::optional<std::string>> find_identity() override {
    const bool present = TRY(exists());
    if (!present) {
      return std::optional<std::string>();
    }
    const driver::Value params[] = {std::string(kIdentityVersion)};
    const driver::Rows found =
        TRY(connection_
                .query(fmt::format("SELECT {} FROM {} WHERE {} = {}", table_->quote("description"),
                                   table_->name_sql(), table_->quote("version"),
                                   table_->placeholder(1)),
                       params)
                .context("read revision-table id"));
    if (found.rows.empty()) {
      return std::optional<std::string>();
    }
    return std::optional(driver::to_text(found.rows[0][0]));
  }

  Result<std::string> ensure_identity(std::string_view candidate,
                                      const StoredTime& now,
                                      std::string_view operator_version) override {
    if (const auto known = find_identity(); known && *known) {
      return **known;
    }
    Revision row;
    row.version = kIdentityVersion;
    row.description = candidate;
    row.executed_at = now;
    row.operator_version = operator_version;
    const auto cells = encode(row);
    TRY(connection_.execute(insert_sql_ + table_->on_conflict_keep(), cells)
            .context("upsert revision-table id"));
    const std::optional<std::string> stored = TRY(find_identity());
    if (!stored) {
      return Error(ErrorCode::kDatabase, "read revision-table id: the row is not there");
    }
    return *stored;
  }

 private:
  Result<void> store(const std::string& sql, const Revision& revision) {
    if (is_identity(revision.version)) {
      return invalid("cannot write revision-table identifier as revision");
    }
    const auto cells = encode(revision);
    TRY(connection_.execute(sql, cells).context("sql/migrate: write revision"));
    return {};
  }

  std::string insert_sql() const {
    std::vector<std::string> names;
    std::vector<std::string> values;
    for (size_t i = 0; i < kColumnCount; ++i) {
      names.push_back(table_->quote(kRevisionColumns[i]));
      values.push_back(table_->write_sql(kRevisionColumns[i], i + 1));
    }
    return fmt::format("INSERT INTO {} ({}) VALUES ({})", table_->name_sql(), join(names, ", "),
                       join(values, ", "));
  }

  std::array<driver::Value, kColumnCount> encode(const Revision& revision) const {
    return {revision.version,
            revision.description,
            static_cast<int64_t>(revision.type),
            revision.applied,
            revision.total,
            table_->encode_time(revision.executed_at),
            static_cast<int64_t>(revision.execution_time.count()),
            revision.error,
            revision.error_stmt,
            revision.hash,
            table_->encode_hashes(revision.partial_hashes),
            revision.operator_version};
  }

  Revision decode(const std::vector<driver::Value>& row) const {
    Revision revision;
    revision.version = driver::to_text(row[0]);
    revision.description = driver::to_text(row[1]);
    revision.type = static_cast<uint64_t>(driver::to_int(row[2]));
    revision.applied = driver::to_int(row[3]);
    revision.total = driver::to_int(row[4]);
    revision.executed_at = parse_stored_time(driver::to_text(row[5]));
    revision.execution_time = std::chrono::nanoseconds(driver::to_int(row[6]));
    revision.error = driver::to_text(row[7]);
    revision.error_stmt = driver::to_text(row[8]);
    revision.hash = driver::to_text(row[9]);
    revision.partial_hashes = parse_hashes(driver::to_text(row[10]));
    revision.operator_version = driver::to_text(row[11]);
    return revision;
  }

  // Asked of the database until the table is complete; nobody takes columns away from it.
  Result<std::vector<std::string>> columns() {
    if (columns_.size() < kColumnCount) {
      columns_ = TRY(table_->columns(connection_));
    }
    return columns_;
  }

  // All rows, or the one with that version. Columns that an older table lacks read as NULL.
  Result<std::vector<Revision>> read(std::optional<std::string_view> version) {
    const std::vector<std::string> present = TRY(columns());
    std::vector<Revision> revisions;
    if (present.empty()) {
      return revisions;
    }
    std::vector<std::string> wanted;
    for (const std::string_view column : kRevisionColumns) {
      const bool there = std::ranges::find(present, column) != present.end();
      wanted.push_back(there ? table_->read_sql(column) : "NULL");
    }
    std::string sql = fmt::format("SELECT {} FROM {}", join(wanted, ", "), table_->name_sql());
    std::vector<driver::Value> params;
    if (version) {
      sql += fmt::format(" WHERE {} = {}", table_->quote("version"), table_->placeholder(1));
      params.emplace_back(std::string(*version));
    }
    const driver::Rows found = TRY(connection_.query(sql, params));
    revisions.reserve(found.rows.size());
    for (const std::vector<driver::Value>& row : found.rows) {
      revisions.push_back(decode(row));
    }
    return revisions;
  }

  driver::Connection& connection_;
  std::unique_ptr<RevisionTable> table_;
  std::string schema_;
  std::string insert_sql_;
  std::string write_sql_;
  std::vector<std::string> columns_;
};

// A table that is not there and never will be: what readers of an impossible schema see.
class NoRevisions final : public RevisionStore {
 public:
  const std::string& schema() const override { return schema_; }
  Result<bool> exists() override { return false; }
  Result<void> ensure_table() override { return read_only(); }
  Result<bool> is_complete() override { return false; }
  Result<std::vector<Revision>> read_all() override { return std::vector<Revision>(); }
  Result<std::string> last_version() override { return std::string(); }
  Result<std::optional<Revision>> find(std::string_view /*version*/) override {
    return std::optional<Revision>();
  }
  Result<void> insert(const Revision& /*revision*/) override { return read_only(); }
  Result<void> write(const Revision& /*revision*/) override { return read_only(); }
  Result<void> remove(std::string_view /*version*/) override { return read_only(); }
  Result<std::optional<std::string>> find_identity() override {
    return std::optional<std::string>();
  }
  Result<std::string> ensure_identity(std::string_view /*candidate*/,
                                      const StoredTime& /*now*/,
                                      std::string_view /*operator_version*/) override {
    return read_only();
  }

 private:
  static Error read_only() {
    return {ErrorCode::kUnsupported,
            "sql/migrate: write revision: the table can only be read here"};
  }

  std::string schema_;
};

bool is_sqlite(const driver::Connection& connection) {
  const driver::Engine engine = connection.info().engine;
  return engine == driver::Engine::kSqlite || engine == driver::Engine::kLibsql;
}

}  // namespace

std::string choose_revisions_schema(const driver::ConnectionInfo& info,
                                    std::string_view revisions_schema) {
  if (!revisions_schema.empty()) {
    return std::string(revisions_schema);
  }
  const std::string& bound = info.default_schema.empty() ? info.schema : info.default_schema;
  return bound.empty() ? std::string(kRevisionsTable) : bound;
}

Result<std::unique_ptr<RevisionStore>> open_revision_store(driver::Connection& connection,
                                                           std::string_view revisions_schema) {
  if (is_sqlite(connection) && !revisions_schema.empty() && revisions_schema != "main") {
    return invalid(
        fmt::format("cannot store revisions-table in a separate schema (\"{}\") with SQLite driver",
                    revisions_schema));
  }
  const driver::ConnectionInfo& info = connection.info();
  std::string schema = choose_revisions_schema(info, revisions_schema);
  auto table = TRY(make_revision_table(info, schema));
  return std::make_unique<SqlRevisionStore>(connection, std::move(table), std::move(schema));
}

Result<std::unique_ptr<RevisionStore>> open_revision_reader(driver::Connection& connection,
                                                            std::string_view revisions_schema) {
  if (is_sqlite(connection) && !revisions_schema.empty() && revisions_schema != "main") {
    return std::make_unique<NoRevisions>();
  }
  return open_revision_store(connection, revisions_schema);
}

Result<bool> has_ambiguous_revisions(driver::Connection& connection,
                                     std::string_view revisions_schema) {
  const driver::ConnectionInfo& info = connection.info();
  if (!info.features.schemas || info.schema.empty() || !revisions_schema.empty()) {
    return false;
  }
  const auto bound = TRY(open_revision_store(connection, {}));
  const bool found = TRY(bound->exists());
  if (found) {
    return false;
  }
  const auto other = TRY(open_revision_store(connection, kRevisionsTable));
  return other->exists();
}

Error ambiguous_revisions_error() {
  return Error(ErrorCode::kConflict, std::string(ambiguous_revisions_text()))
      .caused_by({.code = std::string(kAmbiguousCode), .text = {}});
}

bool is_ambiguous_revisions(const Error& error) {
  return error.cause_code() == kAmbiguousCode;
}

std::string_view ambiguous_revisions_text() {
  return "We couldn't find a revision table in the connected schema but found one in \n"
         "the schema 'atlas_schema_revisions' and cannot determine the desired behavior.\n"
         "\n"
         "As a safety guard, we require you to specify whether to use the existing\n"
         "table in 'atlas_schema_revisions' or create a new one in the connected schema\n"
         "by providing the '--revisions-schema' flag or deleting the 'atlas_schema_revisions'\n"
         "schema if it is unused.\n"
         "\n";
}

}  // namespace rhumb::migrate
