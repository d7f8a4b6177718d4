#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rhumb::registry {

/// Orders versions of one directory: by position where the directory holds both, else as numbers
/// where both are all digits, else by bytes. Never through floating point.
///
/// Source: spec registry.md 5.4.
class VersionOrder {
 public:
  VersionOrder() = default;
  /// `versions` in directory order; of equal versions the first counts.
  explicit VersionOrder(const std::vector<std::string>& versions);

  [[nodiscard]] int compare(std::string_view a, std::string_view b) const;
  [[nodiscard]] std::optional<size_t> position(std::string_view version) const;
  [[nodiscard]] size_t size() const { return size_; }

 private:
  std::unordered_map<std::string, size_t> positions_;
  size_t size_ = 0;
};

}  // namespace rhumb::registry
