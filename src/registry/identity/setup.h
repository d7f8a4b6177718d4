#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "registry/registry.h"

namespace rhumb::registry {

struct FirstPerson {
  std::string name;
  std::string email{};     ///< empty: may be given later
  std::string password{};  ///< empty: may be set later
};

struct FirstAccess {
  std::string token;    ///< a personal one with every right
  std::string session;  ///< empty without a password
};

/// The one-time page by which the first person gets access.
///
/// The store knows the code by its hash, and takes that of the last start, at any of its servers.
/// Threads: any.
class Setup {
 public:
  /// Makes a new code, until somebody has used one. Errors: of the store.
  static Result<std::unique_ptr<Setup>> create(Registry& registry);

  /// Empty when the first person was there at the start.
  [[nodiscard]] const std::string& code() const { return code_; }
  /// Uses the code up and makes the first owner.
  /// Errors: kDenied for another code or a used one; kInvalid for name, address and password.
  Result<FirstAccess> redeem(std::string_view code,
                             const FirstPerson& person,
                             const Origin& origin);

 private:
  Setup(Registry& registry, std::string code) : registry_(registry), code_(std::move(code)) {}

  Registry& registry_;
  const std::string code_;
};

}  // namespace rhumb::registry
