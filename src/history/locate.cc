#include "history/locate.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/go_format.h"
#include "base/text.h"

namespace rhumb::history {
namespace {

using Names = std::vector<std::string_view>;

/// How the table of a tool is told from those of other tools.
struct Signature {
  Tool tool;
  Names names;                    ///< by default, the current one first
  Names columns;                  ///< that every version of the tool has made
  bool is_whole = false;          ///< it has no others
  std::string_view beside = {};   ///< a table that this tool makes as well
  std::string_view without = {};  ///< a table that shows that it is not this tool's
  std::string_view schema = {};   ///< where it stands, whatever the connection is bound to
};

const std::vector<Signature>& signatures() {
  static const std::vector<Signature> kAll = {
      {.tool = Tool::kFlyway,
       .names = {"flyway_schema_history", "schema_version"},
       .columns = {"installed_rank", "version", "description", "type", "script", "installed_on",
                   "success"}},
      {.tool = Tool::kLiquibase,
       .names = {"databasechangelog"},
       .columns = {"id", "author", "filename", "dateexecuted"},
       .beside = "databasechangeloglock"},
      {.tool = Tool::kGolangMigrate,
       .names = {"schema_migrations"},
       .columns = {"version", "dirty"},
       .is_whole = true},
      {.tool = Tool::kGoose,
       .names = {"goose_db_version"},
       .columns = {"id", "version_id", "is_applied", "tstamp"}},
      {.tool = Tool::kDbmate,
       .names = {"schema_migrations"},
       .columns = {"version"},
       .is_whole = true,
       .without = "ar_internal_metadata"},
      {.tool = Tool::kAlembic,
       .names = {"alembic_version"},
       .columns = {"version_num"},
       .is_whole = true},
      {.tool = Tool::kPrisma,
       .names = {"_prisma_migrations"},
       .columns = {"checksum", "finished_at", "migration_name", "rolled_back_at", "started_at"}},
      {.tool = Tool::kSqitch,
       .names = {"events"},
       .columns = {"event", "change_id", "change", "project", "committed_at", "committer_name"},
       .schema = "sqitch"},
      {.tool = Tool::kRails,
       .names = {"schema_migrations"},
       .columns = {"version"},
       .is_whole = true,
       .beside = "ar_internal_metadata"},
      {.tool = Tool::kDjango,
       .names = {"django_migrations"},
       .columns = {"app", "name", "applied"}},
      {.tool = Tool::kEf,
       .names = {"__efmigrationshistory"},
       .columns = {"migrationid", "productversion"},
       .is_whole = true}};
  return kAll;
}

const Signature& signature_of(Tool tool) {
  return *std::ranges::find(signatures(), tool, &Signature::tool);
}

bool contains(const Names& names, std::string_view name) {
  return std::ranges::any_of(names,
                             [&](std::string_view known) { return equal_fold_ascii(known, name); });
}

/// Why the columns are not those of the tool; empty when they are.
std::string find_mismatch(const Signature& signature, const Table& table) {
  for (const std::string_view column : signature.columns) {
    if (table.find(column) == nullptr) {
      return fmt::format("has no column {}", go_quote(column));
    }
  }
  for (const Column& column : table.columns) {
    if (signature.is_whole && !contains(signature.columns, column.name)) {
      return fmt::format("has a column {}", go_quote(column.name));
    }
  }
  return {};
}

const Table* find_beside(const std::vector<Table>& tables,
                         const Table& table,
                         std::string_view name) {
  const auto found = std::ranges::find_if(tables, [&](const Table& other) {
    return other.schema == table.schema && equal_fold_ascii(other.name, name);
  });
  return found == tables.end() ? nullptr : &*found;
}

/// What the database has of everything that may be a history or belong to one.
struct Findings {
  std::vector<Table> tables{};
  std::string named{};  ///< the name the person gave

  [[nodiscard]] bool may_be(const Signature& signature, const Table& table) const {
    return named.empty() ? contains(signature.names, table.name)
                         : equal_fold_ascii(named, table.name);
  }
};

Located make_located(const Signature& signature, const Table& table, const Findings& findings) {
  Located located{.tool = signature.tool, .table = table};
  if (const Table* beside = find_beside(findings.tables, table, signature.beside)) {
    located.companions.push_back(*beside);
  }
  return located;
}

/// Tables that can be nobody else's: of the two tools that make the same table, the one whose other
/// table is there.
std::vector<Located> recognise(const Findings& findings) {
  std::vector<Located> found;
  for (const Signature& signature : signatures()) {
    for (const Table& table : findings.tables) {
      const bool is_its =
          findings.may_be(signature, table) && find_mismatch(signature, table).empty();
      const bool has_other = find_beside(findings.tables, table, signature.without) != nullptr;
      const bool is_rails = signature.tool != Tool::kRails ||
                            find_beside(findings.tables, table, signature.beside) != nullptr;
      if (is_its && !has_other && is_rails) {
        found.push_back(make_located(signature, table, findings));
      }
    }
  }
  return found;
}

Error not_found(const Whereabouts& where, const driver::ConnectionInfo& info) {
  const std::string schema = where.schema.empty() ? "" : " in schema " + go_quote(where.schema);
  std::string looked_for;
  if (!where.table.empty()) {
    looked_for = "no table " + go_quote(where.table) + " that is the history of " +
                 (where.tool ? std::string(tool_name(*where.tool)) : "a tool that is known");
  } else if (where.tool) {
    looked_for = fmt::format("no history of {} ({})", tool_name(*where.tool),
                             join(signature_of(*where.tool).names, " or "));
  } else {
    looked_for = "no history table of a tool that is known";
  }
  const bool is_elsewhere = where.tool == Tool::kSqitch && is_sqlite_like(info.engine);
  return {ErrorCode::kNotFound,
          fmt::format("{}{} in {}; {}", looked_for, schema, info.url,
                      is_elsewhere ? "Sqitch keeps it in a file of its own, sqitch.db beside the "
                                     "database: name that with --history-url"
                                   : "pass --table and --schema when it has another name")};
}

Error several(const std::vector<Located>& found, driver::Engine engine) {
  std::vector<std::string> names;
  names.reserve(found.size());
  bool is_one_tool = true;
  for (const Located& located : found) {
    names.push_back(fmt::format("{} ({})", tool_name(located.tool), located.table.shown(engine)));
    is_one_tool = is_one_tool && located.tool == found.front().tool;
  }
  return {ErrorCode::kConflict,
          fmt::format("found several histories: {}; choose one with {}", join(names, ", "),
                      is_one_tool ? "--schema" : "--from")};
}

/// The table is there, but it is not that tool's.
Error mistaken(const Signature& signature, const Table& table, const Findings& findings) {
  std::string advice;
  for (const Located& other : recognise(findings)) {
    if (other.table.schema == table.schema && other.table.name == table.name) {
      advice = fmt::format("; it looks like that of {}: --from {}", tool_name(other.tool),
                           tool_name(other.tool));
    }
  }
  return invalid(fmt::format("table {} {} and so is not the history of {}{}", go_quote(table.name),
                             find_mismatch(signature, table), tool_name(signature.tool), advice));
}

Result<std::vector<Located>> find_of_tool(const Signature& signature, const Findings& findings) {
  std::vector<Located> found;
  const Table* other = nullptr;
  for (const Table& table : findings.tables) {
    if (!findings.may_be(signature, table)) {
      continue;
    }
    if (find_mismatch(signature, table).empty()) {
      found.push_back(make_located(signature, table, findings));
    } else {
      other = &table;
    }
  }
  if (found.empty() && other != nullptr) {
    return mistaken(signature, *other, findings);
  }
  return found;
}

/// Whether the schema that a tool keeps its tables in is looked into as well. On MySQL it is a
/// database that all others of the server share, so it must be asked for.
bool looks_into(const Signature& signature, const Whereabouts& where, driver::Engine engine) {
  const bool is_asked_for = where.tool == signature.tool;
  return !signature.schema.empty() && (is_asked_for || (!where.tool && !is_mysql_like(engine)));
}

TableQuestion make_question(const Whereabouts& where, driver::Engine engine) {
  TableQuestion question{.names = {}, .schema = where.schema};
  for (const Signature& signature : signatures()) {
    if (where.table.empty()) {
      question.names.insert(question.names.end(), signature.names.begin(), signature.names.end());
    }
    if (!signature.beside.empty()) {
      question.names.emplace_back(signature.beside);
    }
    if (looks_into(signature, where, engine)) {
      question.also_in = signature.schema;
    }
  }
  if (!where.table.empty()) {
    question.names.push_back(where.table);
  }
  return question;
}

/// What stands in the schema of the connection is meant before what stands elsewhere.
void prefer_bound(const driver::ConnectionInfo& info, std::vector<Located>& found) {
  const std::string& bound = info.default_schema.empty() ? info.schema : info.default_schema;
  const auto is_here = [&](const Located& located) { return located.table.schema == bound; };
  if (std::ranges::any_of(found, is_here)) {
    std::erase_if(found, [&](const Located& located) { return !is_here(located); });
  }
}

}  // namespace

const Table* Located::find_companion(std::string_view name) const {
  const auto found = std::ranges::find_if(
      companions, [&](const Table& other) { return equal_fold_ascii(other.name, name); });
  return found == companions.end() ? nullptr : &*found;
}

Result<Located> locate_history(driver::Connection& connection, const Whereabouts& where) {
  const driver::Engine engine = connection.info().engine;
  const Findings findings{.tables = TRY(find_tables(connection, make_question(where, engine))),
                          .named = where.table};
  std::vector<Located> found;
  if (where.tool) {
    found = TRY(find_of_tool(signature_of(*where.tool), findings));
  } else {
    found = recognise(findings);
  }
  if (found.empty()) {
    return not_found(where, connection.info());
  }
  prefer_bound(connection.info(), found);
  if (found.size() > 1) {
    return several(found, engine);
  }
  return found.front();
}

}  // namespace rhumb::history
