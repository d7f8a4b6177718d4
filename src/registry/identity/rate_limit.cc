#include "registry/identity/rate_limit.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "codec/json.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr double kMinuteNs = 60e9;
// A notification of PostgreSQL has less than 8,000 bytes. Source: its manual 15, NOTIFY.
constexpr size_t kTokensInMessage = 150;

}  // namespace

RateLimit::Bucket& RateLimit::fill(int64_t token_id, int64_t now_ns) {
  const auto full = static_cast<double>(per_minute_);
  auto [entry, is_new] = buckets_.try_emplace(token_id, Bucket{full, now_ns});
  Bucket& bucket = entry->second;
  const auto passed = static_cast<double>(std::max<int64_t>(now_ns - bucket.filled_at, 0));
  bucket.left = std::min(full, bucket.left + passed / kMinuteNs * full);
  bucket.filled_at = now_ns;
  return bucket;
}

int64_t RateLimit::take(int64_t token_id, int64_t now_ns) {
  if (per_minute_ <= 0) {
    return 0;
  }
  const std::lock_guard lock(mutex_);
  Bucket& bucket = fill(token_id, now_ns);
  if (bucket.left >= 1) {
    bucket.left -= 1;
    ++bucket.untold;
    return 0;
  }
  const double seconds = (1 - bucket.left) / static_cast<double>(per_minute_) * 60;
  return std::max<int64_t>(1, static_cast<int64_t>(std::ceil(seconds)));
}

std::vector<std::string> RateLimit::tell() {
  std::vector<Json> messages;
  const std::lock_guard lock(mutex_);
  for (auto& [token_id, bucket] : buckets_) {
    if (bucket.untold == 0) {
      continue;
    }
    if (messages.empty() || messages.back().size() == kTokensInMessage) {
      messages.push_back(Json::array());
    }
    messages.back().push_back(Json::array({token_id, std::exchange(bucket.untold, 0)}));
  }
  std::vector<std::string> texts(messages.size());
  std::ranges::transform(messages, texts.begin(),
                         [](const Json& message) { return codec::format_json(message); });
  return texts;
}

void RateLimit::hear(std::string_view message, int64_t now_ns) {
  const Result<Json> uses = codec::parse_json(message);
  if (per_minute_ <= 0 || !uses || !uses->is_array()) {
    return;
  }
  const std::lock_guard lock(mutex_);
  for (const Json& use : uses->as_array()) {
    const bool is_pair = use.is_array() && use.size() == 2;
    const std::optional<int64_t> token_id = is_pair ? use.at(0).to_int() : std::nullopt;
    const int64_t requests = is_pair ? use.at(1).to_int().value_or(0) : 0;
    if (token_id && requests > 0) {
      Bucket& bucket = fill(*token_id, now_ns);
      bucket.left = std::max(0.0, bucket.left - static_cast<double>(requests));
    }
  }
}

}  // namespace rhumb::registry
