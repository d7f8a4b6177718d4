#pragma once

#include <cstddef>

#include "base/result.h"
#include "migrate/directory.h"

namespace rhumb::migrate {

/// Errors: `cannot import a migration directory already in "atlas" format`.
[[nodiscard]] Result<void> check_import_format(Format format);

/// Rewrites a directory of a foreign format as atlas files and sums them; returns how many.
///
/// Shape: per statement its comments, its text, one `;`. Nothing is written when a file cannot be
/// read; an empty source writes nothing either, so 0 means `nothing to import`.
/// Errors: `target migration directory must be empty`; two files that would get one name; those of
/// split_file.
/// Source: spec cli-migrate.md 2.5.
[[nodiscard]] Result<size_t> import_directory(const Directory& from, Directory& to);

}  // namespace rhumb::migrate
