#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/json.h"

/// Pages of lists: numbered for people, by cursor for programs.
/// Source: spec registry.md 4.15; registry.graphql PageInput, PageInfo.
namespace rhumb::registry {

inline constexpr int64_t kPageSizeDefault = 20;
inline constexpr int64_t kPageSizeMax = 100;

struct Page {
  int64_t number = 1;
  int64_t size = kPageSizeDefault;
  /// Of the last row of the page before: a row's id where a list has an order of its own, else how
  /// many rows came before. Wins over the number.
  std::optional<int64_t> after;

  [[nodiscard]] int64_t offset() const { return (number - 1) * size; }
};

/// Reads a PageInput; null is the first page.
/// Errors: kInvalid for a number below 1, or a cursor that is not ours. A size past the bound is
/// the bound.
Result<Page> read_page(const codec::Json* input);
/// `endCursor` of a page; opaque to clients.
[[nodiscard]] std::string format_cursor(int64_t after);

struct PageFacts {
  int64_t total = 0;
  std::optional<int64_t> end;  ///< of the last row of this page
  bool has_next = false;
};
[[nodiscard]] codec::Json page_info(const Page& page, const PageFacts& facts);

/// For `LIKE ... ESCAPE '\'`: the text anywhere.
[[nodiscard]] std::string like_pattern(std::string_view text);

}  // namespace rhumb::registry
