#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/ed25519.h"
#include "registry/store/sql.h"

/// The key that checkpoints, exports and evidence packs are signed with.
namespace rhumb::registry {

struct AuditKey {
  codec::Ed25519Seed seed{};
  codec::Ed25519PublicKey public_key{};
};

/// Keys that somebody trusts; none: whatever key a signature names.
using TrustedKeys = std::vector<codec::Ed25519PublicKey>;

/// The key of the store that signs; nothing when none was made yet.
Result<std::optional<AuditKey>> find_audit_key(Session& session);
/// As find_audit_key, makes it first when there is none. Needs a transaction that writes.
Result<AuditKey> ensure_audit_key(Session& session, int64_t now);

/// The key in a file: PEM as `openssl genpkey -algorithm ed25519` writes it, or the 32 bytes in
/// base64 or hexadecimal. Errors: kInvalid; those of reading the file.
Result<AuditKey> read_audit_key_file(const std::string& path);
Result<AuditKey> parse_audit_key(std::string_view text);
/// A public key: PEM as `openssl pkey -pubout` writes it, base64 or hexadecimal. Errors: kInvalid.
Result<codec::Ed25519PublicKey> parse_public_key(std::string_view text);
/// `PUBLIC KEY` in PEM, which openssl takes.
[[nodiscard]] std::string format_public_key(const codec::Ed25519PublicKey& key);
/// What a person tells keys apart by: 16 hexadecimal digits of its SHA-256.
[[nodiscard]] std::string key_name(const codec::Ed25519PublicKey& key);

/// Whether `key` is trusted and signed that text.
[[nodiscard]] bool is_signed_by(const TrustedKeys& trusted,
                                const codec::Ed25519PublicKey& key,
                                std::string_view text,
                                const codec::Ed25519Signature& signature);

}  // namespace rhumb::registry
