#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace rhumb {

/// Where in a document a value is: written out only when somebody has to be told.
///
/// Lifetime: refers to its parent and its name; made on the stack on the way down.
struct ValuePath {
  const ValuePath* parent = nullptr;
  std::string_view name = "";  ///< of a member; of the whole where there is no parent
  std::optional<size_t> index = std::nullopt;  ///< of an element

  /// `variable "input".files[2].name`
  [[nodiscard]] std::string text() const;
};

}  // namespace rhumb
