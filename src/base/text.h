#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rhumb {

/// Splits at every `separator`; "" gives one empty piece. Pieces refer to `text`.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
/// Not of a string that ends before its pieces.
template <std::same_as<std::string> String>
std::vector<std::string_view> split(String&& text, char separator) = delete;
/// The parts before and after the first `separator`, or nothing when it is absent.
[[nodiscard]] std::optional<std::pair<std::string_view, std::string_view>> cut(
    std::string_view text, std::string_view separator);
/// Without ASCII blanks (space, tab, CR, LF, VT, FF) at both ends.
[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::string_view trim_left(std::string_view text);
[[nodiscard]] std::string_view trim_right(std::string_view text);
[[nodiscard]] std::string replace_all(std::string_view text,
                                      std::string_view from,
                                      std::string_view to);
[[nodiscard]] std::string to_lower_ascii(std::string_view text);
[[nodiscard]] std::string to_upper_ascii(std::string_view text);
[[nodiscard]] bool equal_fold_ascii(std::string_view a, std::string_view b);
/// `1 file`, `2 files`: the count with `one` or `many`.
[[nodiscard]] std::string plural(size_t count, std::string_view one, std::string_view many);

template <typename Range>
[[nodiscard]] std::string join(const Range& parts, std::string_view separator) {
  std::string out;
  bool first = true;
  for (const auto& part : parts) {
    if (!first) {
      out += separator;
    }
    out += part;
    first = false;
  }
  return out;
}

}  // namespace rhumb
