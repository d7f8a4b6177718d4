#include "registry/identity/token_cache.h"

#include <utility>

#include "codec/hex.h"

namespace rhumb::registry {
namespace {

std::string key_of(std::string_view token) {
  return codec::to_string(codec::sha256(token));
}

}  // namespace

Result<std::shared_ptr<const TokenOwner>> TokenCache::find(std::string_view token, int64_t now) {
  const std::string key = key_of(token);
  int64_t generation = 0;
  {
    const std::lock_guard lock(mutex_);
    auto found = owners_.find(key);
    if (found != owners_.end() && found->second.holds(now)) {
      return found->second.owner;
    }
    generation = generation_;
  }
  std::optional<TokenOwner> stored = TRY(read_value<std::optional<TokenOwner>>(
      store_, [&](Session& session) { return find_token(session, token, now); }));
  if (!stored.has_value()) {
    return std::shared_ptr<const TokenOwner>();
  }
  auto owner = std::make_shared<const TokenOwner>(std::move(*stored));
  const std::lock_guard lock(mutex_);
  // Read before a change that is stored by now? Then it serves this request only.
  if (generation == generation_) {
    if (owners_.size() >= kTokensMax) {
      owners_.clear();
    }
    owners_[key] = Kept{owner, now};
  }
  return owner;
}

void TokenCache::set_used(std::string_view token, int64_t now, std::string_view ip) {
  const std::string key = key_of(token);
  const std::lock_guard lock(mutex_);
  auto found = owners_.find(key);
  if (found != owners_.end()) {
    auto owner = std::make_shared<TokenOwner>(*found->second.owner);
    owner->last_used_at = now;
    owner->last_used_ip = ip;
    found->second.owner = std::move(owner);
  }
}

void TokenCache::forget() {
  const std::lock_guard lock(mutex_);
  ++generation_;
  owners_.clear();
}

}  // namespace rhumb::registry
