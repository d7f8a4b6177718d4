#pragma once

namespace rhumb::sql {

/// Which database's lexical rules a script follows.
///
/// kMysql stands for MySQL, MariaDB and TiDB; kSqlite for SQLite and libSQL; kPostgres for
/// PostgreSQL and what speaks like it. kGeneric is for scripts whose database is not known.
enum class Dialect { kGeneric, kSqlite, kMysql, kPostgres, kSqlServer };

/// What the statement splitter recognises besides quotes, comments, parentheses and delimiters.
///
/// Source: spec sql-splitter.md sections 1 and 10.
struct SplitOptions {
  bool begin_end = false;            ///< `BEGIN ... END` bodies stay whole (4.1)
  bool begin_atomic = false;         ///< `BEGIN ATOMIC` (4.2)
  bool begin_try = false;            ///< `BEGIN TRY ... END CATCH` (4.3)
  bool end_terminator = false;       ///< a body may end in END without `;` (4.4)
  bool go_command = false;           ///< lines of GO end a statement (5.3)
  bool dollar_quotes = false;        ///< `$tag$ ... $tag$` (3.4)
  bool backslash_escapes = false;    ///< in all three kinds of quotes (3.2)
  bool escape_strings = false;       ///< backslashes escape in `E'...'` (3.3)
  bool hash_comments = false;        ///< `# ...` to the end of the line
  bool nested_comments = false;      ///< block comments nest (10.3)
  bool executable_comments = false;  ///< `/*! ... */` and `/*M! ... */` are text (10.1)
  bool hints = false;                ///< `/*+ ... */` is text (10.1)
  bool psql_input = false;           ///< COPY data and meta-commands (10.4, 10.5)
  bool trigger_bodies = false;       ///< CREATE TRIGGER is read to the end of its body (10.7)
  bool program_bodies = false;       ///< so are procedures, functions and events (10.7)
  bool trim_semicolon = false;       ///< the delimiter is cut off also when it is `;`
};

/// The switches of a dialect.
[[nodiscard]] SplitOptions split_options(Dialect dialect);

}  // namespace rhumb::sql
