#pragma once

#include <cstdint>
#include <optional>
#include <string>

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

// How an entry is sealed. Stored on disk, never renumber.
inline constexpr int64_t kAuditWhole = 1;   ///< of earlier releases: one hash over everything
inline constexpr int64_t kAuditLinked = 2;  ///< a hash of the fields, then one that links it

/// Of earlier releases: SHA-256 over the previous hash and every field as a net string
/// (`<length>:<bytes>,`; an absent one is `-`), in the order of the struct, but for the request id,
/// which is behind the user agent. Never change.
[[nodiscard]] codec::Sha256 audit_hash(const codec::Sha256& previous, const AuditEntry& entry);

/// SHA-256 over `rhumb audit entry 2` with a line break and the same net strings. It stands for the
/// entry where its fields are not shown. Never change.
[[nodiscard]] codec::Sha256 audit_leaf(const AuditEntry& entry);
/// SHA-256 over `rhumb audit link 2` with a line break, the previous hash and a leaf: the hash of
/// the entry. Never change.
[[nodiscard]] codec::Sha256 link_audit(const codec::Sha256& previous, const codec::Sha256& leaf);

/// Seals and appends; sets `seq`. Must run in the transaction of what it tells about. Bytes that
/// are no UTF-8, and NUL, are stored as U+FFFD.
Result<void> append_audit(Session& session, AuditEntry entry);

/// A place in the chain. 0: before the first entry.
struct AuditHead {
  int64_t seq = 0;
  codec::Sha256 hash = kAuditGenesis;
  bool operator==(const AuditHead&) const = default;
};

/// Walks the whole chain, see verify_chain(). -> its newest entry
Result<AuditHead> verify_audit(Session& session);

}  // namespace rhumb::registry
