#include "driver/postgres/dev_snapshot.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "driver/postgres/catalog_sql.h"
#include "driver/postgres/clean_check.h"

namespace rhumb::driver::postgres {
namespace {

/// Objects dropped by one implicit transaction: each takes locks, of which a server has few.
constexpr size_t kDropBatch = 50;

using Known = std::set<std::pair<std::string, int64_t>>;  // catalog and number

std::string quote(std::string_view identifier) {
  return "\"" + replace_all(identifier, "\"", "\"\"") + "\"";
}

// The server's kind of an object is the word DROP takes, but for one.
std::string drop_statement(const std::string& kind, const std::string& identity) {
  const std::string_view word = kind == "statistics object" ? std::string_view("statistics") : kind;
  return fmt::format("DROP {} IF EXISTS {} CASCADE", word, identity);
}

class PostgresSnapshot final : public Snapshot {
 public:
  PostgresSnapshot(Session& session, std::string schema, bool has_schema, Known known)
      : session_(session),
        schema_(std::move(schema)),
        has_schema_(has_schema),
        known_(std::move(known)) {}

  Result<void> restore() override {
    if (session_.in_transaction()) {
      TRY(session_.run("ROLLBACK"));
    }
    // Role, search path, temporary tables: whatever the files did to the session itself.
    TRY(session_.run("DISCARD ALL"));
    TRY(drop_new_database_objects());
    if (has_schema_) {
      TRY(session_.run("CREATE SCHEMA IF NOT EXISTS " + quote(schema_)));
    }
    return drop_schema_objects();
  }

 private:
  Result<void> drop_new_database_objects() {
    const Rows found = TRY(session_.query(database_objects_sql()));
    std::vector<std::string> drops;
    for (const std::vector<Value>& row : found.rows) {
      if (!known_.contains({to_text(row[0]), to_int(row[1])})) {
        drops.push_back(drop_statement(to_text(row[2]), to_text(row[3])));
      }
    }
    return run_all(drops);
  }

  Result<void> drop_schema_objects() {
    const Value params[] = {schema_};
    const Rows found = TRY(session_.query(schema_objects_sql(), params));
    std::vector<std::string> drops;
    drops.reserve(found.rows.size());
    for (const std::vector<Value>& row : found.rows) {
      drops.push_back(drop_statement(to_text(row[2]), to_text(row[3])));
    }
    return run_all(drops);
  }

  Result<void> run_all(const std::vector<std::string>& statements) {
    for (size_t at = 0; at < statements.size(); at += kDropBatch) {
      const auto begin = statements.begin() + static_cast<std::ptrdiff_t>(at);
      const auto end = statements.begin() +
                       static_cast<std::ptrdiff_t>(std::min(at + kDropBatch, statements.size()));
      TRY(session_.run(join(std::vector<std::string>(begin, end), "; ")));
    }
    return {};
  }

  Session& session_;
  std::string schema_;
  bool has_schema_;
  Known known_;
};

Result<bool> schema_exists(Session& session, const std::string& schema) {
  const Value params[] = {schema};
  const Rows found =
      TRY(session.query("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", params));
  return !found.rows.empty();
}

}  // namespace

Result<std::unique_ptr<Snapshot>> take_snapshot(Session& session, const std::string& bound_schema) {
  const std::optional<std::string> dirt = TRY(find_dev_dirt(session, bound_schema));
  if (dirt) {
    return Error(ErrorCode::kConflict,
                 fmt::format("sql/migrate: connected database is not clean: {}", *dirt));
  }
  const std::string schema = bound_schema.empty() ? "public" : bound_schema;
  const bool exists = TRY(schema_exists(session, schema));
  const Rows found = TRY(session.query(database_objects_sql()));
  Known known;
  for (const std::vector<Value>& row : found.rows) {
    known.emplace(to_text(row[0]), to_int(row[1]));
  }
  return std::make_unique<PostgresSnapshot>(session, schema, exists, std::move(known));
}

}  // namespace rhumb::driver::postgres
