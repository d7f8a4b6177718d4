#include "registry/identity/rate_limit.h"

#include <algorithm>
#include <cmath>

namespace rhumb::registry {

int64_t RateLimit::take(int64_t token_id, int64_t now_ns) {
  if (per_minute_ <= 0) {
    return 0;
  }
  constexpr double kMinuteNs = 60e9;
  const double full = static_cast<double>(per_minute_);
  const std::lock_guard lock(mutex_);
  auto [entry, is_new] = buckets_.try_emplace(token_id, Bucket{full, now_ns});
  Bucket& bucket = entry->second;
  const double passed = static_cast<double>(std::max<int64_t>(now_ns - bucket.filled_at, 0));
  bucket.left = std::min(full, bucket.left + passed / kMinuteNs * full);
  bucket.filled_at = now_ns;
  if (bucket.left >= 1) {
    bucket.left -= 1;
    return 0;
  }
  const double wait_seconds = (1 - bucket.left) / full * kMinuteNs / 1e9;
  return std::max<int64_t>(1, static_cast<int64_t>(std::ceil(wait_seconds)));
}

}  // namespace rhumb::registry
