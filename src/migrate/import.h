#pragma once

#include <vector>

#include "base/result.h"
#include "migrate/directory.h"
#include "migrate/plan_writer.h"

namespace rhumb::migrate {

/// Errors: `cannot import a migration directory already in "atlas" format`.
[[nodiscard]] Result<void> check_import_format(Format format);

/// The atlas files that a directory of a foreign format becomes, in its order.
///
/// Shape: per statement its comments, its text, one `;`; a file outside of transactions begins with
/// the directive for that.
/// Errors: check_import_format; two files that would get one name; those of split_file, naming the
/// file.
/// Source: spec cli-migrate.md 2.5.
[[nodiscard]] Result<std::vector<NewFile>> read_import(const Directory& from);

/// Writes imported files and then the checksum file; of a write that fails nothing is left.
/// Errors: `target migration directory must be empty`.
[[nodiscard]] Result<void> write_import(Directory& to, const std::vector<NewFile>& files);

}  // namespace rhumb::migrate
