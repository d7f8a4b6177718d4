#pragma once

#include <string>
#include <string_view>
#include <vector>

/// What differs between two schemas written as HCL, by their blocks and attributes. Pure.
/// Source: spec schema-hcl.md (blocks and labels); registry.graphql SchemaDiff.changes.
namespace rhumb::registry {

/// Shape: `add table "users"`, `drop column "email" of table "users"`, `change column "name" of
/// table "users" (null, type)`; in the order of `to`, what was dropped last. Comments, blanks and
/// the order of blocks do not count. Of a text that is no HCL there is one line that says so.
[[nodiscard]] std::vector<std::string> list_schema_changes(std::string_view from,
                                                           std::string_view to);

}  // namespace rhumb::registry
