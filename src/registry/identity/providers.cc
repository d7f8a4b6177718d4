#include "registry/identity/providers.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr int64_t kSecondNs = 1'000'000'000;
constexpr int64_t kKeptNs = 3600 * kSecondNs;
constexpr int64_t kAgainNs = 10 * kSecondNs;
constexpr int kWaitingMax = 8;
constexpr size_t kAnswerMax = size_t{1} << 20;

Error unusable(std::string_view issuer, std::string_view why) {
  return Error(ErrorCode::kUnavailable, fmt::format("identity provider {}: {}", issuer, why));
}

/// Whoever is asked over https must not send us where nothing is protected.
bool is_as_safe(std::string_view url, std::string_view issuer) {
  return url.starts_with("https://") ||
         (url.starts_with("http://") && issuer.starts_with("http://"));
}

bool is_fresh(int64_t read_at, int64_t now) {
  return read_at != 0 && now >= read_at && now - read_at < kKeptNs;
}

bool takes_basic(const Json& document) {
  const Json::Array* ways = document.find_array("token_endpoint_auth_methods_supported");
  return ways == nullptr || std::ranges::any_of(*ways, [](const Json& way) {
           return way.is_string() && way.as_string() == "client_secret_basic";
         });
}

Result<ProviderFacts> read_facts(const Json& document, const std::string& issuer) {
  ProviderFacts facts;
  facts.issuer = document.string_or_empty("issuer");
  if (facts.issuer != issuer) {
    return invalid(fmt::format("identity provider {} calls itself another name", issuer));
  }
  facts.authorization_endpoint = document.string_or_empty("authorization_endpoint");
  facts.token_endpoint = document.string_or_empty("token_endpoint");
  facts.jwks_uri = document.string_or_empty("jwks_uri");
  facts.userinfo_endpoint = document.string_or_empty("userinfo_endpoint");
  facts.takes_basic = takes_basic(document);
  // Providers of CI have no other endpoint.
  if (!is_as_safe(facts.jwks_uri, issuer)) {
    return unusable(issuer, "it names no address of its keys");
  }
  for (std::string* endpoint :
       {&facts.authorization_endpoint, &facts.token_endpoint, &facts.userinfo_endpoint}) {
    if (!is_as_safe(*endpoint, issuer)) {
      endpoint->clear();
    }
  }
  return facts;
}

}  // namespace

Providers::Providers(const std::string& proxy)
    : send_([proxy, client = std::shared_ptr<http::Client>()](
                const http::ClientRequest& request) mutable -> Result<http::ClientResponse> {
        if (client == nullptr) {
          http::Client::Options options;
          options.proxy = proxy;
          client = std::make_shared<http::Client>(TRY(http::Client::create(std::move(options))));
        }
        return client->send(request);
      }) {}

Result<http::ClientResponse> Providers::send(http::ClientRequest request) {
  request.timeout = std::chrono::seconds(10);
  request.connect_timeout = std::chrono::seconds(5);
  request.response_bytes_max = kAnswerMax;
  request.headers.emplace_back("Accept", "application/json");
  if (++waiting_ > kWaitingMax) {
    --waiting_;
    return Error(ErrorCode::kUnavailable, "too many wait for an identity provider");
  }
  const std::lock_guard lock(sending_);
  --waiting_;
  return send_(request);
}

Result<void> Providers::check_rest(const std::string& issuer, int64_t now) {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(issuer);
  const int64_t failed_at = found == known_.end() ? 0 : found->second.failed_at;
  const bool rests = failed_at != 0 && now >= failed_at && now - failed_at < kAgainNs;
  return rests ? Result<void>(unusable(issuer, "it did not answer a moment ago")) : Result<void>();
}

void Providers::note_failure(const std::string& issuer, int64_t now) {
  const std::lock_guard lock(mutex_);
  known_[issuer].failed_at = now;
}

Result<std::string> Providers::fetch(const std::string& url) {
  http::ClientRequest request;
  request.url = url;
  const http::ClientResponse response = TRY(send(std::move(request)));
  if (response.status != 200) {
    return Error(ErrorCode::kUnavailable, fmt::format("{} answers {}", url, response.status));
  }
  return response.body;
}

Result<Json> Providers::fetch_json(const std::string& url) {
  const std::string text = TRY(fetch(url));
  Json json = TRY(codec::parse_json(text));
  return json.is_object() ? Result<Json>(std::move(json))
                          : Result<Json>(invalid(fmt::format("{} is no JSON object", url)));
}

Result<ProviderFacts> Providers::facts(const std::string& issuer, int64_t now) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(issuer);
    if (found != known_.end() && is_fresh(found->second.facts_at, now)) {
      return found->second.facts;
    }
  }
  TRY(check_rest(issuer, now));
  Result<ProviderFacts> asked = ask_facts(issuer, now);
  if (!asked) {
    note_failure(issuer, now);
  }
  return asked;
}

Result<ProviderFacts> Providers::ask_facts(const std::string& issuer, int64_t now) {
  std::string base = issuer;
  while (base.ends_with('/')) {
    base.pop_back();
  }
  const Json document = TRY(fetch_json(base + "/.well-known/openid-configuration"));
  ProviderFacts facts = TRY(read_facts(document, issuer));
  const std::lock_guard lock(mutex_);
  Known& known = known_[issuer];
  known.facts = facts;
  known.facts_at = now;
  return facts;
}

Result<std::vector<Jwk>> Providers::keys(const std::string& issuer, const Jwt& token, int64_t now) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(issuer);
    if (found != known_.end()) {
      const Known& known = found->second;
      const bool may_ask = now < known.keys_at || now - known.keys_at >= kAgainNs;
      // A key that is not known may have come since: but not everybody may make us ask.
      const bool is_enough = token.kid.empty() || has_key(known.keys, token.kid) || !may_ask;
      if (is_fresh(known.keys_at, now) && is_enough) {
        return known.keys;
      }
    }
  }
  TRY(check_rest(issuer, now));
  Result<std::vector<Jwk>> asked = ask_keys(issuer, now);
  if (!asked) {
    note_failure(issuer, now);
  }
  return asked;
}

Result<std::vector<Jwk>> Providers::ask_keys(const std::string& issuer, int64_t now) {
  const ProviderFacts known_facts = TRY(facts(issuer, now));
  const std::string text = TRY(fetch(known_facts.jwks_uri));
  std::vector<Jwk> fresh = TRY(parse_jwks(text));
  const std::lock_guard lock(mutex_);
  Known& known = known_[issuer];
  known.keys = fresh;
  known.keys_at = now;
  return fresh;
}

Result<Json> Providers::verify(const Jwt& token,
                               const std::string& issuer,
                               const std::string& audience,
                               int64_t now) {
  const std::vector<Jwk> known = TRY(keys(issuer, token, now));
  if (!is_signed(token, known)) {
    return Error(ErrorCode::kDenied, "the token is not signed by its issuer");
  }
  TRY(check_claims(token.claims, {issuer, audience, now}));
  return token.claims;
}

}  // namespace rhumb::registry
