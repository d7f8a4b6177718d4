#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "project/environment.h"

namespace rhumb::sys {
class Environment;
}  // namespace rhumb::sys

namespace rhumb::project {

/// The registry a command talks to, and what it shows there.
struct Login {
  std::string endpoint{};  ///< complete URL, used as it is
  std::string token{};
  std::string org{};  ///< organization the token must belong to; empty: any
};

/// A login kept on this machine.
struct StoredLogin {
  std::string endpoint{};
  std::string token{};
  std::string org{};
  bool grant_only = false;  ///< an offline grant: the endpoint may be unknown
};

/// `$HOME/.atlas`, the only place written to; nothing when HOME is not set.
[[nodiscard]] std::optional<std::string> state_directory(const sys::Environment& environment);

/// The stored logins; `credentials.json` in the state directory, mode 0600.
///
/// Shape: one login per endpoint; the last one stored is the default.
/// Errors: kIo what the operating system says; kInvalid a file that is not ours, named.
class LoginStore {
 public:
  explicit LoginStore(const sys::Environment& environment) : environment_(environment) {}

  /// The login for an endpoint, or the default one when `endpoint` is empty.
  [[nodiscard]] Result<std::optional<StoredLogin>> find(const std::string& endpoint) const;
  Result<void> put(const StoredLogin& login) const;
  /// Forgets every login.
  Result<void> clear() const;

 private:
  [[nodiscard]] Result<std::string> directory() const;

  const sys::Environment& environment_;
};

/// Token and endpoint of a command, from the `atlas` block, the environment and the stored login,
/// in this order; empty texts count as unset. Nothing when either is missing.
/// Source: spec reporting.md 3.
[[nodiscard]] Result<std::optional<Login>> find_login(const CloudConfig& cloud,
                                                      const sys::Environment& environment);

/// The endpoint alone, by the same order; empty when there is none.
[[nodiscard]] Result<std::string> find_endpoint(const CloudConfig& cloud,
                                                const sys::Environment& environment);

/// `command requires 'atlas login'`, the text that client programs match.
[[nodiscard]] Error login_required();

}  // namespace rhumb::project
