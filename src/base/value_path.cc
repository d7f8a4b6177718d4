#include "base/value_path.h"

#include <fmt/format.h>

namespace rhumb {

std::string ValuePath::text() const {
  if (parent == nullptr) {
    return std::string(name);
  }
  return index ? fmt::format("{}[{}]", parent->text(), *index)
               : fmt::format("{}.{}", parent->text(), name);
}

}  // namespace rhumb
