#include "registry/audit/audit_key.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "codec/base64.h"
#include "codec/hex.h"
#include "codec/sha256.h"
#include "sys/files.h"
#include "sys/random.h"

namespace rhumb::registry {
namespace {

using Key = std::array<std::byte, 32>;

constexpr size_t kKeyTextMax = 4096;
constexpr size_t kNameDigits = 16;
// What stands before the 32 bytes of a key (RFC 8410): SubjectPublicKeyInfo and PrivateKeyInfo.
constexpr std::string_view kPublicHead = "302a300506032b6570032100";
constexpr std::string_view kPrivateHead = "302e020100300506032b657004220420";
constexpr std::string_view kPublicLabel = "PUBLIC KEY";
constexpr std::string_view kPrivateLabel = "PRIVATE KEY";

std::string line_of(std::string_view what, std::string_view label) {
  return fmt::format("-----{} {}-----", what, label);
}

Result<Key> to_key(const std::vector<std::byte>& bytes, std::string_view head) {
  const std::string hex = codec::hex_encode(bytes);
  Key key{};
  if (bytes.size() != key.size() + head.size() / 2 || !hex.starts_with(head)) {
    return invalid("it is no Ed25519 key");
  }
  std::copy(bytes.end() - static_cast<std::ptrdiff_t>(key.size()), bytes.end(), key.begin());
  return key;
}

Result<Key> parse_key(std::string_view text, std::string_view label, std::string_view head) {
  text = trim(text.substr(0, kKeyTextMax));
  const std::string begin = line_of("BEGIN", label);
  const size_t at = text.find(begin);
  if (at != std::string_view::npos) {
    text.remove_prefix(at + begin.size());
    const size_t end = text.find(line_of("END", label));
    if (end == std::string_view::npos) {
      return invalid("it has no END line");
    }
    return to_key(TRY(codec::base64_decode(trim(text.substr(0, end)))), head);
  }
  const Result<std::vector<std::byte>> hex = codec::hex_decode(text);
  if (hex && hex->size() == Key().size()) {
    return to_key(*hex, "");
  }
  return to_key(TRY(codec::base64_decode(text)), "");
}

template <typename Bytes>
Result<void> read_bytes(const Value& value, Bytes& out) {
  const auto bytes = codec::as_bytes(value.text());
  if (bytes.size() != out.size()) {
    return Error(ErrorCode::kInternal, "the key of the audit log is damaged");
  }
  std::ranges::copy(bytes, out.begin());
  return {};
}

Result<AuditKey> make_key(const Key& seed) {
  AuditKey key{.seed = seed};
  key.public_key = TRY(codec::ed25519_public_key(seed));
  return key;
}

}  // namespace

Result<std::optional<AuditKey>> find_audit_key(Session& session) {
  const std::optional<Row> row =
      TRY(session.find_row("SELECT seed FROM audit_keys ORDER BY id DESC LIMIT 1"));
  if (!row) {
    return std::optional<AuditKey>();
  }
  Key seed{};
  TRY(read_bytes(row->front(), seed));
  const AuditKey key = TRY(make_key(seed));
  return std::optional(key);
}

Result<AuditKey> ensure_audit_key(Session& session, int64_t now) {
  const std::optional<AuditKey> known = TRY(find_audit_key(session));
  if (known) {
    return *known;
  }
  AuditKey key = TRY(make_key(sys::random_bytes<32>()));
  TRY(session.run("INSERT INTO audit_keys (seed, public_key, created_at) VALUES (?, ?, ?)",
                  {Blob{codec::to_string(key.seed)}, Blob{codec::to_string(key.public_key)}, now}));
  return key;
}

Result<AuditKey> parse_audit_key(std::string_view text) {
  const Key seed = TRY(parse_key(text, kPrivateLabel, kPrivateHead));
  return make_key(seed);
}

Result<AuditKey> read_audit_key_file(const std::string& path) {
  const std::string text = TRY(sys::read_file(path));
  return parse_audit_key(text).context(path);
}

Result<codec::Ed25519PublicKey> parse_public_key(std::string_view text) {
  return parse_key(text, kPublicLabel, kPublicHead).context("public key");
}

std::string format_public_key(const codec::Ed25519PublicKey& key) {
  const std::vector<std::byte> bytes =
      codec::hex_decode(std::string(kPublicHead) + codec::hex_encode(key)).value();
  return fmt::format("{}\n{}\n{}\n", line_of("BEGIN", kPublicLabel), codec::base64_encode(bytes),
                     line_of("END", kPublicLabel));
}

std::string key_name(const codec::Ed25519PublicKey& key) {
  return codec::hex_encode(codec::sha256(key)).substr(0, kNameDigits);
}

bool is_signed_by(const TrustedKeys& trusted,
                  const codec::Ed25519PublicKey& key,
                  std::string_view text,
                  const codec::Ed25519Signature& signature) {
  const bool is_trusted = trusted.empty() || std::ranges::find(trusted, key) != trusted.end();
  return is_trusted && codec::verify_ed25519(key, text, signature);
}

}  // namespace rhumb::registry
