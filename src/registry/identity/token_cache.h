#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "registry/identity/tokens.h"
#include "registry/store/store.h"

namespace rhumb::registry {

/// Owners of the tokens and sessions seen lately: most requests come from a few of them, and
/// looking one up costs more than the rest of a small request.
///
/// Shape: only valid tokens are kept, by their hash, and read again after ten seconds: where a
/// change made at another server was not heard of, that is how long it may take to count here.
/// Threads: any.
class TokenCache {
 public:
  /// `store` must outlive it.
  explicit TokenCache(Store& store) : store_(store) {}

  /// As find_token(): null for a token that is unknown, revoked or expired. Errors: of the store.
  Result<std::shared_ptr<const TokenOwner>> find(std::string_view token, int64_t now);
  /// As find_session(), in the same way.
  Result<std::shared_ptr<const TokenOwner>> find_by_session(std::string_view secret, int64_t now);
  /// The note about its last use was stored.
  void set_used(const TokenOwner& owner, int64_t now, std::string_view ip);
  /// Call it when a change of what tokens may do is stored, before that is answered.
  void forget();

 private:
  using Finder = std::function<Result<std::optional<TokenOwner>>(Session&)>;

  static constexpr size_t kTokensMax = 1024;
  static constexpr int64_t kKeptNs = 10'000'000'000;

  struct Kept {
    std::shared_ptr<const TokenOwner> owner;
    int64_t read_at = 0;

    [[nodiscard]] bool holds(int64_t now) const {
      return owner->expires_at.value_or(now + 1) > now && now >= read_at && now - read_at < kKeptNs;
    }
  };

  Result<std::shared_ptr<const TokenOwner>> find_or_read(const std::string& key,
                                                         int64_t now,
                                                         const Finder& read);

  Store& store_;
  std::mutex mutex_;  // guards the members below
  std::unordered_map<std::string, Kept> owners_;
  int64_t generation_ = 0;  // how often forget() was called
};

}  // namespace rhumb::registry
