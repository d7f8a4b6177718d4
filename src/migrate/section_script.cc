#include "migrate/section_script.h"

#include <algorithm>

namespace rhumb::migrate {

void SectionScript::append(std::string_view piece, size_t offset) {
  const size_t begin = text_.size();
  const bool continues =
      !parts_.empty() && begin - parts_.back().begin + parts_.back().offset == offset;
  if (!continues) {
    parts_.push_back({begin, offset});
  }
  text_ += piece;
}

size_t SectionScript::to_file_offset(size_t offset) const {
  const auto after =
      std::upper_bound(parts_.begin(), parts_.end(), offset,
                       [](size_t value, const Part& part) { return value < part.begin; });
  if (after == parts_.begin()) {
    return offset;
  }
  const Part& part = *std::prev(after);
  return offset - part.begin + part.offset;
}

}  // namespace rhumb::migrate
