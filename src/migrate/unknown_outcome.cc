#include "migrate/unknown_outcome.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "migrate/prepared_file.h"
#include "migrate/row_intent.h"

namespace rhumb::migrate {
namespace {

// The whole statement from its file; the row holds only the first part of a long one.
std::string statement_of(const Revision& row,
                         const RowIntent& intent,
                         const File* file,
                         sql::Dialect dialect) {
  if (file == nullptr || intent.down) {
    return row.error_stmt;
  }
  const Result<PreparedFile> prepared = prepare_file(*file, dialect);
  if (!prepared || intent.statement > prepared->size()) {
    return row.error_stmt;
  }
  return std::string(StatementCursor(prepared->statements).at(intent.statement).text);
}

Error unknown_outcome(driver::Connection& connection,
                      const DirectoryFiles& directory,
                      const Revision& row,
                      const RowIntent& intent) {
  const auto found = std::ranges::find(directory.files, row.version, &File::version);
  const File* file = found == directory.files.end() ? nullptr : &*found;
  const std::string name =
      file == nullptr ? fmt::format("{}_{}.sql", row.version, row.description) : file->name();
  const std::string statement =
      statement_of(row, intent, file, driver::sql_dialect(connection.info().engine));
  const std::string finding = connection.describe_target(statement).value_or("cannot tell");
  return {ErrorCode::kConflict,
          fmt::format(
              "sql/migrate: outcome of statement {0} from file \"{1}\" is unknown: the run that "
              "started it at {2} by {3} did not finish\n"
              "  database: {4}\n"
              "  --on-unknown retry: run statement {0} again\n"
              "  --on-unknown skip: count it as applied\n"
              "  migrate set {5}: count the whole file as applied",
              intent.statement, name, intent.started_at, intent.holder, finding, row.version)};
}

}  // namespace

Result<void> parse_on_unknown(std::string_view value) {
  if (value == kFailOnUnknown || value == "retry" || value == "skip") {
    return {};
  }
  return invalid(fmt::format("unknown --on-unknown value \"{}\": use fail, retry or skip", value));
}

Result<void> refuse_unknown_outcomes(driver::Connection& connection,
                                     const DirectoryFiles& directory,
                                     const std::vector<Revision>& revisions) {
  for (const Revision& row : revisions) {
    if (row.resolved() || row.error.empty()) {
      continue;
    }
    const std::optional<RowIntent> intent = parse_intent(row.error);
    if (intent && intent->intent.kind == driver::IntentClass::kUnknown) {
      return unknown_outcome(connection, directory, row, *intent);
    }
  }
  return {};
}

}  // namespace rhumb::migrate
