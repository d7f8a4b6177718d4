#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>

#include "registry/store/store.h"

namespace rhumb::registry {

/// Remembers which organizations have policies, so that those without pay nothing for them: their
/// clients are not told to ask, their reports are not judged.
///
/// Shape: what is remembered is ten seconds old at the most: another server may share the store.
/// `now` is in nanoseconds since 1970. Threads: any.
class PolicyPresence {
 public:
  /// `store` must outlive it.
  explicit PolicyPresence(Store& store) : store_(store) {}

  /// When the store does not answer: yes, which costs a question and lets nothing pass.
  bool has_any(int64_t org_id, int64_t now);
  /// As has_any, from inside a transaction, which counts with what it has changed.
  Result<bool> has_any(Session& session, int64_t org_id, int64_t now);
  /// Call it when a change of policies or environments is stored, before that is answered.
  void forget();

 private:
  struct Kept {
    bool any = false;
    int64_t time = 0;
  };
  std::optional<bool> find(int64_t org_id, int64_t now, int64_t& generation);
  void keep(int64_t org_id, int64_t generation, const Kept& kept);

  Store& store_;
  std::mutex mutex_;               // guards the members below
  std::map<int64_t, Kept> known_;  // by organization
  int64_t generation_ = 0;         // how often forget() was called
};

}  // namespace rhumb::registry
