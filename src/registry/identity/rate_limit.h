#pragma once

#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace rhumb::registry {

/// How many requests a token may make in a minute, as a bucket that refills evenly.
///
/// Threads: any.
class RateLimit {
 public:
  /// 0 is no limit.
  explicit RateLimit(int64_t per_minute) : per_minute_(per_minute) {}

  /// Takes one request. 0 when it is allowed, else the seconds until the next one is.
  [[nodiscard]] int64_t take(int64_t token_id, int64_t now_ns);

 private:
  struct Bucket {
    double left = 0;
    int64_t filled_at = 0;
  };
  int64_t per_minute_;
  std::mutex mutex_;                             // guards buckets_
  std::unordered_map<int64_t, Bucket> buckets_;  // as many as there are tokens in use
};

}  // namespace rhumb::registry
