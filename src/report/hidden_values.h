#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace rhumb::report {

inline constexpr std::string_view kPlaceholder = "(sensitive)";

/// Bytes [begin, end) of a text.
struct TextSpan {
  size_t begin = 0;
  size_t end = 0;
  bool blank_before = false;  ///< the placeholder needs a blank before it
  /// The span ends with the mark that closes a block comment: line ends go behind the comment.
  bool closes_comment = false;

  bool operator==(const TextSpan&) const = default;
};

/// The text with every span replaced by `(sensitive)` and the line ends it held. Spans that overlap
/// become one; the order does not matter.
[[nodiscard]] std::string replace_spans(std::string_view text, std::vector<TextSpan> spans);
/// Sorted, overlapping ones joined.
[[nodiscard]] std::vector<TextSpan> join_spans(std::vector<TextSpan> spans);

/// Values that must not be shown, to be found in texts that may echo them.
class HiddenValues {
 public:
  static constexpr size_t kSizeMin = 3;  ///< shorter values are found everywhere

  /// Also its escaped form as `%q` writes it. Values shorter than kSizeMin are only kept for
  /// contains().
  void add(std::string_view value);
  void add(const std::vector<std::string>& values);
  void add(const HiddenValues& others);
  [[nodiscard]] bool empty() const { return values_.empty(); }
  [[nodiscard]] bool contains(std::string_view value) const;

  /// Every place where a value of kSizeMin or more bytes stands; placeholders are passed over.
  [[nodiscard]] std::vector<TextSpan> find_in(std::string_view text) const;

 private:
  /// Looks texts up without a copy of them.
  struct TextHash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  void add_form(std::string_view value);

  std::unordered_set<std::string, TextHash, std::equal_to<>> values_;
  /// The lengths of values by their first three bytes: thousands of values begin alike.
  std::unordered_map<uint32_t, std::set<size_t>> sizes_by_start_;
};

}  // namespace rhumb::report
