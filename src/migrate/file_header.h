#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "migrate/format.h"

namespace rhumb::migrate {

/// A directive (sql/directives.h) that outlives the text it was read from.
struct Directive {
  std::string name;
  std::string argument;

  bool operator==(const Directive&) const = default;
};

/// What the top of a file says about it.
///
/// Source: spec migration-directory.md 5. A byte order mark is skipped; CR-LF counts as a line end.
struct FileHeader {
  bool is_sum_ignored = false;        ///< first line is `atlas:sum ignore`
  std::vector<Directive> directives;  ///< of the comment block at the top, in order
};

/// Reads the header of a file, or of its first part. Foreign formats but liquibase have no file
/// directives.
[[nodiscard]] FileHeader read_header(std::string_view text, Format format);
/// Whether a first part of a file holds its whole header.
[[nodiscard]] bool covers_header(std::string_view first_part);

/// The arguments of the directives of that name, in order.
[[nodiscard]] std::vector<std::string> find_arguments(const std::vector<Directive>& directives,
                                                      std::string_view name);

}  // namespace rhumb::migrate
