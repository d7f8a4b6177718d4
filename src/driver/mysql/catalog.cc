#include "driver/mysql/catalog.h"

#include <fmt/format.h>

#include <vector>

#include "base/text.h"

namespace rhumb::driver::mysql {
namespace {

// Where a kind of object is listed. Conditions on schema and table are written so that the server
// opens that one table only.
struct Listing {
  std::string_view kind;
  std::string_view from;
  std::string_view schema;
  std::string_view table;  // empty: the object is not part of a table
  std::string_view name;
  std::string_view also;
  bool is_file_name = false;  // compared as the server compares names of tables
};

constexpr Listing kListings[] = {
    {"table", "tables", "table_schema", "", "table_name",
     " AND table_type NOT IN ('VIEW', 'SYSTEM VIEW', 'SEQUENCE')", true},
    {"view", "tables", "table_schema", "", "table_name", " AND table_type = 'VIEW'", true},
    {"sequence", "tables", "table_schema", "", "table_name", " AND table_type = 'SEQUENCE'", true},
    {"trigger", "triggers", "trigger_schema", "", "trigger_name", "", true},
    {"function", "routines", "routine_schema", "", "routine_name",
     " AND routine_type = 'FUNCTION'"},
    {"procedure", "routines", "routine_schema", "", "routine_name",
     " AND routine_type = 'PROCEDURE'"},
    {"event", "events", "event_schema", "", "event_name", ""},
    {"column", "columns", "table_schema", "table_name", "column_name", ""},
    {"index", "statistics", "table_schema", "table_name", "index_name", ""},
    {"constraint", "table_constraints", "table_schema", "table_name", "constraint_name", ""}};

const Listing* find_listing(std::string_view kind) {
  for (const Listing& listing : kListings) {
    if (listing.kind == kind) {
      return &listing;
    }
  }
  return nullptr;
}

// Compares a name of a file: information_schema itself compares without case.
std::string file_name_condition(std::string_view column) {
  return fmt::format(" AND {0} = ? AND (@@lower_case_table_names <> 0 OR BINARY {0} = BINARY ?)",
                     column);
}

class Query {
 public:
  void schema(std::string_view column, const std::string& schema) {
    if (schema.empty()) {
      conditions_ += fmt::format("{} = DATABASE()", column);
    } else {
      conditions_ += fmt::format("{} = ?", column);
      params_.emplace_back(schema);
    }
  }
  void file_name(std::string_view column, const std::string& name) {
    conditions_ += file_name_condition(column);
    params_.emplace_back(name);
    params_.emplace_back(name);
  }
  void name(std::string_view column, const std::string& name) {
    conditions_ += fmt::format(" AND {} = ?", column);
    params_.emplace_back(name);
  }
  void also(std::string_view condition) { conditions_ += condition; }

  [[nodiscard]] const std::string& conditions() const { return conditions_; }
  [[nodiscard]] const std::vector<Value>& params() const { return params_; }

 private:
  std::string conditions_;
  std::vector<Value> params_;
};

}  // namespace

std::string quote(std::string_view identifier) {
  return "`" + replace_all(identifier, "`", "``") + "`";
}

Result<Catalog::Finding> Catalog::find(const CatalogObject& object) {
  const Listing* listing = find_listing(object.kind);
  if (listing == nullptr) {
    return Error(ErrorCode::kUnsupported,
                 fmt::format("sql/mysql: cannot look for a {}", object.kind));
  }
  Query query;
  query.schema(listing->schema, object.schema);
  if (!listing->table.empty()) {
    query.file_name(listing->table, object.table);
  }
  if (listing->is_file_name) {
    query.file_name(listing->name, object.name);
  } else {
    query.name(listing->name, object.name);
  }
  query.also(listing->also);
  const Rows rows = TRY(session_.query(
      fmt::format("SELECT DATABASE(), EXISTS(SELECT 1 FROM information_schema.{} WHERE {})",
                  listing->from, query.conditions()),
      query.params()));
  return Finding{.current_database = to_text(rows.rows[0][0]), .exists = is_true(rows.rows[0][1])};
}

Result<bool> Catalog::is_transactional(const QualifiedName& table) {
  Query query;
  query.schema("table_schema", table.schema);
  query.file_name("table_name", table.name);
  const Rows rows = TRY(session_.query(
      fmt::format("SELECT 1 FROM information_schema.tables t JOIN information_schema.engines e ON "
                  "e.engine = t.engine WHERE {} AND e.transactions = 'YES'",
                  query.conditions()),
      query.params()));
  return !rows.rows.empty();
}

Result<bool> Catalog::is_undone_by_rollback(const QualifiedName& table) {
  const std::pair<std::string, std::string> key(table.schema, table.name);
  const auto known = undoable_.find(key);
  if (known != undoable_.end()) {
    return known->second;
  }
  bool undoable = TRY(is_transactional(table));
  if (undoable) {
    Query query;
    query.schema("event_object_schema", table.schema);
    query.file_name("event_object_table", table.name);
    const Rows triggers =
        TRY(session_.query(fmt::format("SELECT 1 FROM information_schema.triggers WHERE {} LIMIT 1",
                                       query.conditions()),
                           query.params()));
    undoable = triggers.rows.empty();
  }
  undoable_.emplace(key, undoable);
  return undoable;
}

}  // namespace rhumb::driver::mysql
