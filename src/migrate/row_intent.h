#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "driver/connection.h"

namespace rhumb::migrate {

/// What a revision's `error` says while a statement that no transaction covers is running.
///
/// Shape: `rhumb: statement <n> of <total> started at <RFC 3339 UTC> by <holder>[, after <hash n-1
/// with h1:>], <class>`; `rhumb: down statement ...` while a file is reverted.
/// Source: spec revisions.md 3.1 (stored in users' databases, never change).
struct RowIntent {
  size_t statement = 0;  ///< from 1
  size_t total = 0;
  std::string started_at{};
  std::string holder{};
  std::string after{};  ///< hash of the statement before, only while the row's hashes are not exact
  driver::Intent intent{};
  bool down = false;
};

[[nodiscard]] std::string format_intent(const RowIntent& intent);
/// Reverses format_intent; nothing when the text is an ordinary error.
[[nodiscard]] std::optional<RowIntent> parse_intent(std::string_view error);

/// The first 8 KiB of a statement, cut at a character.
[[nodiscard]] std::string_view intent_statement(std::string_view statement);

}  // namespace rhumb::migrate
