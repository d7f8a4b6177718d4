#include "registry/alerts/alert_presence.h"

#include "registry/alerts/webhook.h"

namespace rhumb::registry {
namespace {

constexpr int64_t kKeptNs = int64_t{10} * 1'000'000'000;

}  // namespace

/// What is read in a transaction that also changes webhooks may be taken back, but forget() follows
/// every such transaction.
Result<AlertEvents> AlertPresence::wanted(Session& session, int64_t org_id, int64_t now) {
  int64_t generation = 0;
  {
    const std::lock_guard guard(mutex_);
    const auto found = known_.find(org_id);
    const int64_t age = found == known_.end() ? kKeptNs : now - found->second.time;
    if (age >= 0 && age < kKeptNs) {
      return found->second.events;
    }
    generation = generation_;
  }
  const AlertEvents events = TRY(read_wanted_events(session, org_id));
  const std::lock_guard guard(mutex_);
  if (generation == generation_) {  // else it may have been read before the change
    known_[org_id] = {.events = events, .time = now};
  }
  return events;
}

void AlertPresence::forget() {
  const std::lock_guard guard(mutex_);
  known_.clear();
  ++generation_;
}

}  // namespace rhumb::registry
