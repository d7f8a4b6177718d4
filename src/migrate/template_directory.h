#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/result.h"
#include "gotmpl/value.h"
#include "migrate/memory_directory.h"

namespace rhumb::migrate {

/// The variables of a template directory by name; `.` in its templates.
using TemplateVariables = std::map<std::string, gotmpl::Value>;

/// Renders the migration files of a folder into a directory in memory.
///
/// Every file below `path` is a template named by its base name (a later one, in lexical walk
/// order, replaces an earlier one); each `*.sql` of the top level is executed. Only built-in
/// functions are known, and a missing variable is an error. The checksum file of the folder is not
/// looked at; that of the result is over the rendered files. A file written into the result is
/// written into the folder too, as it is, and the checksum file of the folder is recomputed over
/// the templates.
///
/// Errors, for the prefix `data.template_dir.<name>: `: `path <p> is not a directory`, `template:
/// 1.sql:1: ...` while parsing, `executing template: template: 1.sql:1:3: executing ...`.
/// Source: spec templates.md 4, migration-directory.md 7.
[[nodiscard]] Result<std::shared_ptr<MemoryDirectory>> render_template_directory(
    const std::string& path, std::string url, const TemplateVariables& variables);

/// `mem://<path>/<name>`, the URL a template directory goes by.
[[nodiscard]] std::string template_directory_url(const std::string& path, const std::string& name);

}  // namespace rhumb::migrate
