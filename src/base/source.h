#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rhumb {

/// A place in a text. `offset` is bytes from 0; `line` and `column` count from 1, columns in bytes.
struct SourcePosition {
  size_t offset = 0;
  size_t line = 1;
  size_t column = 1;

  bool operator==(const SourcePosition&) const = default;
};

/// A stretch of a named text; `end` is one past the last byte.
struct SourceSpan {
  std::string file;
  SourcePosition begin;
  SourcePosition end;

  bool operator==(const SourceSpan&) const = default;
};

/// The position of byte `offset` of `text`; an offset past the end is the end.
[[nodiscard]] SourcePosition position_at(std::string_view text, size_t offset);

}  // namespace rhumb
