#pragma once

#include <cstdint>
#include <string>

#include "registry/audit/audit_key.h"
#include "registry/audit/chain.h"
#include "registry/store/store.h"

namespace rhumb::registry {

/// What `audit verify` prints.
struct AuditReport {
  int64_t entries = 0;  ///< that are there
  int64_t head_seq = 0;
  std::string head_hash;  ///< hexadecimal; note it elsewhere to notice later that the log was cut
  int64_t pruned = 0;     ///< entries that were taken out by retention
  int64_t unseen = 0;     ///< expected entries among them
};

/// Checks the audit log of a store, whether a server runs on it or not. With `trusted` keys, one of
/// them must have signed what a pruned log begins behind.
/// Errors: kConflict naming the first entry that does not fit; as open_store_reader() for the
/// store.
Result<AuditReport> verify_audit_log(const StoreAddress& address,
                                     const ExpectedHashes& expected,
                                     const TrustedKeys& trusted);
/// The same with one expected entry: `<entry>:<hash>` as noted earlier, or empty.
Result<AuditReport> verify_audit_log(const StoreAddress& address, const std::string& checkpoint);

/// `<entry>:<hash>`. Errors: kInvalid `checkpoint "x" must be ENTRY:HASH`.
Result<AuditHead> parse_noted_entry(std::string_view text);

}  // namespace rhumb::registry
