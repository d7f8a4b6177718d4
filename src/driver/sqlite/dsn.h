#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rhumb::driver::sqlite {

/// What the part of a URL behind `scheme://` asks of the library.
struct Dsn {
  std::string name;  ///< path, `:memory:` or `file:` URI for the library
  int busy_timeout_ms = 5000;
  std::vector<std::string> pragmas;  ///< statements to run after opening, in order
};

/// Reads a data source name: a path or `file:` URI, then `?` and parameters. Parameters with a
/// leading `_` are ours to carry out; the others belong to the library and reach it only with a
/// `file:` URI.
///
/// Errors: kInvalid, naming the parameter and what it takes.
/// Source: spec urls.md 2.1.
[[nodiscard]] Result<Dsn> parse_dsn(std::string_view text);

}  // namespace rhumb::driver::sqlite
