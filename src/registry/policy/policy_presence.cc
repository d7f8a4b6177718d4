#include "registry/policy/policy_presence.h"

#include "registry/policy/policy_store.h"

namespace rhumb::registry {
namespace {

constexpr int64_t kKeptNs = int64_t{10} * 1'000'000'000;

}  // namespace

std::optional<bool> PolicyPresence::find(int64_t org_id, int64_t now, int64_t& generation) {
  const std::lock_guard guard(mutex_);
  generation = generation_;
  const auto found = known_.find(org_id);
  const int64_t age = found == known_.end() ? kKeptNs : now - found->second.time;
  const bool holds = age >= 0 && age < kKeptNs;
  return holds ? std::optional(found->second.any) : std::nullopt;
}

void PolicyPresence::keep(int64_t org_id, int64_t generation, const Kept& kept) {
  const std::lock_guard guard(mutex_);
  if (generation == generation_) {  // else it may have been read before the change
    known_[org_id] = kept;
  }
}

bool PolicyPresence::has_any(int64_t org_id, int64_t now) {
  int64_t generation = 0;
  if (const auto known = find(org_id, now, generation)) {
    return *known;
  }
  const Result<bool> any = read_value<bool>(
      store_, [org_id](Session& session) { return has_policies(session, org_id); });
  if (any) {
    keep(org_id, generation, {.any = *any, .time = now});
  }
  return any.value_or(true);
}

Result<bool> PolicyPresence::has_any(Session& session, int64_t org_id, int64_t now) {
  int64_t generation = 0;
  if (const auto known = find(org_id, now, generation)) {
    return *known;
  }
  return has_policies(session, org_id);
}

void PolicyPresence::forget() {
  const std::lock_guard guard(mutex_);
  known_.clear();
  ++generation_;
}

}  // namespace rhumb::registry
