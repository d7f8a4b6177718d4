#pragma once

#include <map>
#include <optional>
#include <string>

#include "codec/json.h"
#include "sys/clock.h"

namespace rhumb::sys {
class Environment;
}  // namespace rhumb::sys

namespace rhumb::cli {

/// What a registry was asked about.
struct PolicyQuestion {
  std::string endpoint{};
  std::string repo{};
  std::string env{};
  std::string dir_hash{};
  std::string version{};
};

/// A permit and when it ends, RFC 3339, by the registry's clock.
struct KeptPermit {
  std::string permit{};
  std::string expires_at{};
};

/// What a registry said of its policies, for the time when it does not answer: whether it has any,
/// and permits that are still good.
///
/// Shape: files of mode 0600 under `<state>/cache`, named by a hash of what they are about. Without
/// a HOME nothing is kept, and trouble with the disk is none of a deployment's.
class PolicyMemory {
 public:
  PolicyMemory(const sys::Environment& environment, const sys::Clock& clock)
      : environment_(environment), clock_(clock) {}

  void note_policies(const std::string& endpoint, bool has_policies) const;
  /// Whether it announced policies when it was last heard of.
  [[nodiscard]] bool had_policies(const std::string& endpoint) const;

  /// Keeps permits by the ids of their targets, beside those of the same question. What is kept of
  /// other questions goes when it is over.
  void keep(const PolicyQuestion& question, const std::map<std::string, KeptPermit>& permits) const;
  /// A permit for a target, if this machine's clock calls it good.
  [[nodiscard]] std::optional<std::string> find(const PolicyQuestion& question,
                                                const std::string& target_id) const;

 private:
  [[nodiscard]] std::optional<std::string> folder() const;
  [[nodiscard]] codec::Json read_good(const std::string& path) const;
  void forget_what_is_over(const std::string& folder) const;

  const sys::Environment& environment_;
  const sys::Clock& clock_;
};

}  // namespace rhumb::cli
