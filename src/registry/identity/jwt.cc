#include "registry/identity/jwt.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "codec/base64.h"
#include "codec/ed25519.h"
#include "codec/hex.h"
#include "codec/jws_signature.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr int64_t kSkewSeconds = 60;
constexpr int64_t kSecondNs = 1'000'000'000;
constexpr size_t kKeysMax = 100;
constexpr size_t kSubjectMax = 255;
constexpr std::array<std::string_view, 3> kAlgorithms = {"RS256", "ES256", "EdDSA"};

bool is_base64url(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

/// Strict: a text that decodes in two ways could be signed in one and read in the other.
Result<std::vector<std::byte>> decode_part(std::string_view text) {
  if (!is_base64url(text)) {
    return invalid("a part of the token is not base64url");
  }
  std::vector<std::byte> bytes = TRY(codec::base64_decode(text, codec::Base64::kRawUrl));
  if (codec::base64_encode(bytes, codec::Base64::kRawUrl) != text) {
    return invalid("a part of the token is not base64url");
  }
  return bytes;
}

Result<Json> decode_object(std::string_view text) {
  const std::vector<std::byte> bytes = TRY(decode_part(text));
  Json json = TRY(codec::parse_json(codec::to_string(bytes)));
  if (!json.is_object()) {
    return invalid("a part of the token is no JSON object");
  }
  return json;
}

std::vector<std::byte> key_part(const Json& key, std::string_view name) {
  Result<std::vector<std::byte>> bytes = decode_part(key.string_or_empty(name));
  return bytes ? std::move(*bytes) : std::vector<std::byte>();
}

/// The algorithm that a key is for, by its kind alone: what a token says never chooses it.
std::string algorithm_of(const Json& key) {
  const std::string kind = key.string_or_empty("kty");
  const std::string curve = key.string_or_empty("crv");
  if (kind == "RSA") {
    return "RS256";
  }
  if (kind == "EC" && curve == "P-256") {
    return "ES256";
  }
  return kind == "OKP" && curve == "Ed25519" ? "EdDSA" : "";
}

bool verifies(const Jwt& token, const Jwk& key) {
  if (token.alg != key.alg) {
    return false;
  }
  if (key.alg == "RS256") {
    return codec::verify_rs256(key.first, key.second, token.signed_text, token.signature);
  }
  if (key.alg == "ES256") {
    return codec::verify_es256(key.first, key.second, token.signed_text, token.signature);
  }
  return codec::verify_ed25519(key.first, token.signed_text, token.signature);
}

bool is_for(const Json* audience, std::string_view wanted) {
  if (audience == nullptr) {
    return false;
  }
  if (audience->is_string()) {
    return audience->as_string() == wanted;
  }
  return audience->is_array() && std::ranges::any_of(audience->as_array(), [&](const Json& entry) {
           return entry.is_string() && entry.as_string() == wanted;
         });
}

Error refused(std::string_view claim, std::string_view why) {
  return Error(ErrorCode::kDenied, fmt::format("the token's claim {} {}", claim, why));
}

/// Seconds since 1970; nothing for what is none. Fractions are cut off.
std::optional<int64_t> read_time(const Json& claims, std::string_view name) {
  const Json* value = claims.find(name);
  if (value == nullptr || !value->is_number()) {
    return std::nullopt;
  }
  const std::optional<int64_t> whole = value->to_int();
  constexpr int64_t kMax = int64_t{1} << 40;
  return whole.has_value() && *whole >= 0 && *whole < kMax ? whole : std::nullopt;
}

Result<void> check_times(const Json& claims, int64_t now) {
  const std::optional<int64_t> expires = read_time(claims, "exp");
  if (!expires.has_value() || *expires + kSkewSeconds <= now) {
    return refused("exp", "is missing or has passed");
  }
  for (const char* name : {"nbf", "iat"}) {
    if (claims.find(name) == nullptr) {
      continue;
    }
    const std::optional<int64_t> begins = read_time(claims, name);
    if (!begins.has_value() || *begins - kSkewSeconds > now) {
      return refused(name, "lies in the future");
    }
  }
  return {};
}

}  // namespace

Result<Jwt> parse_jwt(std::string_view text) {
  if (text.size() > kJwtMax) {
    return invalid("the token is too long");
  }
  const std::vector<std::string_view> parts = split(text, '.');
  if (parts.size() != 3) {
    return invalid("the token has not three parts");
  }
  const Json header = TRY(decode_object(parts[0]));
  Jwt token;
  token.alg = header.string_or_empty("alg");
  if (std::ranges::find(kAlgorithms, token.alg) == kAlgorithms.end()) {
    return invalid("the token is signed by none of RS256, ES256, EdDSA");
  }
  if (header.find("crit") != nullptr) {
    return invalid("the token asks for extensions");
  }
  token.kid = header.string_or_empty("kid");
  token.claims = TRY(decode_object(parts[1]));
  token.signature = TRY(decode_part(parts[2]));
  token.signed_text = std::string(text.substr(0, parts[0].size() + 1 + parts[1].size()));
  return token;
}

Result<std::vector<Jwk>> parse_jwks(std::string_view text) {
  const Json set = TRY(codec::parse_json(text));
  const Json::Array* entries = set.is_object() ? set.find_array("keys") : nullptr;
  if (entries == nullptr) {
    return invalid("the provider's answer is no key set");
  }
  std::vector<Jwk> keys;
  for (const Json& entry : *entries) {
    if (!entry.is_object() || keys.size() >= kKeysMax) {
      continue;
    }
    Jwk key;
    key.kid = entry.string_or_empty("kid");
    key.alg = algorithm_of(entry);
    const std::string said = entry.string_or_empty("alg");
    const std::string use = entry.string_or_empty("use");
    if (key.alg.empty() || (!said.empty() && said != key.alg && said != "Ed25519") ||
        (!use.empty() && use != "sig")) {
      continue;
    }
    const bool is_rsa = key.alg == "RS256";
    key.first = key_part(entry, is_rsa ? "n" : "x");
    key.second =
        key.alg == "EdDSA" ? std::vector<std::byte>() : key_part(entry, is_rsa ? "e" : "y");
    keys.push_back(std::move(key));
  }
  return keys;
}

bool has_key(const std::vector<Jwk>& keys, std::string_view kid) {
  return std::ranges::any_of(keys, [&](const Jwk& key) { return key.kid == kid; });
}

bool is_signed(const Jwt& token, const std::vector<Jwk>& keys) {
  return std::ranges::any_of(keys, [&](const Jwk& key) {
    return (token.kid.empty() || key.kid == token.kid) && verifies(token, key);
  });
}

Result<void> check_claims(const Json& claims, const ClaimRules& rules) {
  if (claims.string_or_empty("iss") != rules.issuer) {
    return refused("iss", "names another issuer");
  }
  if (rules.audience.empty() || !is_for(claims.find("aud"), rules.audience)) {
    return refused("aud", "does not name this registry");
  }
  const std::string subject = claims.string_or_empty("sub");
  if (subject.empty() || subject.size() > kSubjectMax) {
    return refused("sub", "is missing or too long");
  }
  return check_times(claims, rules.now / kSecondNs);
}

}  // namespace rhumb::registry
