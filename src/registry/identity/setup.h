#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "registry/registry.h"

namespace rhumb::registry {

/// The one-time page by which the first person gets access.
///
/// The code lives in memory only: each start makes a new one until somebody has used it.
/// Threads: any.
class Setup {
 public:
  /// Errors: of the store.
  static Result<std::unique_ptr<Setup>> create(Registry& registry);

  /// Empty when the first person is there.
  [[nodiscard]] std::string code() const;
  [[nodiscard]] bool is_code(std::string_view code) const;
  /// Uses the code up: a personal token with every right.
  /// Errors: kDenied for another code or a used one; kInvalid for the name; kConflict when it is
  /// taken.
  Result<std::string> redeem(std::string_view code, const std::string& name, const Origin& origin);

 private:
  Setup(Registry& registry, std::string code) : registry_(registry), code_(std::move(code)) {}

  Registry& registry_;
  mutable std::mutex mutex_;  // guards code_
  std::string code_;
};

}  // namespace rhumb::registry
