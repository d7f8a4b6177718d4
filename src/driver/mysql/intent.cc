#include "driver/mysql/intent.h"

#include <fmt/format.h>

namespace rhumb::driver::mysql {
namespace {

constexpr std::string_view kCannotTell = "cannot tell";

std::string_view existence(bool exists) {
  return exists ? "exists" : "does not exist";
}

constexpr int64_t kAtomicMysql = 80000;
constexpr int64_t kAtomicMariadb = 100600;

}  // namespace

bool has_atomic_ddl(Engine engine, int64_t version) {
  return (engine == Engine::kMysql && version >= kAtomicMysql) ||
         (engine == Engine::kMariadb && version >= kAtomicMariadb);
}

StatementShape IntentJudge::read(std::string_view statement) const {
  return read_statement(statement, {.dialect = sql::Dialect::kMysql,
                                    .ansi_quotes = session_.has_ansi_quotes(),
                                    .no_backslash_escapes = !session_.has_backslash_escapes()});
}

Result<Intent> IntentJudge::classify(std::string_view statement) {
  const StatementShape shape = read(statement);
  if (shape.written) {
    const bool undone = TRY(catalog_.is_undone_by_rollback(*shape.written));
    return Intent{.kind = undone ? IntentClass::kCommitsWithOutcome : IntentClass::kUnknown};
  }
  return classify_ddl(shape);
}

Result<Intent> IntentJudge::classify_ddl(const StatementShape& shape) {
  if (!shape.object || !shape.proves || !atomic_ddl_) {
    return Intent{};
  }
  if (shape.altered) {
    const bool transactional = TRY(catalog_.is_transactional(*shape.altered));
    if (!transactional) {
      return Intent{};
    }
  }
  CatalogObject object = *shape.object;
  const Catalog::Finding found = TRY(catalog_.find(object));
  if (object.schema.empty() && found.current_database.empty()) {
    return Intent{};
  }
  // A later run begins in its own database, whatever the file has chosen since.
  if (object.schema.empty() && found.current_database != home_) {
    object.schema = found.current_database;
  }
  return Intent{.kind = found.exists ? IntentClass::kPresentBefore : IntentClass::kAbsentBefore,
                .object_kind = object.kind,
                .object_name = format_object_name(object)};
}

Result<std::string> IntentJudge::describe_target(std::string_view statement) {
  const std::optional<CatalogObject> object = read(statement).object;
  if (!object) {
    return std::string(kCannotTell);
  }
  const Catalog::Finding found = TRY(catalog_.find(*object));
  if (object->schema.empty() && found.current_database.empty()) {
    return std::string(kCannotTell);
  }
  if (object->table.empty()) {
    return fmt::format("{} \"{}\" {}", object->kind, object->name, existence(found.exists));
  }
  return fmt::format("{} \"{}\" of table \"{}\" {}", object->kind, object->name, object->table,
                     existence(found.exists));
}

Result<bool> IntentJudge::object_exists(std::string_view kind, std::string_view name) {
  const std::optional<CatalogObject> object = parse_object_name(kind, name);
  if (!object) {
    return invalid(fmt::format("sql/mysql: \"{}\" is no name of a {}", name, kind));
  }
  const Catalog::Finding found = TRY(catalog_.find(*object));
  return found.exists;
}

}  // namespace rhumb::driver::mysql
