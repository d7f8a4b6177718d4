#include "migrate/section_script.h"

#include <algorithm>

namespace rhumb::migrate {

void ScriptPlaces::add(size_t begin, size_t offset) {
  const bool continues =
      !parts_.empty() && begin - parts_.back().begin + parts_.back().offset == offset;
  if (!continues) {
    parts_.push_back({begin, offset});
  }
}

size_t ScriptPlaces::to_file_offset(size_t offset) const {
  const auto after =
      std::upper_bound(parts_.begin(), parts_.end(), offset,
                       [](size_t value, const Part& part) { return value < part.begin; });
  if (after == parts_.begin()) {
    return offset;
  }
  const Part& part = *std::prev(after);
  return offset - part.begin + part.offset;
}

void SectionScript::append(std::string_view piece, size_t offset) {
  places_.add(text_.size(), offset);
  text_ += piece;
}

}  // namespace rhumb::migrate
