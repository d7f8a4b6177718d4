#pragma once

#include <string>
#include <string_view>

namespace rhumb::registry {

/// A statement of the registry as PostgreSQL reads it.
///
/// Shape: the parameters `?` and `?3` become `$1` and `$3`, a plain `?` takes the number after the
/// highest before it, as in SQLite; `LIKE` becomes `ILIKE`, for SQLite's does not tell the case of
/// ASCII letters; `INDEXED BY name` goes, for PostgreSQL chooses by itself. Literals and quoted
/// names stay as they are. Source: SQLite 3.40 `lang_expr.html`; PostgreSQL 15 manual 9.7.1, 56.2.
[[nodiscard]] std::string to_postgres(std::string_view sql);

/// A file of the registry's own schema as PostgreSQL reads it: whole numbers are `BIGINT`, keys of
/// one column number themselves, bytes are `BYTEA`, and texts are ordered by their bytes, as SQLite
/// orders them.
[[nodiscard]] std::string schema_to_postgres(std::string_view script);

}  // namespace rhumb::registry
