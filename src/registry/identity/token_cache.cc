#include "registry/identity/token_cache.h"

#include <utility>

#include "codec/hex.h"
#include "registry/identity/sessions.h"

namespace rhumb::registry {
namespace {

/// No session is taken for a token, nor the other way round.
std::string key_of(char kind, std::string_view secret) {
  return kind + codec::to_string(codec::sha256(secret));
}

}  // namespace

Result<std::shared_ptr<const TokenOwner>> TokenCache::find(std::string_view token, int64_t now) {
  return find_or_read(key_of('t', token), now,
                      [&](Session& session) { return find_token(session, token, now); });
}

Result<std::shared_ptr<const TokenOwner>> TokenCache::find_by_session(std::string_view secret,
                                                                      int64_t now) {
  return find_or_read(key_of('s', secret), now,
                      [&](Session& session) { return find_session(session, secret, now); });
}

Result<std::shared_ptr<const TokenOwner>> TokenCache::find_or_read(const std::string& key,
                                                                   int64_t now,
                                                                   const Finder& read) {
  int64_t generation = 0;
  {
    const std::lock_guard lock(mutex_);
    auto found = owners_.find(key);
    if (found != owners_.end() && found->second.holds(now)) {
      return found->second.owner;
    }
    generation = generation_;
  }
  std::optional<TokenOwner> stored = TRY(read_value<std::optional<TokenOwner>>(store_, read));
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

void TokenCache::set_used(const TokenOwner& owner, int64_t now, std::string_view ip) {
  const std::lock_guard lock(mutex_);
  for (auto& [key, kept] : owners_) {
    if (kept.owner.get() == &owner) {
      auto used = std::make_shared<TokenOwner>(*kept.owner);
      used->last_used_at = now;
      used->last_used_ip = ip;
      kept.owner = std::move(used);
      return;
    }
  }
}

void TokenCache::forget() {
  const std::lock_guard lock(mutex_);
  ++generation_;
  owners_.clear();
}

}  // namespace rhumb::registry
