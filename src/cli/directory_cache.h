#pragma once

#include <optional>
#include <string>

#include "base/result.h"

namespace rhumb::sys {
class Environment;
}  // namespace rhumb::sys

namespace rhumb::cli {

/// What a registry directory is asked by.
struct DirectoryKey {
  std::string endpoint{};
  std::string slug{};
  std::string tag{};  ///< empty: the latest state
};

/// Archives that a registry sent, kept under `<state>/cache` for the hours when it does not answer.
///
/// Shape: one file of mode 0600 per key, its name a hash of the key. Without a HOME nothing is
/// kept.
class DirectoryCache {
 public:
  explicit DirectoryCache(const sys::Environment& environment) : environment_(environment) {}

  /// Keeps an archive; trouble with the disk is none of a deployment's.
  void put(const DirectoryKey& key, const std::string& archive) const;
  [[nodiscard]] std::optional<std::string> find(const DirectoryKey& key) const;

 private:
  [[nodiscard]] std::optional<std::string> path_of(const DirectoryKey& key) const;

  const sys::Environment& environment_;
};

}  // namespace rhumb::cli
