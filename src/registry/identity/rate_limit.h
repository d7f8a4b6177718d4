#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rhumb::registry {

/// How many requests a token may make in a minute, as a bucket that refills evenly.
///
/// Servers of one store tell each other once a second what was taken from theirs, so that a token
/// has one limit however many there are, but for the requests of a second. Threads: any.
class RateLimit {
 public:
  /// 0 is no limit. To be set before the first request.
  void set_per_minute(int64_t requests) { per_minute_ = requests; }

  /// Takes one request. 0 when it is allowed, else the seconds until the next one is.
  [[nodiscard]] int64_t take(int64_t token_id, int64_t now_ns);

  /// What was taken here and not told yet, in messages of a bounded length: `[[1,20],[-7,3]]` for
  /// twenty requests of token 1 and three of session 7.
  [[nodiscard]] std::vector<std::string> tell();
  /// Takes what another server told of; other texts are passed over.
  void hear(std::string_view message, int64_t now_ns);

 private:
  struct Bucket {
    double left = 0;
    int64_t filled_at = 0;
    int64_t untold = 0;
  };
  Bucket& fill(int64_t token_id, int64_t now_ns);

  int64_t per_minute_ = 0;
  std::mutex mutex_;                             // guards buckets_
  std::unordered_map<int64_t, Bucket> buckets_;  // as many as there are tokens in use
};

}  // namespace rhumb::registry
