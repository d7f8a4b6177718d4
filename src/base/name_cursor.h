#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace rhumb {

/// Finds elements of a list by name, fast when they are asked for in the order in which they stand:
/// the search begins behind the one found last and goes once around.
///
/// Lifetime: refers to the list, whose elements must stay where they are.
template <typename Element, auto kName>
class NameCursor {
 public:
  explicit NameCursor(std::span<Element> elements) : elements_(elements) {}

  /// Null when there is none.
  Element* find(std::string_view name) {
    for (size_t tried = 0; tried < elements_.size(); ++tried) {
      Element& element = elements_[next_];
      next_ = next_ + 1 < elements_.size() ? next_ + 1 : 0;
      if (element.*kName == name) {
        return &element;
      }
    }
    return nullptr;
  }

 private:
  std::span<Element> elements_;
  size_t next_ = 0;
};

}  // namespace rhumb
