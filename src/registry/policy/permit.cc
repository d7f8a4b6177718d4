#include "registry/policy/permit.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "codec/base64.h"
#include "codec/hex.h"
#include "codec/json.h"
#include "registry/registry.h"
#include "sys/random.h"

namespace rhumb::registry {
namespace {

using codec::Json;

// Signed permits are shown again by clients of earlier releases: never change what a name means.
constexpr int64_t kFormat = 1;
constexpr size_t kPermitTextMax = 16384;

Error forged() {
  return Error(ErrorCode::kDenied, "its permit was not issued here");
}

std::string encode(std::string_view bytes) {
  return codec::base64_encode(codec::as_bytes(bytes), codec::Base64::kRawUrl);
}

std::string payload_of(const Permit& permit, int64_t key_id) {
  const PermitBond& bond = permit.bond;
  return codec::format_json(Json::object({{"v", kFormat},
                                          {"key", key_id},
                                          {"org", bond.org_id},
                                          {"repo", bond.repo},
                                          {"env", bond.env},
                                          {"id", bond.target_id},
                                          {"schema", bond.target_schema},
                                          {"hash", bond.dir_hash},
                                          {"version", bond.version},
                                          {"from", permit.issued_at},
                                          {"until", permit.expires_at}}));
}

Permit read_payload(const Json& payload) {
  return {.bond = {.org_id = payload.find_int("org").value_or(0),
                   .repo = payload.string_or_empty("repo"),
                   .env = payload.string_or_empty("env"),
                   .target_id = payload.string_or_empty("id"),
                   .target_schema = payload.string_or_empty("schema"),
                   .dir_hash = payload.string_or_empty("hash"),
                   .version = payload.string_or_empty("version")},
          .issued_at = payload.find_int("from").value_or(0),
          .expires_at = payload.find_int("until").value_or(0)};
}

std::string format_instant(int64_t ns) {
  return registry_api::format_time(from_stored(ns));
}

struct Opened {
  std::string payload;
  std::string signature;
};

std::optional<Opened> take_apart(std::string_view text) {
  const auto parts = cut(text.substr(0, kPermitTextMax), ".");
  if (!parts) {
    return std::nullopt;
  }
  const auto payload = codec::base64_decode(parts->first, codec::Base64::kRawUrl);
  const auto signature = codec::base64_decode(parts->second, codec::Base64::kRawUrl);
  if (!payload || !signature) {
    return std::nullopt;
  }
  return Opened{codec::to_string(*payload), codec::to_string(*signature)};
}

/// Whether the run began within the permit's life, by either clock.
bool is_within_life(const Permit& permit, const PermitUse& use) {
  const int64_t start = use.start.value_or(use.received_at);
  const int64_t took = std::max<int64_t>(use.end.value_or(start) - start, 0);
  const int64_t latest_start = use.received_at - took;
  const int64_t earliest = permit.issued_at - kPermitSkewNs;
  return (latest_start >= earliest && latest_start < permit.expires_at) ||
         (start >= earliest && start < permit.expires_at + kPermitSkewNs);
}

}  // namespace

Result<std::optional<PermitKey>> find_permit_key(Session& session) {
  const std::optional<Row> row =
      TRY(session.find_row("SELECT id, seed FROM permit_keys ORDER BY id DESC LIMIT 1"));
  if (!row) {
    return std::optional<PermitKey>();
  }
  PermitKey key{.id = (*row)[0].number()};
  const auto seed = codec::as_bytes((*row)[1].text());
  if (seed.size() != key.seed.size()) {
    return Error(ErrorCode::kInternal, "the key of permits is damaged");
  }
  std::ranges::copy(seed, key.seed.begin());
  return std::optional(key);
}

Result<PermitKey> ensure_permit_key(Session& session, int64_t now) {
  const std::optional<PermitKey> known = TRY(find_permit_key(session));
  if (known) {
    return *known;
  }
  PermitKey key{.seed = sys::random_bytes<32>()};
  const codec::Ed25519PublicKey public_key = TRY(codec::ed25519_public_key(key.seed));
  const Value id = TRY(session.scalar(
      "INSERT INTO permit_keys (seed, public_key, created_at) VALUES (?, ?, ?) RETURNING id",
      {Blob{codec::to_string(key.seed)}, Blob{codec::to_string(public_key)}, now}));
  key.id = id.number();
  return key;
}

Result<std::string> sign_permit(const PermitKey& key, const Permit& permit) {
  const std::string payload = payload_of(permit, key.id);
  const codec::Ed25519Signature signature = TRY(codec::sign_ed25519(key.seed, payload));
  return encode(payload) + "." + encode(codec::to_string(signature));
}

Result<Permit> open_permit(Session& session, std::string_view text) {
  const Opened opened = take_apart(text).value_or(Opened{});
  const Result<Json> payload = codec::parse_json(opened.payload);
  if (!payload || payload->find_int("v") != kFormat) {
    return forged();
  }
  const Value key = TRY(session.scalar("SELECT public_key FROM permit_keys WHERE id = ?",
                                       {payload->find_int("key").value_or(0)}));
  if (!codec::verify_ed25519(codec::as_bytes(key.text()), opened.payload,
                             codec::as_bytes(opened.signature))) {
    return forged();
  }
  return read_payload(*payload);
}

std::optional<std::string> refuse_permit(const Permit& permit, const PermitUse& use) {
  const PermitBond& bond = permit.bond;
  const PermitBond& run = use.bond;
  if (bond.org_id != run.org_id || bond.repo != run.repo) {
    return "its permit is for another repository";
  }
  if (bond.env != run.env) {
    return fmt::format("its permit is for the environment \"{}\"", bond.env);
  }
  if (bond.target_id != run.target_id || bond.target_schema != run.target_schema) {
    return "its permit is for another database";
  }
  if (bond.version != run.version) {
    return fmt::format("its permit is for version {}", bond.version);
  }
  if (bond.dir_hash != run.dir_hash) {
    return "its permit is for another content of the directory";
  }
  if (!is_within_life(permit, use)) {
    return fmt::format("its permit was valid from {} to {}", format_instant(permit.issued_at),
                       format_instant(permit.expires_at));
  }
  return std::nullopt;
}

}  // namespace rhumb::registry
