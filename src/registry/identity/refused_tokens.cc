#include "registry/identity/refused_tokens.h"

#include <utility>

namespace rhumb::registry {
namespace {

constexpr int64_t kSecondNs = 1'000'000'000;
constexpr int64_t kWindowNs = 60 * kSecondNs;
constexpr size_t kAddressesMax = 100;
constexpr const char* kOthers = "";

bool is_within(int64_t now, int64_t begin, int64_t length) {
  return now >= begin && now - begin < length;  // a clock that was moved back ends it
}

}  // namespace

std::vector<RefusedTokens::Told> RefusedTokens::take(const Origin& origin,
                                                     std::string object,
                                                     int64_t now) {
  const std::lock_guard lock(mutex_);
  std::vector<Told> told;
  close_windows(now, told);
  const bool is_kept = windows_.contains(origin.ip) || windows_.size() < kAddressesMax;
  const auto [at, is_new] = windows_.try_emplace(is_kept ? origin.ip : kOthers, Window{now, {}});
  if (is_new) {
    told.push_back({origin, std::move(object), 1});
    return told;
  }
  Told& waiting = at->second.waiting;
  if (waiting.requests++ == 0) {
    waiting.origin = origin;
    waiting.object = std::move(object);
  }
  return told;
}

std::vector<RefusedTokens::Told> RefusedTokens::drain() {
  const std::lock_guard lock(mutex_);
  std::vector<Told> told;
  for (auto& [address, window] : std::exchange(windows_, {})) {
    if (window.waiting.requests > 0) {
      told.push_back(std::move(window.waiting));
    }
  }
  return told;
}

/// An address that asked again has its next minute, one that did not is forgotten.
void RefusedTokens::close_windows(int64_t now, std::vector<Told>& told) {
  if (is_within(now, look_at_, kSecondNs)) {
    return;
  }
  look_at_ = now;
  for (auto at = windows_.begin(); at != windows_.end();) {
    Window& window = at->second;
    const bool is_over = !is_within(now, window.opened_at, kWindowNs);
    const bool is_idle = is_over && window.waiting.requests == 0;
    if (is_over && !is_idle) {
      told.push_back(std::exchange(window.waiting, {}));
      window.opened_at = now;
    }
    at = is_idle ? windows_.erase(at) : std::next(at);
  }
}

}  // namespace rhumb::registry
