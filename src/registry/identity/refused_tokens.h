#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "registry/audit/audit.h"

namespace rhumb::registry {

/// Requests with a token of nobody, as the audit log tells of them: the first from an address at
/// once, those of the minute after it as one entry with their number. So whoever may do nothing
/// cannot make the log grow as fast as they can ask.
///
/// Shape: a bounded number of addresses is kept apart, all others count as one. Times are in
/// nanoseconds since 1970. Threads: any.
class RefusedTokens {
 public:
  struct Told {
    Origin origin;       ///< of the first of them
    std::string object;  ///< likewise: what was refused
    int64_t requests = 0;
  };

  /// Counts one; what is to be written down by now, of whatever address.
  [[nodiscard]] std::vector<Told> take(const Origin& origin, std::string object, int64_t now);
  /// What was counted and not written down yet.
  [[nodiscard]] std::vector<Told> drain();

 private:
  struct Window {
    int64_t opened_at = 0;
    Told waiting;
  };
  void close_windows(int64_t now, std::vector<Told>& told);

  std::mutex mutex_;  // guards everything below
  std::map<std::string, Window, std::less<>> windows_;
  int64_t look_at_ = 0;
};

}  // namespace rhumb::registry
