#include "history/version_order.h"

#include <algorithm>
#include <vector>

namespace rhumb::history {
namespace {

bool is_number(std::string_view part) {
  return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
}

/// The parts; numbers without leading zeros, so that zero is empty.
std::vector<std::string_view> parts_of(std::string_view version) {
  std::vector<std::string_view> parts;
  for (;;) {
    const size_t end = version.find_first_of("._");
    std::string_view part = version.substr(0, end);
    if (is_number(part)) {
      part.remove_prefix(std::min(part.find_first_not_of('0'), part.size()));
    }
    parts.push_back(part);
    if (end == std::string_view::npos) {
      break;
    }
    version.remove_prefix(end + 1);
  }
  while (!parts.empty() && parts.back().empty()) {
    parts.pop_back();
  }
  return parts;
}

int compare_parts(std::string_view a, std::string_view b) {
  const bool a_counts = a.empty() || is_number(a);
  const bool b_counts = b.empty() || is_number(b);
  if (a_counts != b_counts) {
    return a_counts ? -1 : 1;
  }
  if (a_counts && a.size() != b.size()) {
    return a.size() < b.size() ? -1 : 1;
  }
  return a.compare(b);
}

}  // namespace

int compare_versions(std::string_view a, std::string_view b) {
  const std::vector<std::string_view> left = parts_of(a);
  const std::vector<std::string_view> right = parts_of(b);
  for (size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    const int order = compare_parts(i < left.size() ? left[i] : std::string_view(),
                                    i < right.size() ? right[i] : std::string_view());
    if (order != 0) {
      return order;
    }
  }
  return 0;
}

}  // namespace rhumb::history
