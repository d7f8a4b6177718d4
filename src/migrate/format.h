#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rhumb::migrate {

/// The layout of a migration directory: which files count, what their names mean, how their
/// statements are found.
enum class Format : std::uint8_t { kAtlas, kGolangMigrate, kGoose, kFlyway, kLiquibase, kDbmate };

/// `atlas`, `golang-migrate`, ...; the value of the URL key `format`.
[[nodiscard]] std::string_view format_name(Format format);
/// The format of that exact name; an empty name is the atlas format.
[[nodiscard]] std::optional<Format> find_format(std::string_view name);

/// The version in a file name; opaque text, compared by bytes, possibly empty.
///
/// Source: spec migration-directory.md 2 and 4. Flyway names may hold a path, whose last part
/// counts.
[[nodiscard]] std::string file_version(std::string_view name, Format format);
/// The description in a file name, empty when it has none.
[[nodiscard]] std::string file_description(std::string_view name, Format format);

/// The names a directory of that format consists of, in the order they run.
///
/// Shape: `names` are all regular names below the root (for flyway with their path, in lexical walk
/// order; else of the top level). Byte order, but for flyway: newest baseline, later versions in
/// numeric order, repeatable files.
[[nodiscard]] std::vector<std::string> order_files(std::vector<std::string> names, Format format);
/// Whether a name can be a migration file of that format.
[[nodiscard]] bool is_migration_name(std::string_view name, Format format);

}  // namespace rhumb::migrate
