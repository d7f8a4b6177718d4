#include "registry/identity/jwt.h"

#include <gtest/gtest.h>

#include "registry/identity/test_provider.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kNow = 1'700'000'000;

Json claims_of(const Json& changes = Json::object()) {
  Json claims = Json::object({{"iss", TestProvider::kIssuer},
                              {"aud", "registry"},
                              {"sub", "ann"},
                              {"iat", kNow - 10},
                              {"exp", kNow + 300}});
  for (const Json::Member& member : changes.as_object()) {
    claims.set(member.key, member.value);
  }
  return claims;
}

std::vector<Jwk> keys_of(TestProvider& provider) {
  return parse_jwks(codec::format_json(provider.jwks())).value();
}

TEST(Jwt, IsSignedByTheKeyOfItsKind) {
  TestProvider provider;
  TestProvider other;
  const std::vector<Jwk> keys = keys_of(provider);
  ASSERT_EQ(keys.size(), 3U);
  for (const char* alg : {"RS256", "ES256", "EdDSA"}) {
    const Result<Jwt> token = parse_jwt(provider.sign(alg, claims_of()));
    ASSERT_TRUE(token) << alg << token.error().message();
    EXPECT_TRUE(is_signed(*token, keys)) << alg;
    EXPECT_FALSE(is_signed(*token, {})) << alg;
    if (std::string_view(alg) != "EdDSA") {  // whose seed is the same
      EXPECT_FALSE(is_signed(*token, keys_of(other))) << alg;
    }
    Jwt changed = *token;
    changed.signed_text += "x";
    EXPECT_FALSE(is_signed(changed, keys)) << alg;
    for (size_t i = 0; i < token->signature.size(); i += 7) {
      changed = *token;
      changed.signature[i] ^= std::byte{1};
      EXPECT_FALSE(is_signed(changed, keys)) << alg << i;
    }
    changed = *token;
    changed.signature.pop_back();
    EXPECT_FALSE(is_signed(changed, keys)) << alg;
    changed.signature.clear();
    EXPECT_FALSE(is_signed(changed, keys)) << alg;
  }
}

TEST(Jwt, KeysAreTakenByTheirNames) {
  TestProvider provider;
  const std::vector<Jwk> keys = keys_of(provider);
  EXPECT_FALSE(is_signed(*parse_jwt(provider.sign("RS256", claims_of(), "ES256")), keys));
  EXPECT_FALSE(is_signed(*parse_jwt(provider.sign("RS256", claims_of(), "unknown")), keys));
  const std::string nameless =
      provider.sign_text("ES256", TestProvider::part(Json::object({{"alg", "ES256"}})) + "." +
                                      TestProvider::part(claims_of()));
  EXPECT_TRUE(is_signed(*parse_jwt(nameless), keys));
  // The algorithm is that of the key, never what the token says.
  const std::string confused =
      provider.sign_text("RS256", TestProvider::part(Json::object({{"alg", "ES256"}})) + "." +
                                      TestProvider::part(claims_of()));
  EXPECT_FALSE(is_signed(*parse_jwt(confused), keys));
}

TEST(Jwt, OtherFormsAreRefused) {
  TestProvider provider;
  const std::string claims = TestProvider::part(claims_of());
  auto with_header = [&](const std::string& header) {
    return TestProvider::base64url(header) + "." + claims + ".AAAA";
  };
  const std::string good = provider.sign("ES256", claims_of());
  ASSERT_TRUE(parse_jwt(good));
  const std::string cases[] = {
      "",
      ".",
      "..",
      "a.b",
      "a.b.c.d",
      good + ".x",
      good + "=",
      good + "\n",
      " " + good,
      with_header(R"({"alg":"none"})"),
      with_header(R"({"alg":"None"})"),
      with_header(R"({"alg":"HS256"})"),
      with_header(R"({"alg":"RS512"})"),
      with_header(R"({"alg":["RS256"]})"),
      with_header(R"({"typ":"JWT"})"),
      with_header(R"({"alg":"RS256","crit":["exp"]})"),
      with_header(R"({"alg":"RS256","alg":"none"})"),
      with_header(R"(["RS256"])"),
      with_header(R"("RS256")"),
      with_header(R"({"alg":"RS256")"),
      with_header(""),
      TestProvider::base64url(R"({"alg":"RS256"})") + ".e30=.AAAA",
      TestProvider::base64url(R"({"alg":"RS256"})") + "." + TestProvider::base64url("[]") + ".AAAA",
      // The last character of a signature holds bits that stand for nothing.
      with_header(R"({"alg":"RS256"})") + "B",
      std::string(kJwtMax + 1, 'a'),
  };
  for (const std::string& text : cases) {
    EXPECT_FALSE(parse_jwt(text)) << text.substr(0, 60);
  }
}

TEST(Jwt, KeySetsAreReadAsFarAsTheyAreOfUse) {
  EXPECT_FALSE(parse_jwks(""));
  EXPECT_FALSE(parse_jwks("[]"));
  EXPECT_FALSE(parse_jwks("{}"));
  EXPECT_TRUE(parse_jwks(R"({"keys":[]})")->empty());
  EXPECT_TRUE(parse_jwks(R"({"keys":[1,{},{"kty":"oct","k":"AAAA"},{"kty":"EC","crv":"P-384"},)"
                         R"({"kty":"RSA","use":"enc","n":"AQAB","e":"AQAB"},)"
                         R"({"kty":"RSA","alg":"PS256","n":"AQAB","e":"AQAB"}]})")
                  ->empty());
  // What is no number of a key has signed nothing.
  TestProvider provider;
  const Jwt token = parse_jwt(provider.sign("RS256", claims_of())).value();
  for (const char* set : {R"({"keys":[{"kty":"RSA","kid":"RS256"}]})",
                          R"({"keys":[{"kty":"RSA","kid":"RS256","n":"!","e":"AQAB"}]})",
                          R"({"keys":[{"kty":"RSA","kid":"RS256","n":"AQAB","e":"AQAB"}]})"}) {
    EXPECT_FALSE(is_signed(token, parse_jwks(set).value())) << set;
  }
}

TEST(Jwt, ClaimsAreOfThatIssuerForThisAudienceAndOfNow) {
  struct Case {
    Json changes;
    const char* want;
  };
  const Case cases[] = {
      {Json::object(), ""},
      {Json::object({{"aud", Json::array({"other", "registry"})}}), ""},
      {Json::object({{"exp", kNow - 59}}), ""},
      {Json::object({{"nbf", kNow + 60}}), ""},
      {Json::object({{"iss", "https://login.test/"}}),
       "the token's claim iss names another issuer"},
      {Json::object({{"iss", Json()}}), "the token's claim iss names another issuer"},
      {Json::object({{"aud", "other"}}), "the token's claim aud does not name this registry"},
      {Json::object({{"aud", Json::array()}}), "the token's claim aud does not name this registry"},
      {Json::object({{"aud", Json()}}), "the token's claim aud does not name this registry"},
      {Json::object({{"sub", ""}}), "the token's claim sub is missing or too long"},
      {Json::object({{"sub", std::string(256, 's')}}),
       "the token's claim sub is missing or too long"},
      {Json::object({{"exp", kNow - 60}}), "the token's claim exp is missing or has passed"},
      {Json::object({{"exp", Json()}}), "the token's claim exp is missing or has passed"},
      {Json::object({{"exp", "1800000000"}}), "the token's claim exp is missing or has passed"},
      {Json::object({{"exp", int64_t{1} << 62}}), "the token's claim exp is missing or has passed"},
      {Json::object({{"nbf", kNow + 61}}), "the token's claim nbf lies in the future"},
      {Json::object({{"nbf", "x"}}), "the token's claim nbf lies in the future"},
      {Json::object({{"iat", kNow + 61}}), "the token's claim iat lies in the future"},
  };
  for (const Case& c : cases) {
    const Result<void> checked =
        check_claims(claims_of(c.changes), {TestProvider::kIssuer, "registry", kNow * kSecond});
    EXPECT_EQ(checked ? "" : checked.error().message(), c.want) << codec::format_json(c.changes);
  }
  EXPECT_FALSE(check_claims(claims_of(Json::object({{"aud", ""}})),
                            {TestProvider::kIssuer, "", kNow * kSecond}));
}

TEST(Providers, KeysAreKeptAndAskedForAgainWhenOneIsNew) {
  TestProvider provider;
  Providers providers(provider.send());
  const Jwt token = parse_jwt(provider.sign("ES256", claims_of())).value();
  auto verify = [&](const Jwt& jwt, int64_t at) {
    return providers.verify(jwt, TestProvider::kIssuer, "registry", at * kSecond);
  };
  EXPECT_TRUE(verify(token, kNow));
  EXPECT_EQ(provider.requests.size(), 2U);
  EXPECT_TRUE(verify(token, kNow + 1));
  EXPECT_EQ(provider.requests.size(), 2U);
  const Jwt other = parse_jwt(provider.sign("ES256", claims_of(), "newer")).value();
  EXPECT_FALSE(verify(other, kNow + 2));
  EXPECT_EQ(provider.requests.size(), 2U) << "not so soon again";
  EXPECT_FALSE(verify(other, kNow + 11));
  EXPECT_EQ(provider.requests.size(), 3U);
  EXPECT_FALSE(verify(other, kNow + 12));
  EXPECT_EQ(provider.requests.size(), 3U);
  const Jwt late =
      parse_jwt(provider.sign("ES256", claims_of(Json::object({{"exp", kNow + 9000}})))).value();
  EXPECT_TRUE(verify(late, kNow + 3700));
  EXPECT_EQ(provider.requests.size(), 5U) << "an hour later everything is asked for again";
  EXPECT_FALSE(verify(token, kNow + 400)) << "it has expired, and the clock was moved back";
}

TEST(Providers, AnswersThatAreNoneAreErrors) {
  TestProvider provider;
  Providers down(provider.send());
  provider.is_down = true;
  const Jwt token = parse_jwt(provider.sign("ES256", claims_of())).value();
  EXPECT_EQ(down.verify(token, TestProvider::kIssuer, "registry", kNow).error().code(),
            ErrorCode::kUnavailable);
  EXPECT_EQ(provider.requests.size(), 1U);
  EXPECT_FALSE(down.verify(token, TestProvider::kIssuer, "registry", kNow + 1));
  EXPECT_EQ(provider.requests.size(), 1U) << "it is left alone for a while";
  provider.is_down = false;
  provider.calls_itself = "https://evil.test";
  EXPECT_EQ(down.facts(TestProvider::kIssuer, kNow + 11 * kSecond).error().code(),
            ErrorCode::kInvalid);
  Providers unsafe([](const http::ClientRequest&) -> Result<http::ClientResponse> {
    return http::ClientResponse{
        200, {}, R"({"issuer":"https://login.test","jwks_uri":"http://login.test/keys"})"};
  });
  EXPECT_EQ(unsafe.facts(TestProvider::kIssuer, kNow).error().code(), ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace rhumb::registry
