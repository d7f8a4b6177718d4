#include "registry/identity/oidc.h"

#include <fmt/format.h>

#include <algorithm>

#include "codec/base64.h"
#include "codec/hex.h"
#include "codec/sha256.h"
#include "codec/url.h"
#include "registry/identity/login.h"
#include "registry/identity/members.h"
#include "registry/names.h"

namespace rhumb::registry {
namespace {

using codec::Json;

std::string digest_of(std::string_view text) {
  return codec::base64_encode(codec::sha256(text), codec::Base64::kRawUrl);
}

struct Field {
  std::string_view name;
  std::string_view value;
};

std::string to_form(std::initializer_list<Field> fields) {
  std::string out;
  for (const Field& field : fields) {
    if (!field.value.empty()) {
      out += fmt::format("{}{}={}", out.empty() ? "" : "&", field.name,
                         codec::query_escape(field.value));
    }
  }
  return out;
}

/// The person that a provider means, as far as it is to be believed.
struct Subject {
  std::string issuer;
  std::string subject;
  std::string email;  ///< empty: none that was verified
  std::string name;
};

Subject read_subject(const Json& claims, const std::string& issuer) {
  Subject out;
  out.issuer = issuer;
  out.subject = claims.string_or_empty("sub");
  const Result<std::string> email = read_email(claims.string_or_empty("email"));
  if (email && claims.find_bool("email_verified").value_or(false)) {
    out.email = *email;
  }
  out.name = claims.string_or_empty("name");
  if (!check_name("name", out.name)) {
    out.name = out.email;
  }
  return out;
}

Error not_let_in() {
  return Error(ErrorCode::kDenied, "nobody here is known by this login; ask to be invited");
}

Result<void> link(Session& session, const Subject& subject, int64_t user_id, int64_t now) {
  return session.run(
      "INSERT INTO user_identities (issuer, subject, user_id, created_at) VALUES (?, ?, ?, ?)",
      {subject.issuer, subject.subject, user_id, now});
}

/// By the provider's name of the person, which stays; at the first time by the e-mail address, of
/// somebody whom the provider does not know by another name.
Result<std::optional<int64_t>> find_person(Session& session, const Subject& subject, int64_t now) {
  const Value known =
      TRY(session.scalar("SELECT user_id FROM user_identities WHERE issuer = ? AND subject = ?",
                         {subject.issuer, subject.subject}));
  if (!known.is_null()) {
    return std::optional<int64_t>(known.number());
  }
  if (subject.email.empty()) {
    return std::optional<int64_t>();
  }
  const std::optional<int64_t> user = TRY(find_user(session, subject.email));
  if (!user.has_value()) {
    return std::optional<int64_t>();
  }
  const Value other =
      TRY(session.scalar("SELECT subject FROM user_identities WHERE issuer = ? AND user_id = ?",
                         {subject.issuer, *user}));
  if (!other.is_null()) {
    return not_let_in();
  }
  TRY(link(session, subject, *user, now));
  return user;
}

Result<int64_t> create_person(Session& session,
                              const Subject& subject,
                              const std::string& role,
                              int64_t now) {
  if (role.empty() || subject.email.empty()) {
    return not_let_in();
  }
  const Value org = TRY(session.scalar("SELECT id FROM organizations ORDER BY id LIMIT 1"));
  NewMembership membership;
  membership.org_id = org.number();
  membership.user_id = TRY(create_user(session, {subject.name, subject.email, now}));
  membership.grants = {Grant{role, {}, {}, {}}};
  membership.created_by = subject.issuer;
  membership.now = now;
  TRY(create_membership(session, membership));
  TRY(link(session, subject, membership.user_id, now));
  return membership.user_id;
}

/// Whoever was invited has joined by this. The organization that is entered.
Result<int64_t> join(Session& session, int64_t user_id, const Subject& subject, int64_t now) {
  const Value org = TRY(session.scalar(
      "SELECT org_id FROM memberships WHERE user_id = ? ORDER BY org_id LIMIT 1", {user_id}));
  if (org.is_null()) {
    return not_let_in();
  }
  TRY(session.run(
      "UPDATE memberships SET joined_at = ? WHERE user_id = ? AND org_id = ? AND joined_at IS NULL",
      {now, user_id, org}));
  // An address that was sent must not set a password for whoever finds it later.
  TRY(session.run("DELETE FROM invitations WHERE user_id = ?", {user_id}));
  if (!subject.name.empty()) {
    TRY(session.run("UPDATE users SET name = ? WHERE id = ? AND name = email",
                    {subject.name, user_id}));
  }
  return org.number();
}

}  // namespace

Result<void> check_settings(const OidcSettings& settings) {
  if (!settings.is_on()) {
    return settings.client_id.empty()
               ? Result<void>()
               : Result<void>(invalid("--oidc-client-id needs --oidc-issuer"));
  }
  if (!settings.issuer.starts_with("https://") && !settings.issuer.starts_with("http://")) {
    return invalid("--oidc-issuer must be an address such as https://login.example.com");
  }
  if (settings.client_id.empty()) {
    return invalid("--oidc-issuer needs --oidc-client-id");
  }
  const std::string& role = settings.default_role;
  const bool is_role = role == "VIEWER" || role == "DEVELOPER" || role == "DEPLOYER" ||
                       role == "APPROVER" || role.empty();
  return is_role ? Result<void>()
                 : Result<void>(invalid(
                       "--oidc-default-role must be VIEWER, DEVELOPER, DEPLOYER or APPROVER"));
}

std::string OidcAttempt::state() const {
  return digest_of("state " + secret);
}
std::string OidcAttempt::nonce() const {
  return digest_of("nonce " + secret);
}
std::string OidcAttempt::verifier() const {
  return digest_of("verifier " + secret);
}
std::string OidcAttempt::challenge() const {
  return digest_of(verifier());
}

std::string OidcLogin::callback() const {
  return registry_.public_url + "/auth/oidc/callback";
}

Result<std::string> OidcLogin::begin(const OidcAttempt& attempt) {
  const ProviderFacts facts = TRY(providers_.facts(settings_.issuer, registry_.now()));
  if (facts.authorization_endpoint.empty()) {
    return Error(ErrorCode::kUnavailable, "the identity provider names no page to log in at");
  }
  const bool has_query = facts.authorization_endpoint.find('?') != std::string::npos;
  return fmt::format("{}{}{}", facts.authorization_endpoint, has_query ? "&" : "?",
                     to_form({{"response_type", "code"},
                              {"client_id", settings_.client_id},
                              {"redirect_uri", callback()},
                              {"scope", "openid email profile"},
                              {"state", attempt.state()},
                              {"nonce", attempt.nonce()},
                              {"code_challenge", attempt.challenge()},
                              {"code_challenge_method", "S256"}}));
}

Result<Json> OidcLogin::exchange_code(const OidcAttempt& attempt,
                                      const std::string& code,
                                      const ProviderFacts& facts) {
  const bool by_header = facts.takes_basic && !settings_.client_secret.empty();
  http::ClientRequest request;
  request.method = "POST";
  request.url = facts.token_endpoint;
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  if (by_header) {
    const std::string both = codec::query_escape(settings_.client_id) + ":" +
                             codec::query_escape(settings_.client_secret);
    request.headers.emplace_back("Authorization",
                                 "Basic " + codec::base64_encode(codec::as_bytes(both)));
  }
  const std::string verifier = attempt.verifier();
  const std::string redirect = callback();
  const std::string secret = by_header ? "" : settings_.client_secret;
  request.body = to_form({{"grant_type", "authorization_code"},
                          {"code", code},
                          {"redirect_uri", redirect},
                          {"client_id", settings_.client_id},
                          {"client_secret", secret},
                          {"code_verifier", verifier}});
  const http::ClientResponse response = TRY(providers_.send(std::move(request)));
  Result<Json> body = codec::parse_json(response.body);
  if (response.status != 200 || !body || !body->is_object()) {
    return Error(
        response.status >= 500 ? ErrorCode::kUnavailable : ErrorCode::kDenied,
        fmt::format("the identity provider refused the code, with status {}", response.status));
  }
  return body;
}

/// Some providers tell of a person only when they are asked with the access token.
Result<Json> OidcLogin::complete(Json claims,
                                 const std::string& access_token,
                                 const ProviderFacts& facts) {
  const bool is_whole =
      claims.find("email") != nullptr || access_token.empty() || facts.userinfo_endpoint.empty();
  if (is_whole) {
    return claims;
  }
  http::ClientRequest request;
  request.url = facts.userinfo_endpoint;
  request.headers = {{"Authorization", "Bearer " + access_token}};
  const http::ClientResponse response = TRY(providers_.send(std::move(request)));
  const Result<Json> told = codec::parse_json(response.body);
  // Source: OpenID Connect Core 1.0, 5.3.2: of another subject it must not be used.
  const bool is_usable = response.status == 200 && told && told->is_object() &&
                         told->string_or_empty("sub") == claims.string_or_empty("sub");
  if (is_usable) {
    for (const char* name : {"email", "email_verified", "name"}) {
      if (const Json* value = told->find(name)) {
        claims.set(name, *value);
      }
    }
  }
  return claims;
}

Result<Json> OidcLogin::claims_of(const OidcAttempt& attempt, const std::string& code) {
  const int64_t now = registry_.now();
  const ProviderFacts facts = TRY(providers_.facts(settings_.issuer, now));
  const Json body = TRY(exchange_code(attempt, code, facts));
  const Jwt token = TRY(parse_jwt(body.string_or_empty("id_token")));
  Json claims = TRY(providers_.verify(token, settings_.issuer, settings_.client_id, now));
  const std::string party = claims.string_or_empty("azp");
  if (claims.string_or_empty("nonce") != attempt.nonce() ||
      (!party.empty() && party != settings_.client_id)) {
    return Error(ErrorCode::kDenied, "the identity provider's token is for another login");
  }
  return complete(std::move(claims), body.string_or_empty("access_token"), facts);
}

Result<std::string> OidcLogin::finish(const OidcAttempt& attempt,
                                      const std::string& code,
                                      const Origin& origin) {
  const Json claims = TRY(claims_of(attempt, code));
  return enter_person(claims, origin);
}

Result<std::string> OidcLogin::enter_person(const Json& claims, const Origin& origin) {
  const Subject subject = read_subject(claims, settings_.issuer);
  const std::string secret = make_secret();
  TRY(registry_.store.write([&](Session& session) -> Result<void> {
    const int64_t now = registry_.now();
    std::optional<int64_t> user = TRY(find_person(session, subject, now));
    if (!user.has_value()) {
      user = TRY(create_person(session, subject, settings_.default_role, now));
    }
    const int64_t org = TRY(join(session, *user, subject, now));
    return enter(session, registry_, *user, org, secret, origin, settings_.issuer);
  }));
  return secret;
}

}  // namespace rhumb::registry
