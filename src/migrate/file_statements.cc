#include "migrate/file_statements.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "driver/statement_target.h"
#include "migrate/marked_sections.h"
#include "migrate/txtar.h"

namespace rhumb::migrate {
namespace {

/// The dialect whose rules split a file of that format.
sql::Dialect splitting_dialect(Format format, sql::Dialect dialect) {
  const bool is_plain = format == Format::kAtlas || format == Format::kLiquibase;
  return is_plain ? dialect : sql::Dialect::kGeneric;
}

Result<FileStatements> split_section(MarkedSection section) {
  const ScriptPlaces places = section.script.places();
  FileStatements split = TRY(FileStatements::create(std::move(section.script).take_text(),
                                                    sql::Dialect::kGeneric, places));
  split.no_transaction = section.no_transaction;
  return split;
}

Result<FileStatements> split_txtar_section(const FileContent& file,
                                           const TxtarSection& section,
                                           sql::Dialect dialect) {
  ScriptPlaces places;
  places.add(0, section.offset);
  return FileStatements::create(file.bytes.piece(section.body), dialect, std::move(places));
}

bool controls_transaction(std::string_view statement) {
  static constexpr std::string_view kWords[] = {
      "BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE", "PREPARE"};
  return std::ranges::find(kWords, driver::first_word(statement)) != std::end(kWords);
}

sql::StatementScanner scan(std::string_view script, sql::Dialect dialect) {
  Result<sql::StatementScanner> scanner = sql::StatementScanner::create(script, dialect);
  RHUMB_CHECK(scanner.has_value(), "the script was split before");
  return std::move(scanner).value();
}

}  // namespace

Result<FileStatements> FileStatements::create(SharedText script,
                                              sql::Dialect dialect,
                                              ScriptPlaces places) {
  sql::StatementScanner scanner = TRY(sql::StatementScanner::create(script, dialect));
  FileStatements statements;
  while (const std::optional<sql::Statement> statement = TRY(scanner.next())) {
    ++statements.size_;
    statements.controls_transactions_ =
        statements.controls_transactions_ || controls_transaction(statement->text);
  }
  statements.script_ = std::move(script);
  statements.dialect_ = dialect;
  statements.places_ = std::move(places);
  return statements;
}

StatementReader FileStatements::read() const {
  return StatementReader(*this);
}

StatementReader::StatementReader(const FileStatements& statements)
    : statements_(&statements), scanner_(scan(statements.script_, statements.dialect_)) {}

std::optional<sql::Statement> StatementReader::next() {
  Result<std::optional<sql::Statement>> next = scanner_.next();
  RHUMB_CHECK(next.has_value(), "the script was split before");
  std::optional<sql::Statement> statement = std::move(next).value();
  if (statement && !statements_->places_.empty()) {
    statement->offset = statements_->places_.to_file_offset(statement->offset);
    statement->position = statement->offset;
  }
  return statement;
}

const sql::Statement& StatementCursor::at(size_t number) {
  RHUMB_CHECK(number >= 1 && number <= statements_->size(), "statements count from 1");
  if (number < number_) {
    reader_ = statements_->read();
    number_ = 0;
  }
  for (; number_ < number; ++number_) {
    std::optional<sql::Statement> next = reader_.next();
    RHUMB_CHECK(next, "there are as many statements as were counted");
    current_ = *std::move(next);
  }
  return current_;
}

std::optional<std::string> down_file_name(std::string_view name, Format format) {
  if (format == Format::kGolangMigrate) {
    constexpr std::string_view kUp = ".up.sql";
    return std::string(name.substr(0, name.size() - kUp.size())) + ".down.sql";
  }
  if (format == Format::kFlyway) {
    const size_t slash = name.rfind('/');
    const size_t base = slash == std::string_view::npos ? 0 : slash + 1;
    if (base < name.size() && name[base] == 'V') {
      std::string down(name);
      down[base] = 'U';
      return down;
    }
  }
  return std::nullopt;
}

Result<FileStatements> split_file(const FileContent& file, sql::Dialect dialect) {
  if (file.format == Format::kGoose) {
    MarkedSections sections = TRY(read_goose(file.bytes, file.name));
    return split_section(std::move(sections.up));
  }
  if (file.format == Format::kDbmate) {
    return split_section(read_dbmate(file.bytes).up);
  }
  const sql::Dialect rules = splitting_dialect(file.format, dialect);
  if (file.has("txtar")) {
    const MigrationSections sections = TRY(read_migration_sections(file.bytes, file.name));
    return split_txtar_section(file, sections.migration, rules);
  }
  return FileStatements::create(file.bytes, rules);
}

Result<std::optional<DownScript>> split_down(const Directory& directory,
                                             const FileContent& file,
                                             sql::Dialect dialect) {
  using Found = std::optional<DownScript>;
  if (file.format == Format::kGoose || file.format == Format::kDbmate) {
    MarkedSections sections = file.format == Format::kGoose ? TRY(read_goose(file.bytes, file.name))
                                                            : read_dbmate(file.bytes);
    if (!sections.down.is_present) {
      return Found();
    }
    FileStatements split = TRY(split_section(std::move(sections.down)));
    return Found({.content = file, .statements = std::move(split)});
  }
  if (file.has("txtar")) {
    const MigrationSections sections = TRY(read_migration_sections(file.bytes, file.name));
    if (!sections.has_down) {
      return Found();
    }
    FileStatements split =
        TRY(split_txtar_section(file, sections.down, splitting_dialect(file.format, dialect)));
    return Found({.content = file, .statements = std::move(split)});
  }
  const std::optional<std::string> name = down_file_name(file.name, file.format);
  const bool is_there = name && TRY(directory.exists(*name));
  if (!is_there) {
    return Found();
  }
  DownScript down;
  down.content.name = *name;
  down.content.format = file.format;
  down.content.bytes = TRY(directory.read(*name));
  down.statements = TRY(FileStatements::create(down.content.bytes, sql::Dialect::kGeneric));
  return Found(std::move(down));
}

Result<std::vector<CheckGroup>> split_checks(const FileContent& file, sql::Dialect dialect) {
  std::vector<CheckGroup> groups;
  if (!file.has("txtar")) {
    return groups;
  }
  const MigrationSections sections = TRY(read_migration_sections(file.bytes, file.name));
  for (const TxtarSection& section : sections.checks) {
    FileStatements assertions =
        TRY(split_txtar_section(file, section, splitting_dialect(file.format, dialect)));
    groups.push_back({.name = check_group_name(section.name),
                      .is_one_of = is_one_of(section.body),
                      .assertions = std::move(assertions)});
  }
  return groups;
}

bool refuses_transaction(const FileContent& file) {
  if (file.format == Format::kGoose) {
    return is_goose_no_transaction(file.bytes);
  }
  return file.format == Format::kDbmate && read_dbmate(file.bytes).up.no_transaction;
}

}  // namespace rhumb::migrate
