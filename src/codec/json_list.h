#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rhumb::codec {

/// A JSON text of which one list is still text, element by element.
struct CutJson {
  std::string rest;                        ///< the text with that list empty
  std::vector<std::string_view> names;     ///< of the members that lead to it
  std::vector<std::string_view> elements;  ///< of the text that was cut; at least one
};

/// Cuts a list out of a JSON text, so that its elements can be read one after the other.
///
/// Shape: `path` has the names of the members that lead to the list, `*` for any. When `rest` and
/// all elements are JSON, the text is, and says the same; otherwise it is none. Nothing when there
/// is no such list with elements, and when the text has to be read whole to tell: several lists,
/// escapes in names on the way.
[[nodiscard]] std::optional<CutJson> cut_json_list(std::string_view text,
                                                   std::span<const std::string_view> path);

}  // namespace rhumb::codec
