#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>

#include "registry/alerts/alert_event.h"
#include "registry/store/store.h"

namespace rhumb::registry {

/// Remembers what the webhooks of each organization want to be told of, so that what nobody wants
/// costs nothing.
///
/// Shape: what is remembered is ten seconds old at the most: another server may share the store.
/// `now` is in nanoseconds since 1970. Threads: any.
class AlertPresence {
 public:
  /// What any webhook that is enabled wants; asked inside a transaction.
  Result<AlertEvents> wanted(Session& session, int64_t org_id, int64_t now);
  /// Call it when a change of webhooks is stored, before that is answered.
  void forget();

 private:
  struct Kept {
    AlertEvents events;
    int64_t time = 0;
  };

  std::mutex mutex_;               // guards the members below
  std::map<int64_t, Kept> known_;  // by organization
  int64_t generation_ = 0;         // how often forget() was called
};

}  // namespace rhumb::registry
