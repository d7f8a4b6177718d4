#pragma once

#include <string_view>

namespace rhumb::driver::postgres {

/// Every schema but the server's own and those of extensions, by name: `nspname`.
[[nodiscard]] std::string_view user_schemas_sql();

/// The objects in schema $1 that do not belong to another object or to an extension, tables first,
/// then by kind and name: kind for people, name for people, the server's kind and identity for
/// DROP.
[[nodiscard]] std::string_view schema_objects_sql();

/// The objects of the database itself (schemas, extensions, event triggers, publications, foreign
/// servers, languages, casts) that do not belong to an extension, in an order in which they can be
/// dropped: catalog, number, the server's kind and identity.
[[nodiscard]] std::string_view database_objects_sql();

}  // namespace rhumb::driver::postgres
