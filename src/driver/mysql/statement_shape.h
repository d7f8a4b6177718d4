#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "driver/token_reader.h"

namespace rhumb::driver::mysql {

/// One named thing of the catalog.
///
/// Shape: `kind` is `table`, `view`, `sequence`, `trigger`, `function`, `procedure`, `event`, or
/// with `table` set `column`, `index`, `constraint`; `schema` is empty for the current database.
struct CatalogObject {
  std::string kind{};
  std::string schema{};
  std::string table{};
  std::string name{};

  bool operator==(const CatalogObject&) const = default;
};

/// `t`, `s.t`, `t.c`, `s.t.c`: names with anything but letters, digits, `_` and `$` in backticks.
[[nodiscard]] std::string format_object_name(const CatalogObject& object);
/// Reverses format_object_name; nothing when the text is no such name.
[[nodiscard]] std::optional<CatalogObject> parse_object_name(std::string_view kind,
                                                             std::string_view name);

/// What one statement does, as far as its words tell.
struct StatementShape {
  /// The object that is there after the statement and was not before, or the other way round; that
  /// of a rename is the new name.
  std::optional<CatalogObject> object{};
  /// Whether the object's existence proves that the whole statement was executed: it says neither
  /// IF [NOT] EXISTS nor OR REPLACE, and does nothing else.
  bool proves = false;
  /// The table that DDL changes, where its storage engine matters.
  std::optional<QualifiedName> altered{};
  /// The only table that INSERT, REPLACE, UPDATE or DELETE writes to.
  std::optional<QualifiedName> written{};
};

/// Source: MariaDB and MySQL 8.0 manuals, "Data Definition" and "Data Manipulation".
[[nodiscard]] StatementShape read_statement(std::string_view statement,
                                            const sql::LexOptions& options);

}  // namespace rhumb::driver::mysql
