#include "registry/audit/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "codec/base64.h"
#include "codec/hex.h"
#include "registry/registry.h"

namespace rhumb::registry {
namespace {

using codec::Json;

// Of lines that are kept elsewhere: never change what a name means.
constexpr int64_t kFormat = 1;
constexpr std::string_view kColumns = "seq, hash, time, org, public_key, signature";
// The number of the first one: checkpoints are of the registry, not of an organization.
constexpr int64_t kFirstOrganization = 1;

Json payload_of(const Checkpoint& checkpoint, const codec::Ed25519PublicKey& key) {
  return Json::object({{"type", "checkpoint"},
                       {"v", kFormat},
                       {"seq", checkpoint.head.seq},
                       {"hash", codec::hex_encode(checkpoint.head.hash)},
                       {"time", format_audit_time(checkpoint.time)},
                       {"org", checkpoint.org},
                       {"key", format_bytes(key)}});
}

template <typename Bytes>
Result<void> read_column(const Value& value, Bytes& out) {
  const auto bytes = codec::as_bytes(value.text());
  if (bytes.size() != out.size()) {
    return Error(ErrorCode::kConflict, "a stored checkpoint is damaged");
  }
  std::ranges::copy(bytes, out.begin());
  return {};
}

Result<SignedCheckpoint> read_row(const Row& row) {
  SignedCheckpoint out;
  out.checkpoint = {
      .head = {.seq = row[0].number()}, .time = row[2].number(), .org = row[3].text()};
  TRY(read_column(row[1], out.checkpoint.head.hash));
  TRY(read_column(row[4], out.key));
  TRY(read_column(row[5], out.signature));
  return out;
}

}  // namespace

std::string format_bytes(std::span<const std::byte> bytes) {
  return codec::base64_encode(bytes);
}

Result<void> read_bytes(const Json& json, std::string_view member, std::span<std::byte> out) {
  const std::vector<std::byte> bytes =
      TRY(codec::base64_decode(json.string_or_empty(member)).context(member));
  if (bytes.size() != out.size()) {
    return invalid(fmt::format("{} must be {} bytes in base64", member, out.size()));
  }
  std::ranges::copy(bytes, out.begin());
  return {};
}

std::string format_audit_time(int64_t time) {
  return registry_api::format_time(from_stored(time));
}

Result<int64_t> read_audit_time(const Json& json, std::string_view member) {
  const registry_api::OptionalTime time =
      TRY(registry_api::parse_time(json.string_or_empty(member)).context(member));
  const std::optional<int64_t> stored = to_stored(time);
  return stored ? Result<int64_t>(*stored) : invalid(fmt::format("{} is no time", member));
}

Result<SignedCheckpoint> sign_checkpoint(const AuditKey& key, Checkpoint checkpoint) {
  SignedCheckpoint out{.checkpoint = std::move(checkpoint), .key = key.public_key};
  out.signature =
      TRY(codec::sign_ed25519(key.seed, codec::format_json(payload_of(out.checkpoint, out.key))));
  return out;
}

Json to_json(const SignedCheckpoint& checkpoint) {
  Json line = payload_of(checkpoint.checkpoint, checkpoint.key);
  line.set("signature", format_bytes(checkpoint.signature));
  return line;
}

std::string format_checkpoint(const SignedCheckpoint& checkpoint) {
  return codec::format_json(to_json(checkpoint));
}

Result<SignedCheckpoint> parse_checkpoint(std::string_view line) {
  const Json json = TRY(codec::parse_json(line));
  SignedCheckpoint out;
  out.checkpoint.head.seq = json.find_int("seq").value_or(0);
  out.checkpoint.head.hash = TRY(parse_hash(json.string_or_empty("hash")));
  out.checkpoint.time = TRY(read_audit_time(json, "time"));
  out.checkpoint.org = json.string_or_empty("org");
  TRY(read_bytes(json, "key", out.key));
  TRY(read_bytes(json, "signature", out.signature));
  if (format_checkpoint(out) != line) {
    return invalid("it is no checkpoint of an audit log");
  }
  return out;
}

Result<void> check_signature(const SignedCheckpoint& checkpoint, const TrustedKeys& trusted) {
  const std::string payload = codec::format_json(payload_of(checkpoint.checkpoint, checkpoint.key));
  if (is_signed_by(trusted, checkpoint.key, payload, checkpoint.signature)) {
    return {};
  }
  return Error(
      ErrorCode::kConflict,
      fmt::format("checkpoint of audit entry {}: key {} is not trusted, or has not signed it",
                  checkpoint.checkpoint.head.seq, key_name(checkpoint.key)));
}

Result<ExpectedHashes> read_checkpoints(std::string_view text, const TrustedKeys& trusted) {
  ExpectedHashes out;
  size_t number = 0;
  for (std::string_view line : split(text, '\n')) {
    ++number;
    line = trim(line);
    if (line.empty()) {
      continue;
    }
    const SignedCheckpoint read =
        TRY(parse_checkpoint(line).context(fmt::format("line {}", number)));
    TRY(check_signature(read, trusted).context(fmt::format("line {}", number)));
    const auto [known, is_new] =
        out.try_emplace(read.checkpoint.head.seq, read.checkpoint.head.hash);
    if (!is_new && known->second != read.checkpoint.head.hash) {
      return Error(ErrorCode::kConflict,
                   fmt::format("line {}: entry {} has another hash in an earlier line", number,
                               read.checkpoint.head.seq));
    }
  }
  return out;
}

// ------------------------------------------------------------------------------------- as stored

Result<void> store_checkpoint(Session& session, const SignedCheckpoint& checkpoint) {
  const Checkpoint& at = checkpoint.checkpoint;
  return session.run(
      "INSERT INTO audit_checkpoints (seq, hash, time, org, public_key, signature) VALUES (?, ?, "
      "?, ?, ?, ?) ON CONFLICT (seq) DO UPDATE SET hash = excluded.hash, time = excluded.time, org "
      "= excluded.org, public_key = excluded.public_key, signature = excluded.signature",
      {at.head.seq, Blob{codec::to_string(at.head.hash)}, at.time, at.org,
       Blob{codec::to_string(checkpoint.key)}, Blob{codec::to_string(checkpoint.signature)}});
}

Result<std::vector<SignedCheckpoint>> list_checkpoints(Session& session,
                                                       int64_t after,
                                                       int64_t count_max) {
  const Rows rows = TRY(session.query(
      fmt::format("SELECT {} FROM audit_checkpoints WHERE seq > ? ORDER BY seq LIMIT ?", kColumns),
      {after, count_max}));
  std::vector<SignedCheckpoint> out;
  for (const Row& row : rows) {
    SignedCheckpoint checkpoint = TRY(read_row(row));
    out.push_back(std::move(checkpoint));
  }
  return out;
}

Result<std::optional<SignedCheckpoint>> find_base(Session& session) {
  const std::optional<Row> row = TRY(session.find_row(fmt::format(
      "SELECT {} FROM audit_checkpoints WHERE is_base = 1 ORDER BY seq DESC LIMIT 1", kColumns)));
  if (!row) {
    return std::optional<SignedCheckpoint>();
  }
  SignedCheckpoint base = TRY(read_row(*row));
  return std::optional(std::move(base));
}

Result<AuditHead> audit_base(Session& session) {
  const std::optional<SignedCheckpoint> base = TRY(find_base(session));
  if (!base) {
    return AuditHead{};
  }
  TRY(check_signature(*base, {}));
  return base->checkpoint.head;
}

Result<std::string> checkpoint_org(Session& session) {
  const Value slug =
      TRY(session.scalar("SELECT slug FROM organizations WHERE id = ?", {kFirstOrganization}));
  return slug.text();
}

}  // namespace rhumb::registry
