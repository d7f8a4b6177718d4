#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "registry/audit/audit.h"

/// The chain of the audit log's entries: as it is stored, and whether it is whole.
namespace rhumb::registry {

/// An entry with what seals it.
struct SealedEntry {
  AuditEntry entry{};
  int64_t format = kAuditLinked;
  codec::Sha256 previous{};  ///< hash of the entry before
  codec::Sha256 hash{};
  /// Of an entry that a secret was taken out of: the leaf that it had, of format kAuditLinked, and
  /// the later entry that vouches for what it is now.
  std::optional<codec::Sha256> leaf{};
  std::optional<int64_t> redacted_by{};

  bool operator==(const SealedEntry&) const;
};

/// The action of entries that vouch for redacted ones: `after` has `entries`, a list of `seq`,
/// `hash` of the entry, and `content`, the leaf of what it is now, in hexadecimal.
inline constexpr std::string_view kRedactAction = "settings.redact";

/// The columns of `audit` behind `seq`, which is the first; in the order that read_sealed() takes.
[[nodiscard]] const std::string& sealed_columns();
/// Errors: kConflict `audit entry 7: was changed after it was written` for hashes that are none.
Result<SealedEntry> read_sealed(const Row& row);
/// Adds a row.
Result<void> store_sealed(Session& session, const SealedEntry& sealed);
/// The newest entry. Errors: kInternal when it has no hash.
Result<AuditHead> audit_head(Session& session);
/// Asks ahead (Session::ask_ahead) for it, before anything is appended.
Result<void> ask_for_audit_head(Session& session);
/// What the chain begins behind: all zero, or the last entry that was pruned.
Result<AuditHead> audit_base(Session& session);

/// Follows a chain, entry by entry. Pure.
///
/// Errors of every step: kConflict naming the first entry that does not fit, by what: a gap in the
/// numbers, a wrong previous hash, fields that do not give the hash, or another hash than an
/// expected one.
class ChainCheck {
 public:
  /// `base`: what the chain continues; nothing: whatever the first entry says.
  explicit ChainCheck(std::optional<AuditHead> base = std::nullopt) : head_(base) {}

  /// That entry `seq` must have this hash, as noted elsewhere. Before the entry is added.
  Result<void> expect(int64_t seq, const codec::Sha256& hash);
  Result<void> add(const SealedEntry& sealed);
  /// An entry whose fields are not shown.
  Result<void> add_leaf(int64_t seq, const codec::Sha256& leaf);
  /// What comes next need not continue what was.
  void begin_anew() { is_anew_ = true; }
  /// Nothing more comes. `is_end`: expected entries behind the last one are a fault.
  Result<void> finish(bool is_end);

  /// The last entry so far; what the chain began behind when there was none.
  [[nodiscard]] AuditHead head() const { return head_.value_or(AuditHead{}); }
  /// Expected hashes that were of no entry that was seen.
  [[nodiscard]] int64_t unseen() const { return unseen_; }

 private:
  struct Content {
    int64_t vouched_by = 0;
    codec::Sha256 hash{};
    codec::Sha256 leaf{};
  };

  Result<void> follow(int64_t seq, const std::optional<codec::Sha256>& previous);
  Result<void> arrive(int64_t seq, const codec::Sha256& hash);
  void take_vouchers(const AuditEntry& entry);

  std::optional<AuditHead> head_;
  bool is_anew_ = false;
  std::map<int64_t, codec::Sha256> expected_;
  std::map<int64_t, Content> redacted_;  // that nobody has vouched for yet
  int64_t unseen_ = 0;
};

/// Hashes of entries that were noted in another place.
using ExpectedHashes = std::map<int64_t, codec::Sha256>;

struct ChainReport {
  AuditHead base{};  ///< what the log begins behind: not all zero when it was pruned
  AuditHead head{};
  int64_t unseen = 0;  ///< expected entries that are pruned
};

/// Walks the whole chain. Needs nothing but the store's file.
/// Errors: those of ChainCheck; also when an expected entry is behind the end: the log was cut.
Result<ChainReport> verify_chain(Session& session, const ExpectedHashes& expected = {});
/// Errors: kInvalid when it is no hash in hexadecimal.
Result<codec::Sha256> parse_hash(std::string_view text);

}  // namespace rhumb::registry
