#include "registry/ingest/versions.h"

#include <algorithm>

namespace rhumb::registry {
namespace {

bool all_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int sign(int value) {
  return (value > 0) - (value < 0);
}

/// Numbers of any length: leading zeros off, then by length, then by bytes.
int compare_numbers(std::string_view a, std::string_view b) {
  a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
  b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
  if (a.size() != b.size()) {
    return a.size() < b.size() ? -1 : 1;
  }
  return sign(a.compare(b));
}

}  // namespace

VersionOrder::VersionOrder(const std::vector<std::string>& versions) : size_(versions.size()) {
  for (size_t i = 0; i < versions.size(); ++i) {
    positions_.emplace(versions[i], i);
  }
}

std::optional<size_t> VersionOrder::position(std::string_view version) const {
  auto found = positions_.find(std::string(version));
  return found == positions_.end() ? std::nullopt : std::optional<size_t>(found->second);
}

int VersionOrder::compare(std::string_view a, std::string_view b) const {
  if (a == b) {
    return 0;
  }
  std::optional<size_t> at_a = position(a);
  std::optional<size_t> at_b = position(b);
  if (at_a.has_value() && at_b.has_value()) {
    return *at_a < *at_b ? -1 : 1;
  }
  if (all_digits(a) && all_digits(b)) {
    const int order = compare_numbers(a, b);
    return order != 0 ? order : sign(a.compare(b));
  }
  return sign(a.compare(b));
}

}  // namespace rhumb::registry
