#include "base/source.h"

#include <algorithm>

namespace rhumb {

SourcePosition position_at(std::string_view text, size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const size_t last_newline = before.rfind('\n');
  return {.offset = before.size(),
          .line = 1 + static_cast<size_t>(std::count(before.begin(), before.end(), '\n')),
          .column = last_newline == std::string_view::npos ? before.size() + 1
                                                           : before.size() - last_newline};
}

}  // namespace rhumb
