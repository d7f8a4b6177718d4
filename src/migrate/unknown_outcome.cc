#include "migrate/unknown_outcome.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "migrate/file_statements.h"
#include "migrate/prepared_file.h"
#include "migrate/revert_row.h"
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

const File* find_file(const DirectoryFiles& directory, std::string_view version) {
  const auto found = std::ranges::find(directory.files, version, &File::version);
  return found == directory.files.end() ? nullptr : &*found;
}

// The file that the statement stands in.
std::string file_name(const Revision& row, const File* file, bool down) {
  if (file == nullptr) {
    return fmt::format("{}_{}.sql", row.version, row.description);
  }
  const std::optional<std::string> apart =
      down ? down_file_name(file->name(), file->format()) : std::nullopt;
  return apart.value_or(file->name());
}

std::string format_choices(const Revision& row, const RowIntent& intent) {
  if (intent.down) {
    return fmt::format(
        "  --on-unknown retry: run statement {0} again\n"
        "  --on-unknown skip: count it as done and go on reverting\n"
        "  migrate set {1}: count the whole file as applied",
        intent.statement, row.version);
  }
  return fmt::format(
      "  --on-unknown retry: run statement {0} again\n"
      "  --on-unknown skip: count it as applied\n"
      "  migrate set {1}: count the whole file as applied",
      intent.statement, row.version);
}

Error unknown_outcome(driver::Connection& connection,
                      const DirectoryFiles& directory,
                      const Revision& row,
                      const RowIntent& intent) {
  const File* file = find_file(directory, row.version);
  const std::string statement =
      statement_of(row, intent, file, driver::sql_dialect(connection.info().engine));
  const std::string finding = connection.describe_target(statement).value_or("cannot tell");
  return {
      ErrorCode::kConflict,
      fmt::format("sql/migrate: outcome of statement {} from file \"{}\" is unknown: the run that "
                  "started it at {} by {} did not finish\n"
                  "  database: {}\n{}",
                  intent.statement, file_name(row, file, intent.down), intent.started_at,
                  intent.holder, finding, format_choices(row, intent))};
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

std::optional<Error> find_half_reverted(const DirectoryFiles& directory,
                                        const std::vector<Revision>& revisions) {
  for (const Revision& row : revisions) {
    const std::optional<RevertPoint> point = find_revert_point(row);
    if (!point) {
      continue;
    }
    // The database's words may hold what may not be shown; status masks them.
    const std::string what = point->intent
                                 ? fmt::format("was started at {} by {} and did not finish",
                                               point->intent->started_at, point->intent->holder)
                                 : std::string("failed; migrate status tells why");
    return Error(
        ErrorCode::kConflict,
        fmt::format("sql/migrate: version \"{0}\" is partly reverted: statement {1} of {2} from "
                    "file \"{3}\" {4}\n"
                    "  migrate down: go on reverting it\n"
                    "  migrate set {0}: count it as applied, once that is true again",
                    row.version, point->statement, point->total,
                    file_name(row, find_file(directory, row.version), true), what));
  }
  return std::nullopt;
}

}  // namespace rhumb::migrate
