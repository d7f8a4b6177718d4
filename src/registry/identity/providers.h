#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "http/client.h"
#include "registry/identity/jwt.h"

namespace rhumb::registry {

/// Where an identity provider has what.
struct ProviderFacts {
  std::string issuer;
  std::string authorization_endpoint;
  std::string token_endpoint;
  std::string jwks_uri;
  std::string userinfo_endpoint;  ///< empty: none
  bool takes_basic = true;        ///< the client's secret in a header, not in the form
};

/// Identity providers, by their issuers: where they are and what keys they have, asked for when
/// that is needed and kept for an hour; keys also when a token names one that is not known yet, but
/// not more often than every ten seconds.
///
/// A provider that did not answer is not asked again for ten seconds: whoever sends us tokens must
/// not keep us waiting.
///
/// Threads: any. Requests to providers are made one at a time, and few wait for their turn.
/// Source: OpenID Connect Discovery 1.0.
class Providers {
 public:
  using Send = std::function<Result<http::ClientResponse>(const http::ClientRequest&)>;

  /// Over HTTP, with at most ten seconds and a megabyte for each answer; through `proxy`, or that
  /// of the environment when it is empty.
  explicit Providers(const std::string& proxy);
  /// For tests.
  explicit Providers(Send send) : send_(std::move(send)) {}

  /// Errors: kUnavailable without a usable answer; kInvalid for an answer about another issuer.
  Result<ProviderFacts> facts(const std::string& issuer, int64_t now);
  /// The claims of a token that `issuer` has signed for `audience` and that is valid at `now`.
  /// Errors: kDenied for any other token; as facts().
  Result<codec::Json> verify(const Jwt& token,
                             const std::string& issuer,
                             const std::string& audience,
                             int64_t now);
  Result<http::ClientResponse> send(http::ClientRequest request);

 private:
  struct Known {
    ProviderFacts facts;
    int64_t facts_at = 0;
    std::vector<Jwk> keys;
    int64_t keys_at = 0;
    int64_t failed_at = 0;
  };

  Result<std::vector<Jwk>> keys(const std::string& issuer, const Jwt& token, int64_t now);
  Result<ProviderFacts> ask_facts(const std::string& issuer, int64_t now);
  Result<std::vector<Jwk>> ask_keys(const std::string& issuer, int64_t now);
  /// Errors: kUnavailable while it is not asked again.
  Result<void> check_rest(const std::string& issuer, int64_t now);
  void note_failure(const std::string& issuer, int64_t now);
  Result<codec::Json> fetch_json(const std::string& url);
  Result<std::string> fetch(const std::string& url);

  std::atomic<int> waiting_ = 0;
  std::mutex sending_;  // guards send_
  Send send_;
  std::mutex mutex_;  // guards known_
  std::map<std::string, Known> known_;
};

}  // namespace rhumb::registry
