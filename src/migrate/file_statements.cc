#include "migrate/file_statements.h"

#include <utility>

#include "migrate/marked_sections.h"
#include "migrate/section_script.h"
#include "migrate/txtar.h"

namespace rhumb::migrate {
namespace {

/// The dialect whose rules split a file of that format.
sql::Dialect splitting_dialect(Format format, sql::Dialect dialect) {
  const bool is_plain = format == Format::kAtlas || format == Format::kLiquibase;
  return is_plain ? dialect : sql::Dialect::kGeneric;
}

Result<FileStatements> split_text(std::string text, sql::Dialect dialect) {
  FileStatements split;
  split.script = std::make_shared<const std::string>(std::move(text));
  split.statements = TRY(sql::split_statements(*split.script, dialect));
  return split;
}

Result<FileStatements> split_section(MarkedSection section) {
  FileStatements split;
  split.script = std::make_shared<const std::string>(section.script.text());
  split.statements = TRY(sql::split_statements(*split.script, sql::Dialect::kGeneric));
  split.no_transaction = section.no_transaction;
  for (sql::Statement& statement : split.statements) {
    statement.offset = section.script.to_file_offset(statement.offset);
    statement.position = statement.offset;
  }
  return split;
}

Result<FileStatements> split_txtar_section(const TxtarSection& section, sql::Dialect dialect) {
  FileStatements split = TRY(split_text(std::string(section.body), dialect));
  for (sql::Statement& statement : split.statements) {
    statement.offset += section.offset;
    statement.position = statement.offset;
  }
  return split;
}

}  // namespace

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
    return split_txtar_section(sections.migration, rules);
  }
  return split_text(file.bytes, rules);
}

Result<std::optional<FileStatements>> split_down(const Directory& directory,
                                                 const FileContent& file,
                                                 sql::Dialect dialect) {
  using Found = std::optional<FileStatements>;
  if (file.format == Format::kGoose || file.format == Format::kDbmate) {
    MarkedSections sections = file.format == Format::kGoose ? TRY(read_goose(file.bytes, file.name))
                                                            : read_dbmate(file.bytes);
    if (!sections.down.is_present) {
      return Found();
    }
    FileStatements split = TRY(split_section(std::move(sections.down)));
    return Found(std::move(split));
  }
  if (file.has("txtar")) {
    const MigrationSections sections = TRY(read_migration_sections(file.bytes, file.name));
    if (!sections.has_down) {
      return Found();
    }
    FileStatements split =
        TRY(split_txtar_section(sections.down, splitting_dialect(file.format, dialect)));
    return Found(std::move(split));
  }
  const std::optional<std::string> name = down_file_name(file.name, file.format);
  if (!name) {
    return Found();
  }
  const bool is_there = TRY(directory.exists(*name));
  if (!is_there) {
    return Found();
  }
  std::string text = TRY(directory.read(*name));
  FileStatements split = TRY(split_text(std::move(text), sql::Dialect::kGeneric));
  return Found(std::move(split));
}

Result<std::vector<CheckGroup>> split_checks(const FileContent& file, sql::Dialect dialect) {
  std::vector<CheckGroup> groups;
  if (!file.has("txtar")) {
    return groups;
  }
  const MigrationSections sections = TRY(read_migration_sections(file.bytes, file.name));
  for (const TxtarSection& section : sections.checks) {
    FileStatements assertions =
        TRY(split_txtar_section(section, splitting_dialect(file.format, dialect)));
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
