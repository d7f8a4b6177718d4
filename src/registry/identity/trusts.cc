#include "registry/identity/trusts.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "registry/identity/tokens.h"
#include "registry/names.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr int64_t kSecondNs = 1'000'000'000;
constexpr int64_t kMinuteNs = 60 * kSecondNs;
constexpr int64_t kForgottenNs = int64_t{30} * 24 * 60 * kMinuteNs;

/// A claim as globs see it; nothing for lists and objects.
std::optional<std::string> claim_text(const Json* claim) {
  if (claim == nullptr || claim->is_null() || claim->is_array() || claim->is_object()) {
    return std::nullopt;
  }
  return claim->is_string() ? claim->as_string() : codec::format_json(*claim);
}

/// `kubernetes.io/serviceaccount/name` is looked for as it is, then part by part.
const Json* find_claim(const Json& claims, std::string_view name) {
  if (const Json* found = claims.find(name)) {
    return found;
  }
  for (size_t at = name.find('/'); at != std::string_view::npos; at = name.find('/', at + 1)) {
    const Json* inner = claims.find(name.substr(0, at));
    if (inner != nullptr && inner->is_object()) {
      return find_claim(*inner, name.substr(at + 1));
    }
  }
  return nullptr;
}

Result<Trust> read_trust(const Row& r) {
  Trust trust;
  trust.id = r[0].number();
  trust.org_id = r[1].number();
  trust.bot_id = r[2].number();
  trust.name = r[3].text();
  trust.issuer = r[4].text();
  trust.audience = r[5].text();
  const Json claims = TRY(codec::parse_json(r[6].text()));
  trust.claims = TRY(parse_trust_claims(claims));
  const Json scopes = TRY(codec::parse_json(r[7].text()));
  const Json grants = TRY(codec::parse_json(r[8].text()));
  trust.rights.scopes = TRY(parse_scopes(scopes));
  trust.rights.grants = TRY(parse_grants(grants));
  trust.minutes = r[9].number();
  return trust;
}

Result<std::vector<Trust>> trusts_of(Session& session, const std::string& issuer) {
  std::vector<Trust> out;
  const Rows rows = TRY(session.query(
      "SELECT t.id, t.org_id, t.bot_id, t.name, t.issuer, t.audience, t.claims, t.scopes, "
      "t.grants, t.minutes FROM trusts t JOIN bots b ON b.id = t.bot_id "
      "WHERE t.issuer = ? AND b.removed_at IS NULL ORDER BY t.id",
      {issuer}));
  for (const Row& row : rows) {
    Trust trust = TRY(read_trust(row));
    out.push_back(std::move(trust));
  }
  return out;
}

Error not_trusted() {
  return Error(ErrorCode::kDenied, "no trust of this registry takes such a token");
}

/// What of a token shows in the audit log whose it was.
Json shown_claims(const Trust& trust, const Json& claims) {
  Json out = Json::object({{"trust", trust.name}, {"sub", claims.string_or_empty("sub")}});
  for (const auto& [name, glob] : trust.claims) {
    out.set(name, claim_text(find_claim(claims, name)).value_or(""));
  }
  return out;
}

Result<void> store_given(Session& session,
                         const Trust& trust,
                         const Json& claims,
                         const std::string& secret,
                         int64_t now,
                         const Origin& origin) {
  const Value bot = TRY(session.scalar(
      "SELECT b.name FROM bots b JOIN trusts t ON t.bot_id = b.id WHERE t.id = ? AND b.removed_at "
      "IS NULL",
      {trust.id}));
  if (bot.is_null()) {
    return not_trusted();
  }
  // Of tokens that ended long ago nothing is left but the log.
  TRY(session.run("DELETE FROM tokens WHERE prefix = 'rga_' AND expires_at < ?",
                  {now - kForgottenNs}));
  NewToken token;
  token.org_id = trust.org_id;
  token.bot_id = trust.bot_id;
  token.rights = trust.rights;
  token.expires_at = now + trust.minutes * kMinuteNs;
  token.created_by = "trust " + trust.name;
  token.now = now;
  const int64_t id = TRY(store_token(session, secret, token));
  TRY(session.run("UPDATE trusts SET last_used_at = ? WHERE id = ?", {now, trust.id}));
  AuditEntry entry;
  entry.org_id = trust.org_id;
  entry.time = now;
  entry.origin = origin;
  entry.origin.actor = Actor{"BOT", trust.bot_id, bot.text()};
  entry.action = "token.exchange";
  entry.object = fmt::format("token/{}", id);
  entry.after = codec::format_json(shown_claims(trust, claims));
  return append_audit(session, std::move(entry));
}

/// Only what its issuer has signed is worth an entry: anybody could write the rest.
Result<void> note_refusal(Registry& registry,
                          const Trust& nearest,
                          const Json& claims,
                          const Origin& origin) {
  AuditEntry entry;
  entry.org_id = nearest.org_id;
  entry.time = registry.now();
  entry.origin = origin;
  entry.action = "login.fail";
  entry.object = "trust/" + nearest.name;
  entry.after = codec::format_json(shown_claims(nearest, claims));
  return registry.store.write(
      [&entry](Session& session) -> Result<void> { return append_audit(session, entry); });
}

}  // namespace

bool matches_claims(const Trust& trust, const Json& claims) {
  return !trust.claims.empty() && std::ranges::all_of(trust.claims, [&](const auto& rule) {
    const std::optional<std::string> text = claim_text(find_claim(claims, rule.first));
    return text.has_value() && matches_glob(rule.second, *text);
  });
}

Json claims_json(const Trust& trust) {
  Json out = Json::object();
  for (const auto& [name, glob] : trust.claims) {
    out.set(name, glob);
  }
  return out;
}

Result<std::vector<std::pair<std::string, std::string>>> parse_trust_claims(const Json& claims) {
  std::vector<std::pair<std::string, std::string>> out;
  const bool is_usable = claims.is_object() && !claims.as_object().empty() &&
                         claims.as_object().size() <= kTrustClaimsMax;
  if (!is_usable) {
    return invalid(fmt::format("claims must be an object of 1 to {} texts", kTrustClaimsMax));
  }
  for (const Json::Member& member : claims.as_object()) {
    if (!member.value.is_string()) {
      return invalid("claims must be an object of texts");
    }
    TRY(check_name("claim", member.key));
    TRY(check_name(member.key, member.value.as_string()));
    out.emplace_back(member.key, member.value.as_string());
  }
  return out;
}

Result<GivenToken> exchange_token(Registry& registry,
                                  Providers& providers,
                                  std::string_view subject_token,
                                  const Origin& origin) {
  const Jwt token = TRY(parse_jwt(subject_token));
  const std::string issuer = token.claims.string_or_empty("iss");
  const std::vector<Trust> trusts = TRY(read_value<std::vector<Trust>>(
      registry.store, [&](Session& session) { return trusts_of(session, issuer); }));
  if (trusts.empty()) {
    return not_trusted();  // and nobody is asked for keys
  }
  const int64_t now = registry.now();
  Result<Json> claims = not_trusted();
  for (const Trust& trust : trusts) {
    claims = providers.verify(token, trust.issuer, trust.audience, now);
    if (!claims) {
      continue;
    }
    if (!matches_claims(trust, *claims)) {
      TRY(note_refusal(registry, trust, *claims, origin));
      claims = not_trusted();
      continue;
    }
    const std::string secret = "rga_" + make_secret();
    TRY(registry.store.write([&](Session& session) {
      return store_given(session, trust, *claims, secret, now, origin);
    }));
    return GivenToken{secret, trust.minutes * 60};
  }
  return claims.error();
}

}  // namespace rhumb::registry
