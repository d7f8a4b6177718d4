#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "gotmpl/template.h"

namespace rhumb::gotmpl {

/// The indent that `migrate diff --format '{{ sql . "  " }}'` asks for.
///
/// Shape: the indent (empty when none is given) if the whole template is one call `sql .` or `sql
/// $` with at most one further argument; nothing if the template does not call `sql`, so that it
/// replaces the content of the file.
/// Errors: kInvalid `parse indent: invalid syntax` for an argument that is no string literal;
/// `'sql' can only be used to indent statements. got: <template>` for `sql` anywhere else.
/// Source: spec templates.md 3.1.
[[nodiscard]] Result<std::optional<std::string>> find_sql_indent(const Template& parsed);

}  // namespace rhumb::gotmpl
