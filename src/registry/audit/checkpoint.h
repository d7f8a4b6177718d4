#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json.h"
#include "registry/audit/audit_key.h"
#include "registry/audit/chain.h"

/// Signed checkpoints: the hash of an entry, at a time, with a signature. Kept in another place
/// they show a chain that was made anew as a whole, or cut short.
namespace rhumb::registry {

struct Checkpoint {
  AuditHead head{};
  int64_t time = 0;   ///< nanoseconds since 1970
  std::string org{};  ///< slug of the registry's first organization
};

struct SignedCheckpoint {
  Checkpoint checkpoint{};
  codec::Ed25519PublicKey key{};
  codec::Ed25519Signature signature{};
};

Result<SignedCheckpoint> sign_checkpoint(const AuditKey& key, Checkpoint checkpoint);

/// One line of JSON without a line break. The signature is of the same without its last member,
/// `signature`.
[[nodiscard]] std::string format_checkpoint(const SignedCheckpoint& checkpoint);
[[nodiscard]] codec::Json to_json(const SignedCheckpoint& checkpoint);
/// Errors: kInvalid when it is no such line, byte for byte.
Result<SignedCheckpoint> parse_checkpoint(std::string_view line);
/// Errors: kConflict `checkpoint of audit entry 7: ...` for one that none of the keys signed.
Result<void> check_signature(const SignedCheckpoint& checkpoint, const TrustedKeys& trusted);

/// The entries of a file of such lines, for verify_chain(); the same line may stand in it often.
/// Errors: kConflict naming the line; those of the two functions above.
Result<ExpectedHashes> read_checkpoints(std::string_view text, const TrustedKeys& trusted);

// ------------------------------------------------------------------------------------- as stored

/// Adds one; of an entry that has one the new one counts.
Result<void> store_checkpoint(Session& session, const SignedCheckpoint& checkpoint);
/// Those behind entry `after`, oldest first, at most `count_max`.
Result<std::vector<SignedCheckpoint>> list_checkpoints(Session& session,
                                                       int64_t after,
                                                       int64_t count_max);
/// What a log that was pruned begins behind.
Result<std::optional<SignedCheckpoint>> find_base(Session& session);
/// The slug that checkpoints of this store carry.
Result<std::string> checkpoint_org(Session& session);

// Members that JSON documents of the audit log share.

[[nodiscard]] std::string format_bytes(std::span<const std::byte> bytes);
/// A member in base64 of exactly `bytes`. Errors: kInvalid.
Result<void> read_bytes(const codec::Json& json, std::string_view member, std::span<std::byte> out);
[[nodiscard]] std::string format_audit_time(int64_t time);
/// Errors: kInvalid.
Result<int64_t> read_audit_time(const codec::Json& json, std::string_view member);

}  // namespace rhumb::registry
