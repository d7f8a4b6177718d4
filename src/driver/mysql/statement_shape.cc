#include "driver/mysql/statement_shape.h"

#include <vector>

#include "base/text.h"

namespace rhumb::driver::mysql {
namespace {

constexpr std::string_view kPlain =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$";

bool take_condition(TokenReader& reader) {
  if (!reader.take("if")) {
    return false;
  }
  reader.take("not");
  reader.take("exists");
  return true;
}

CatalogObject part_of(const QualifiedName& table, std::string kind, std::string name) {
  return {.kind = std::move(kind),
          .schema = table.schema,
          .table = table.name,
          .name = std::move(name)};
}

CatalogObject whole(std::string kind, const QualifiedName& name) {
  return {.kind = std::move(kind), .schema = name.schema, .name = name.name};
}

// The options between CREATE and the kind of a stored program or view.
void skip_definition_options(TokenReader& reader) {
  for (;;) {
    if (reader.take("definer") || reader.take("algorithm")) {
      // `= user@host`, `= CURRENT_USER()`: up to the next word that ends it.
      while (!reader.at_end() && !reader.at("sql") && !reader.at("view") && !reader.at("trigger") &&
             !reader.at("procedure") && !reader.at("function") && !reader.at("event") &&
             !reader.at("aggregate") && !reader.at("definer")) {
        reader.skip();
      }
    } else if (reader.take("sql")) {
      reader.take("security");
      reader.take_any({"definer", "invoker"});
    } else if (!reader.take("aggregate")) {
      return;
    }
  }
}

std::string take_kind(TokenReader& reader) {
  for (const std::string_view kind :
       {"table", "view", "sequence", "trigger", "procedure", "function", "event"}) {
    if (reader.take(kind)) {
      return std::string(kind);
    }
  }
  return {};
}

// INDEX name ON table, after CREATE [UNIQUE ...] or DROP.
void read_index(TokenReader& reader, StatementShape& shape, bool conditional) {
  conditional = take_condition(reader) || conditional;
  const std::optional<std::string> name = reader.take_name();
  while (!reader.at_end() && !reader.at("on")) {
    reader.skip();  // USING BTREE
  }
  reader.take("on");
  const std::optional<QualifiedName> table = reader.take_qualified_name();
  if (name && table) {
    shape.object = part_of(*table, "index", *name);
    shape.altered = table;
    shape.proves = !conditional;
  }
}

void read_create(TokenReader& reader, StatementShape& shape) {
  bool conditional = reader.take("or");
  if (conditional) {
    reader.take("replace");
  }
  const bool temporary = reader.take("temporary");
  skip_definition_options(reader);
  reader.take_any({"unique", "fulltext", "spatial", "online", "offline"});
  if (reader.take("index")) {
    return read_index(reader, shape, conditional);
  }
  const std::string kind = take_kind(reader);
  conditional = take_condition(reader) || conditional;
  const std::optional<QualifiedName> name = reader.take_qualified_name();
  if (kind.empty() || !name || temporary) {
    return;  // a temporary table goes with its session and proves nothing
  }
  // A table filled from a query, or of an engine that is named, may be left half made.
  const bool plain = kind != "table" || !reader.has_any({"select", "engine"});
  const bool is_innodb = reader.has_any({"innodb"}) && !reader.has_any({"select"});
  // Functions of a library (RETURNS ... SONAME) are in no table of the catalog.
  const bool loadable = reader.has_any({"soname"});
  shape.object = whole(kind, *name);
  shape.proves = !conditional && (plain || is_innodb) && !loadable;
}

void read_drop(TokenReader& reader, StatementShape& shape) {
  const bool temporary = reader.take("temporary");
  if (reader.take("index")) {
    return read_index(reader, shape, false);
  }
  const std::string kind = take_kind(reader);
  const bool conditional = take_condition(reader);
  const std::optional<QualifiedName> name = reader.take_qualified_name();
  if (kind.empty() || !name || temporary || reader.has_comma()) {
    return;
  }
  shape.object = whole(kind, *name);
  shape.proves = !conditional;
  if (kind == "table") {
    shape.altered = name;
  }
}

// RENAME TABLE a TO b
void read_rename(TokenReader& reader, StatementShape& shape) {
  if (!reader.take_any({"table", "tables"}) || reader.has_comma()) {
    return;
  }
  const bool conditional = take_condition(reader);
  const std::optional<QualifiedName> from = reader.take_qualified_name();
  if (!from || !reader.take("to")) {
    return;
  }
  if (const std::optional<QualifiedName> to = reader.take_qualified_name()) {
    shape.object = whole("table", *to);
    shape.altered = from;
    shape.proves = !conditional;
  }
}

// What ADD, DROP or RENAME is about: column, index, constraint; empty for parts without a name of
// their own or in no table of the catalog (primary key, partition, versioning).
std::string take_part_kind(TokenReader& reader, bool adds) {
  if (reader.take("column")) {
    return "column";
  }
  if (reader.take("constraint")) {
    return "constraint";
  }
  if (reader.take_any({"index", "key"})) {
    return "index";
  }
  if (reader.take("foreign")) {
    reader.take("key");
    return adds ? ""
                : "constraint";  // ADD FOREIGN KEY x names the index, the server the constraint
  }
  if (reader.take_any({"unique", "fulltext", "spatial"})) {
    const bool named_kind = reader.take_any({"index", "key"});
    return named_kind && adds ? "index" : "";
  }
  for (const std::string_view word : {"primary", "check", "partition", "system", "period"}) {
    if (reader.at(word)) {
      return "";
    }
  }
  return "column";
}

void read_rename_in_table(TokenReader& reader, StatementShape& shape, const QualifiedName& table) {
  const bool renames_part = reader.at("column") || reader.at("index") || reader.at("key");
  if (!renames_part) {
    reader.take_any({"to", "as"});
    if (const std::optional<QualifiedName> name = reader.take_qualified_name()) {
      shape.object = whole("table", *name);
      shape.proves = true;
    }
    return;
  }
  const std::string kind = take_part_kind(reader, false);
  const bool conditional = take_condition(reader);
  const std::optional<std::string> from = reader.take_name();
  const bool has_target = reader.take("to");
  const std::optional<std::string> to = reader.take_name();
  if (from && has_target && to) {
    shape.object = part_of(table, kind, *to);
    shape.proves = !conditional;
  }
}

void read_alter(TokenReader& reader, StatementShape& shape) {
  reader.take_any({"online", "offline"});
  reader.take("ignore");
  if (!reader.take("table")) {
    return;
  }
  bool conditional = take_condition(reader);
  const std::optional<QualifiedName> table = reader.take_qualified_name();
  if (!table || reader.has_comma()) {
    return;
  }
  shape.altered = table;
  if (reader.take("rename")) {
    read_rename_in_table(reader, shape, *table);
    shape.proves = shape.proves && !conditional;
    return;
  }
  const bool adds = reader.take("add");
  if (!adds && !reader.take("drop")) {
    return;
  }
  const std::string kind = take_part_kind(reader, adds);
  conditional = take_condition(reader) || conditional;
  const std::optional<std::string> name = reader.take_name();
  if (!kind.empty() && name) {
    shape.object = part_of(*table, kind, *name);
    shape.proves = !conditional;
  }
}

// UPDATE t SET, UPDATE t AS a SET; not several tables.
void read_update(TokenReader& reader, StatementShape& shape) {
  reader.take("low_priority");
  reader.take("ignore");
  const std::optional<QualifiedName> table = reader.take_qualified_name();
  if (!reader.at("set")) {
    reader.take("as");
    reader.take_name();
  }
  if (table && reader.at("set")) {
    shape.written = table;
  }
}

// DELETE FROM t [AS a] [WHERE ...]; not several tables.
void read_delete(TokenReader& reader, StatementShape& shape) {
  while (reader.take_any({"low_priority", "quick", "ignore"})) {
  }
  if (!reader.take("from")) {
    return;
  }
  const std::optional<QualifiedName> table = reader.take_qualified_name();
  if (reader.take("as")) {
    reader.take_name();
  }
  const bool simple = reader.at_end() || reader.at("where") || reader.at("order") ||
                      reader.at("limit") || reader.at("returning");
  if (table && simple) {
    shape.written = table;
  }
}

void read_insert(TokenReader& reader, StatementShape& shape) {
  // A delayed row is written by another session at some later time.
  const bool delayed = reader.take("delayed");
  reader.take_any({"low_priority", "high_priority"});
  reader.take("ignore");
  reader.take("into");
  const std::optional<QualifiedName> table = reader.take_qualified_name();
  if (table && !delayed) {
    shape.written = table;
  }
}

std::string quote_if_needed(const std::string& name) {
  const bool plain = !name.empty() && name.find_first_not_of(kPlain) == std::string::npos;
  return plain ? name : "`" + replace_all(name, "`", "``") + "`";
}

}  // namespace

std::string format_object_name(const CatalogObject& object) {
  std::string text = object.schema.empty() ? "" : quote_if_needed(object.schema) + ".";
  text += object.table.empty() ? "" : quote_if_needed(object.table) + ".";
  return text + quote_if_needed(object.name);
}

std::optional<CatalogObject> parse_object_name(std::string_view kind, std::string_view name) {
  TokenReader reader(name, {.dialect = sql::Dialect::kMysql});
  std::vector<std::string> parts;
  do {
    const std::optional<std::string> part = reader.take_name();
    if (!part) {
      return std::nullopt;
    }
    parts.push_back(*part);
  } while (reader.take_mark('.'));
  const bool in_table = kind == "column" || kind == "index" || kind == "constraint";
  const size_t needed = in_table ? 2 : 1;
  if (!reader.at_end() || parts.size() < needed || parts.size() > needed + 1) {
    return std::nullopt;
  }
  CatalogObject object{.kind = std::string(kind), .name = parts.back()};
  object.table = in_table ? parts[parts.size() - 2] : "";
  object.schema = parts.size() > needed ? parts.front() : "";
  return object;
}

StatementShape read_statement(std::string_view statement, const sql::LexOptions& options) {
  TokenReader reader(statement, options);
  StatementShape shape;
  if (!reader.certain()) {
    return shape;
  }
  if (reader.take("create")) {
    read_create(reader, shape);
    const bool has_body =
        shape.object && (shape.object->kind == "trigger" || shape.object->kind == "procedure" ||
                         shape.object->kind == "function" || shape.object->kind == "event");
    return has_body || !reader.has_second_statement() ? shape : StatementShape();
  }
  if (reader.has_second_statement()) {
    return shape;
  }
  if (reader.take("drop")) {
    read_drop(reader, shape);
  } else if (reader.take("rename")) {
    read_rename(reader, shape);
  } else if (reader.take("alter")) {
    read_alter(reader, shape);
  } else if (reader.take("update")) {
    read_update(reader, shape);
  } else if (reader.take("delete")) {
    read_delete(reader, shape);
  } else if (reader.take_any({"insert", "replace"})) {
    read_insert(reader, shape);
  }
  return shape;
}

}  // namespace rhumb::driver::mysql
