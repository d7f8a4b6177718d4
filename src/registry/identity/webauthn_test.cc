#include "registry/identity/webauthn.h"

#include <gtest/gtest.h>

#include <functional>

#include "registry/identity/test_authenticator.h"

namespace rhumb::registry {
namespace {

const RelyingParty kParty{"registry.test", "https://registry.test"};
constexpr const char* kChallenge = "Y2hhbGxlbmdl";
constexpr const char* kElsewhere = "the passkey was used at another address than the registry's";
constexpr const char* kOtherSite = "the passkey is one of another site";
constexpr const char* kUnverified = "the passkey was used without PIN, fingerprint or face";
constexpr const char* kSignature = "the passkey's signature is wrong";
constexpr const char* kDamaged = "the passkey's answer is damaged";
constexpr const char* kNoKey = "the passkey has no key of a kind that is known here";

TEST(RelyingPartyTest, IsTheHostOfAnAddressThatBrowsersTake) {
  struct Case {
    const char* url;
    const char* want;  ///< id and origin; empty: browsers have no passkeys there
  };
  for (const Case& c : {
           Case{"https://registry.example.com",
                "registry.example.com https://registry.example.com"},
           Case{"https://Registry.Example.com:443/r",
                "registry.example.com https://registry.example.com"},
           Case{"https://registry.example.com:8443",
                "registry.example.com https://registry.example.com:8443"},
           Case{"http://localhost:8080", "localhost http://localhost:8080"},
           Case{"http://localhost:80", "localhost http://localhost"},
           Case{"http://registry.localhost:8080",
                "registry.localhost http://registry.localhost:8080"},
           Case{"http://registry.example.com", ""},
           Case{"https://10.0.0.7", ""},
           Case{"http://127.0.0.1:8080", ""},
           Case{"https://[::1]:8443", ""},
           Case{"", ""},
       }) {
    const Result<RelyingParty> party = relying_party(c.url);
    EXPECT_EQ(party ? party->id + " " + party->origin : "", c.want) << c.url;
    if (!party) {
      EXPECT_EQ(party.error().code(), ErrorCode::kUnsupported) << c.url;
    }
  }
}

TEST(ClientDataTest, IsAnObjectOfTheBrowsers) {
  const Result<ClientData> read = read_client_data(
      R"({"type":"webauthn.get","challenge":"YQ","origin":"https://a.test","crossOrigin":true,)"
      R"("tokenBinding":{"status":"present","id":"x"},"more":1})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->type + " " + read->challenge + " " + read->origin,
            "webauthn.get YQ https://a.test");
  EXPECT_TRUE(read->is_framed);
  EXPECT_TRUE(read->is_bound_to_channel);
  for (const char* text : {"", "[]", "{", "\"x\"", "\xff"}) {
    EXPECT_FALSE(read_client_data(text)) << text;
  }
}

/// What is done to an authenticator, or to what it says, and the refusal.
struct Fault {
  const char* name;
  std::function<void(TestAuthenticator&)> before;
  std::function<void(std::string& client, std::string& data)> after;
  const char* refusal;
};
void nothing(TestAuthenticator&) {}
void as_said(std::string&, std::string&) {}

std::vector<Fault> common_faults() {
  return {
      {"another origin", [](TestAuthenticator& a) { a.origin = "https://evil.test"; }, as_said,
       kElsewhere},
      {"a port more", [](TestAuthenticator& a) { a.origin = "https://registry.test:8443"; },
       as_said, kElsewhere},
      {"a host below", [](TestAuthenticator& a) { a.origin = "https://a.registry.test"; }, as_said,
       kElsewhere},
      {"in clear", [](TestAuthenticator& a) { a.origin = "http://registry.test"; }, as_said,
       kElsewhere},
      {"in a frame", [](TestAuthenticator& a) { a.is_framed = true; }, as_said, kElsewhere},
      {"another site", [](TestAuthenticator& a) { a.rp_id = "evil.test"; }, as_said, kOtherSite},
      {"nobody there", [](TestAuthenticator& a) { a.flags = 0x04; }, as_said, kUnverified},
      {"not verified", [](TestAuthenticator& a) { a.flags = 0x01; }, as_said, kUnverified},
      {"no data", nothing, [](std::string&, std::string& data) { data.resize(36); },
       "the passkey's answer is too short"},
      {"empty data", nothing, [](std::string&, std::string& data) { data.clear(); },
       "the passkey's answer is too short"},
  };
}

std::string registration_refusal(const Fault& fault) {
  TestAuthenticator authenticator;
  fault.before(authenticator);
  std::string client = authenticator.client_data("webauthn.create", kChallenge);
  std::string data = authenticator.attested_data();
  fault.after(client, data);
  const Result<NewCredential> made =
      verify_registration(kParty, read_client_data(client).value(), {"none", "\xa0", data});
  return made ? "" : made.error().message();
}

TEST(RegistrationTest, TellsTheKey) {
  TestAuthenticator authenticator;
  authenticator.count = 7;
  const ClientData client =
      read_client_data(authenticator.client_data("webauthn.create", kChallenge)).value();
  const Result<NewCredential> made = verify_registration(kParty, client, authenticator.attested());
  ASSERT_TRUE(made) << made.error().message();
  EXPECT_EQ(made->id, authenticator.credential_id);
  EXPECT_EQ(made->key.algorithm, -7);
  EXPECT_EQ(made->key.bytes.size(), 64U);
  EXPECT_EQ(made->sign_count, 7);
}

TEST(RegistrationTest, RefusesWhatDoesNotFit) {
  std::vector<Fault> faults = common_faults();
  const auto cut = [](size_t bytes) {
    return [bytes](std::string&, std::string& data) { data.resize(data.size() - bytes); };
  };
  faults.push_back({"of a login", nothing,
                    [](std::string& client, std::string&) {
                      client = TestAuthenticator().client_data("webauthn.get", kChallenge);
                    },
                    "the passkey was used for something else"});
  faults.push_back({"a byte less", nothing, cut(1), kDamaged});
  faults.push_back({"no key", nothing, cut(77), kDamaged});
  faults.push_back({"no credential", nothing,
                    [](std::string&, std::string& data) { data.resize(37); }, kDamaged});
  faults.push_back({"a key of billions of items", nothing,
                    [](std::string&, std::string& data) {
                      data.replace(data.size() - 77, 77, "\x9a\x9a\x9a\x9a\x9a\x9a");
                    },
                    kDamaged});
  faults.push_back({"extensions of billions of items", nothing,
                    [](std::string&, std::string& data) {
                      data[32] = static_cast<char>(data[32] | 0x80);
                      data += "\xba\x7f\xff\xff\xff";
                    },
                    kDamaged});
  faults.push_back(
      {"no point of the curve", nothing,
       [](std::string&, std::string& data) { data.back() = static_cast<char>(data.back() ^ 1); },
       kNoKey});
  faults.push_back({"a key of another kind", nothing,
                    [](std::string&, std::string& data) { data[data.size() - 77 + 4] = '\x27'; },
                    kNoKey});
  for (const Fault& fault : faults) {
    EXPECT_EQ(registration_refusal(fault), fault.refusal) << fault.name;
  }
}

class AssertionTest : public testing::Test {
 protected:
  AssertionTest()
      : key_(
            verify_registration(
                kParty,
                read_client_data(authenticator_.client_data("webauthn.create", kChallenge)).value(),
                authenticator_.attested())
                .value()
                .key) {}
  std::string refusal(const Assertion& assertion) {
    const Result<int64_t> count =
        verify_assertion(kParty, key_, read_client_data(assertion.client_data).value(), assertion);
    return count ? "" : count.error().message();
  }
  TestAuthenticator authenticator_;
  PasskeyKey key_;
};

TEST_F(AssertionTest, TellsTheCount) {
  authenticator_.count = 41;
  for (const int64_t want : {41, 42}) {
    const Assertion said = authenticator_.sign(kChallenge);
    EXPECT_EQ(
        verify_assertion(kParty, key_, read_client_data(said.client_data).value(), said).value(),
        want);
  }
}

TEST_F(AssertionTest, KeysOfEachKindSign) {
  for (const int64_t algorithm : kPasskeyAlgorithms) {
    TestAuthenticator authenticator("credential", algorithm);
    const ClientData client =
        read_client_data(authenticator.client_data("webauthn.create", kChallenge)).value();
    const Result<NewCredential> made =
        verify_registration(kParty, client, authenticator.attested());
    ASSERT_TRUE(made) << algorithm << ": " << made.error().message();
    EXPECT_EQ(made->key.algorithm, algorithm);
    key_ = made->key;
    Assertion said = authenticator.sign(kChallenge);
    EXPECT_EQ(refusal(said), "") << algorithm;
    said.signature[10] = static_cast<char>(said.signature[10] ^ 1);
    EXPECT_EQ(refusal(said), kSignature) << algorithm;
  }
}

TEST_F(AssertionTest, SizesOfExtensionsAreNotBelieved) {
  for (const unsigned flags : {0x85U, 0xc5U}) {
    authenticator_.flags = flags;
    Assertion said = authenticator_.sign(kChallenge);
    said.authenticator_data += "\xba\x7f\xff\xff\xff";
    EXPECT_EQ(refusal(said), kDamaged) << flags;
  }
}

TEST_F(AssertionTest, RefusesWhatDoesNotFit) {
  for (const Fault& fault : common_faults()) {
    TestAuthenticator& authenticator = authenticator_;
    authenticator.rp_id = kParty.id;
    authenticator.origin = kParty.origin;
    authenticator.flags = 0x05;
    authenticator.is_framed = false;
    fault.before(authenticator);
    Assertion said = authenticator.sign(kChallenge);
    fault.after(said.client_data, said.authenticator_data);
    EXPECT_EQ(refusal(said), fault.refusal) << fault.name;
  }
}

TEST_F(AssertionTest, RefusesSignaturesOfOtherThings) {
  const Assertion good = authenticator_.sign(kChallenge);
  EXPECT_EQ(refusal(good), "");
  Assertion said = good;
  said.signature = TestAuthenticator().sign(kChallenge).signature;
  EXPECT_EQ(refusal(said), kSignature) << "of another key";
  said = good;
  said.client_data = authenticator_.client_data("webauthn.get", "YW5vdGhlcg");
  EXPECT_EQ(refusal(said), kSignature) << "of another challenge";
  said = good;
  said.authenticator_data.back() = '\x09';
  EXPECT_EQ(refusal(said), kSignature) << "of another count";
  said = good;
  said.signature.clear();
  EXPECT_EQ(refusal(said), kSignature) << "none";
  said = good;
  said.client_data = authenticator_.client_data("webauthn.create", kChallenge);
  EXPECT_EQ(refusal(said), "the passkey was used for something else");
  key_.algorithm = -257;
  EXPECT_EQ(refusal(good), kSignature) << "a key of another kind";
  key_ = {-7, "short"};
  EXPECT_EQ(refusal(good), kSignature) << "no key";
}

}  // namespace
}  // namespace rhumb::registry
