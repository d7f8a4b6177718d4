#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "codec/sha256.h"
#include "registry/store/sql.h"

/// The audit log: every write and every refusal, each entry sealed with the hash of the one before,
/// so that nothing in between can be changed or taken out without breaking what follows.
/// Source: spec registry.md 7.3.
namespace rhumb::registry {

/// Who did something, as lists and the log show it.
struct Actor {
  std::string kind = "SYSTEM";  ///< USER, BOT, AGENT, SYSTEM
  std::optional<int64_t> id;
  std::string name = "system";
  bool operator==(const Actor&) const = default;
};

/// The same person or program, whatever it is called by now.
[[nodiscard]] bool is_same(const Actor& a, const Actor& b);

/// Where a request came from.
struct Origin {
  Actor actor;
  std::string token_prefix;
  std::string ip;
  std::string user_agent;
  std::string request_id;
};

/// One entry before it is sealed.
struct AuditEntry {
  int64_t seq = 0;
  int64_t org_id = 0;
  int64_t time = 0;  ///< nanoseconds since 1970
  Origin origin;
  std::string action;  ///< `<object>.<verb>`
  std::string object;  ///< what it was done to, such as `repo/app` or `deployment/12`
  std::optional<std::string> before;  ///< JSON
  std::optional<std::string> after;   ///< JSON
};

/// The hash of the entry that would precede the first one: all zero.
inline constexpr codec::Sha256 kAuditGenesis{};

/// SHA-256 over the previous hash and every field as a net string (`<length>:<bytes>,`; an absent
/// one is `-`), in the order of the struct. Stored on disk, never change.
[[nodiscard]] codec::Sha256 audit_hash(const codec::Sha256& previous, const AuditEntry& entry);

/// Seals and appends; sets `seq`. Must run in the transaction of what it tells about.
Result<void> append_audit(Session& session, AuditEntry entry);

struct AuditHead {
  int64_t entries = 0;
  codec::Sha256 hash = kAuditGenesis;
};

/// Walks the whole chain. Needs nothing but the store's file.
///
/// Errors: kConflict naming the first entry that does not fit, by what: a gap in the numbers, a
/// wrong previous hash, or fields that do not give the hash.
Result<AuditHead> verify_audit(Session& session);

/// What a log must still contain: an entry's number and its hash, noted earlier in another place.
/// Errors: kConflict when the chain does not hold it, which also shows a log that was cut short.
Result<AuditHead> verify_audit(Session& session, int64_t seq, std::string_view hash_hex);

}  // namespace rhumb::registry
