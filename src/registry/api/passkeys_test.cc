#include <gtest/gtest.h>

#include <chrono>

#include "registry/api/api_options.h"
#include "registry/api/test_people.h"
#include "registry/identity/passkey_login.h"
#include "registry/identity/test_attestation.h"

namespace rhumb::registry {
namespace {

constexpr const char* kPassword = "a long secret";
constexpr const char* kPropose =
    "mutation p($password: String!) { proposePasskey(password: $password) { options } }";
constexpr const char* kConfirm =
    "mutation c($input: ConfirmPasskeyInput!) { confirmPasskey(input: $input) { id name lastUsedAt "
    "} }";
constexpr const char* kRename =
    "mutation n($input: RenamePasskeyInput!) { renamePasskey(input: $input) { name } }";
constexpr const char* kRemove =
    "mutation r($id: ID!, $password: String!) { removePasskey(id: $id, password: $password) { "
    "success } }";
constexpr const char* kList = "{ account { passkeys { id name lastUsedAt } } }";
constexpr const char* kWrong = "FORBIDDEN the password is not the one of your account";
constexpr const char* kSpent =
    "CONFLICT this took longer than five minutes, or was done already; add the passkey once more";
constexpr const char* kTaken = "CONFLICT you have a passkey of this name; choose another";

class PasskeysTest : public PeopleTest {
 protected:
  void SetUp() override {
    ann_ = add_person("ann", "VIEWER");
    set_passwords(kPassword);
    session_ = log_in(ann_);
  }
  static Json password(const std::string& text) { return Json::object({{"password", text}}); }
  Json propose() { return data(kPropose, password(kPassword)).at("proposePasskey").at("options"); }
  static std::string client_data(const TestAuthenticator& authenticator, const Json& options) {
    return authenticator.client_data("webauthn.create", options.at("challenge").as_string());
  }
  static Json answer(const TestAuthenticator& authenticator,
                     const Json& options,
                     const std::string& name) {
    return attested_answer(authenticator, options, name, authenticator.attested());
  }
  static Json attested_answer(const TestAuthenticator& authenticator,
                              const Json& options,
                              const std::string& name,
                              const AttestationObject& object) {
    return Json::object({{"name", name},
                         {"clientDataJSON", to_base64url(client_data(authenticator, options))},
                         {"attestationObject", to_base64url(attestation_bytes(object))}});
  }
  /// Returns the passkey's number.
  std::string add(TestAuthenticator& authenticator, const std::string& name) {
    const Json options = propose();
    authenticator.user_handle = read_base64url(options.at("user"), "id").value();
    return input(kConfirm, answer(authenticator, options, name))
        .at("confirmPasskey")
        .at("id")
        .as_string();
  }
  static Json removal(const std::string& id, const std::string& text) {
    return Json::object({{"id", id}, {"password", text}});
  }
  static Json renaming(const std::string& id, const std::string& name) {
    return Json::object({{"id", id}, {"name", name}});
  }
  /// `action before after`, one after the other.
  std::string audited() {
    std::string out;
    EXPECT_TRUE(registry_->store.read([&out](Session& session) -> Result<void> {
      out.clear();
      for (const Row& row :
           TRY(session.query("SELECT action, before_json, after_json FROM audit WHERE action LIKE "
                             "'account.passkey%' ORDER BY seq"))) {
        out += (out.empty() ? "" : ",") + row[0].text() + row[1].text() + row[2].text();
      }
      return {};
    }));
    return out;
  }
  LoginResult log_in_by(TestAuthenticator& authenticator) {
    const std::string challenge = begin_passkey_login(*registry_, {})->at("challenge").as_string();
    return log_in_with_passkey(*registry_, authenticator.sign(challenge), {})->result;
  }

  int64_t ann_ = 0;
  std::string session_;
  TestAuthenticator authenticator_;
};

TEST_F(PasskeysTest, AreAddedRenamedAndRemoved) {
  EXPECT_EQ(failure(kPropose, password("another secret")), kWrong);
  const std::string id = add(authenticator_, "Laptop");
  EXPECT_EQ(text(data(kList)),
            R"({"account":{"passkeys":[{"id":"1","name":"Laptop","lastUsedAt":null}]}})");
  EXPECT_EQ(log_in_by(authenticator_), LoginResult::kIn);
  EXPECT_FALSE(data(kList).at("account").at("passkeys").at(0).at("lastUsedAt").is_null());
  EXPECT_EQ(input_failure(kRename, renaming(id, "Key")), "");
  EXPECT_EQ(failure(kRemove, removal(id, "another secret")), kWrong);
  EXPECT_EQ(failure(kRemove, removal(id, kPassword)), "");
  EXPECT_EQ(failure(kRemove, removal(id, kPassword)), "NOT_FOUND passkey not found");
  EXPECT_EQ(log_in_by(authenticator_), LoginResult::kRefused);
  EXPECT_EQ(audited(),
            R"(account.passkey_proposed,account.passkey{"name":"Laptop","attestation":"none"},)"
            R"(account.passkey_rename{"name":"Laptop"}{"name":"Key"},)"
            R"(account.passkey_remove{"name":"Key"})");
}

TEST_F(PasskeysTest, BrowsersAreAskedForADiscoverableAndVerifiedOne) {
  add(authenticator_, "Laptop");
  const Json options = propose();
  EXPECT_EQ(text(options.at("rp")), R"({"id":"registry.test","name":"Rhumb"})");
  EXPECT_EQ(options.at("user").at("name").as_string(), "ann@example.com");
  EXPECT_EQ(options.at("user").at("displayName").as_string(), "ann");
  EXPECT_EQ(read_base64url(options.at("user"), "id").value(), authenticator_.user_handle);
  EXPECT_EQ(text(options.at("pubKeyCredParams")),
            R"([{"type":"public-key","alg":-7},{"type":"public-key","alg":-8},)"
            R"({"type":"public-key","alg":-257}])");
  EXPECT_EQ(text(options.at("authenticatorSelection")),
            R"({"residentKey":"required","requireResidentKey":true,)"
            R"("userVerification":"required"})");
  EXPECT_EQ(options.at("attestation").as_string(), "none");
  EXPECT_EQ(options.at("timeout").to_int(), 300'000);
  EXPECT_EQ(
      text(options.at("excludeCredentials")),
      R"([{"type":"public-key","id":")" + to_base64url(authenticator_.credential_id) + R"("}])");
}

TEST_F(PasskeysTest, AChallengeMakesOnePasskeyInTime) {
  const Json options = propose();
  EXPECT_EQ(input_failure(kConfirm, answer(authenticator_, options, "a")), "");
  EXPECT_EQ(input_failure(kConfirm, answer(authenticator_, options, "b")), kSpent);
  const Json late = propose();
  registry_.clock().advance(std::chrono::seconds(kChallengeSeconds));
  EXPECT_EQ(input_failure(kConfirm, answer(TestAuthenticator("late"), late, "c")), kSpent);
  const Json of_login = begin_passkey_login(*registry_, {}).value();
  EXPECT_EQ(input_failure(kConfirm, answer(TestAuthenticator("login"), of_login, "d")), kSpent);
  const Json of_ann = propose();
  log_in(add_person("bob", "OWNER"));
  EXPECT_EQ(input_failure(kConfirm, answer(TestAuthenticator("bob"), of_ann, "e")), kSpent);
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM passkeys").number(), 1);
}

TEST_F(PasskeysTest, WhatDoesNotFitIsRefused) {
  TestAuthenticator unverified;
  unverified.flags = 0x01;
  EXPECT_EQ(input_failure(kConfirm, answer(unverified, propose(), "a")),
            "FORBIDDEN the passkey was used without PIN, fingerprint or face");
  TestAuthenticator elsewhere;
  elsewhere.origin = "https://evil.test";
  EXPECT_EQ(input_failure(kConfirm, answer(elsewhere, propose(), "a")),
            "FORBIDDEN the passkey was used at another address than the registry's");
  Json garbled = answer(authenticator_, propose(), "a");
  garbled.set("clientDataJSON", "not base64url!");
  EXPECT_EQ(input_failure(kConfirm, garbled), "INVALID clientDataJSON must be base64url");
  garbled.set("clientDataJSON", to_base64url("[]"));
  EXPECT_EQ(input_failure(kConfirm, garbled),
            "INVALID the client data of the passkey is no JSON object");
  EXPECT_EQ(input_failure(kConfirm, answer(authenticator_, propose(), "")),
            "INVALID name must not be empty");
  EXPECT_EQ(input_failure(kConfirm, answer(authenticator_, propose(), std::string(256, 'a'))),
            "INVALID name must not be longer than 255 bytes");
}

TEST_F(PasskeysTest, AttestationsAreAskedForWhereTheRegistryWants) {
  const Result<graphql::Engine> asking = make_api({.asks_attestation = true});
  engine_ = &asking.value();
  EXPECT_EQ(propose().at("attestation").as_string(), "direct");
}

TEST_F(PasskeysTest, TheLogTellsWhatAnAttestationSays) {
  const auto add_attested = [this](TestAuthenticator& authenticator, bool by_maker) {
    const Json options = propose();
    const std::string client = client_data(authenticator, options);
    const TestMap statement = by_maker ? packed_statement(authenticator, TestMaker(), client)
                                       : self_statement(authenticator, client);
    const AttestationObject object{"packed", statement.item(), authenticator.attested_data()};
    return input_failure(
        kConfirm, attested_answer(authenticator, options, authenticator.credential_id, object));
  };
  TestAuthenticator self("self");
  TestAuthenticator certified("key");
  certified.aaguid = kTestModel;
  EXPECT_EQ(add_attested(self, false), "");
  EXPECT_EQ(add_attested(certified, true), "");
  EXPECT_EQ(audited(), R"(account.passkey_proposed,account.passkey{"name":"self",)"
                       R"("attestation":"self"},account.passkey_proposed,account.passkey{)"
                       R"("name":"key","attestation":"certificate",)"
                       R"("aaguid":"6d6f6465-6c2d-6f66-2d61-2d6d616b6572"})");
}

TEST_F(PasskeysTest, WhatDoesNotVerifyIsNotStored) {
  const auto refusal = [this](const std::string& format, const std::string& said) {
    const Json options = propose();
    TestMap statement =
        self_statement(authenticator_, said.empty() ? client_data(authenticator_, options) : said);
    const AttestationObject object{format, statement.item(), authenticator_.attested_data()};
    return input_failure(kConfirm, attested_answer(authenticator_, options, "a", object));
  };
  const std::string way_out =
      "; use another authenticator, or have the registry ask for none (serve "
      "--passkey-attestation none)";
  EXPECT_EQ(
      refusal("packed", "{}"),
      "FORBIDDEN the passkey's attestation (packed) is refused: its signature is wrong" + way_out);
  EXPECT_EQ(refusal("apple", ""),
            "FORBIDDEN the passkey's attestation (apple) is refused: statements of this format are "
            "not verified here" +
                way_out);
  Json garbled = answer(authenticator_, propose(), "a");
  garbled.set("attestationObject",
              to_base64url(attestation_bytes(authenticator_.attested()) + "x"));
  EXPECT_EQ(input_failure(kConfirm, garbled),
            "INVALID the attestation object of the passkey is not one: it is a CBOR map of fmt, "
            "attStmt and authData; use another browser or authenticator");
  garbled = answer(authenticator_, propose(), "a");
  garbled.set("attestationObject", to_base64url(std::string(kAttestationBytesMax + 1, 'a')));
  EXPECT_EQ(input_failure(kConfirm, garbled),
            "LIMIT the attestation object of the passkey is longer than 65536 bytes; use another "
            "authenticator");
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM passkeys").number(), 0);
  EXPECT_EQ(refusal("packed", ""), "") << "the same authenticator, when it tells the truth";
}

TEST_F(PasskeysTest, NamesAndCredentialsAreThereOnce) {
  const std::string id = add(authenticator_, "Laptop");
  EXPECT_EQ(input_failure(kRename, renaming(id, "Laptop")), "") << "its own name";
  EXPECT_EQ(input_failure(kConfirm, answer(TestAuthenticator("key"), propose(), "Laptop")), kTaken);
  EXPECT_EQ(input_failure(kConfirm, answer(authenticator_, propose(), "Key")),
            "CONFLICT this passkey is registered already");
  TestAuthenticator other("key");
  add(other, "Key");
  EXPECT_EQ(input_failure(kRename, renaming(id, "Key")), kTaken);
  EXPECT_EQ(input_failure(kRename, renaming(id, "")), "INVALID name must not be empty");
  for (int64_t i = 2; i < kPasskeysMax; ++i) {
    TestAuthenticator more("credential " + std::to_string(i));
    add(more, "name " + std::to_string(i));
  }
  EXPECT_EQ(input_failure(kConfirm, answer(TestAuthenticator("more"), propose(), "more")),
            "LIMIT an account has 20 passkeys at most; remove one first");
}

TEST_F(PasskeysTest, AreTheirPersonsOnly) {
  const std::string id = add(authenticator_, "Laptop");
  log_in(add_person("bob", "OWNER"));
  set_passwords(kPassword);
  EXPECT_EQ(text(data(kList)), R"({"account":{"passkeys":[]}})");
  EXPECT_EQ(input_failure(kRename, renaming(id, "mine")), "NOT_FOUND passkey not found");
  EXPECT_EQ(failure(kRemove, removal(id, kPassword)), "NOT_FOUND passkey not found");
  EXPECT_EQ(failure(kRemove, removal("x", kPassword)), "NOT_FOUND passkey not found");
  EXPECT_EQ(input_failure(kConfirm, answer(authenticator_, propose(), "mine")),
            "CONFLICT this passkey is registered already");
}

TEST_F(PasskeysTest, TokensDoNotChangeThem) {
  const std::string id = add(authenticator_, "Laptop");
  const Json options = propose();
  const std::string secret = data("mutation { createToken(input: {}) { secret } }")
                                 .at("createToken")
                                 .at("secret")
                                 .as_string();
  ASSERT_TRUE(use_token(secret));
  const std::string pages = "FORBIDDEN log in at the pages of the registry";
  EXPECT_EQ(failure(kPropose, password(kPassword)), pages);
  EXPECT_EQ(input_failure(kConfirm, answer(TestAuthenticator("b"), options, "b")), pages);
  EXPECT_EQ(input_failure(kRename, renaming(id, "b")), pages);
  EXPECT_EQ(failure(kRemove, removal(id, kPassword)), pages);
  use_admin();
  EXPECT_EQ(failure(kPropose, password(kPassword)), "FORBIDDEN only a person has an account");
}

TEST_F(PasskeysTest, GoWithTheOtherWaysInWhenSomebodyIsReset) {
  add(authenticator_, "Laptop");
  const Json waiting = propose();
  use_admin();
  EXPECT_EQ(failure("mutation r($id: ID!) { resetMember(id: $id) { id } }",
                    Json::object({{"id", std::to_string(ann_)}})),
            "");
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM passkeys").number(), 0);
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM passkey_challenges").number(), 0);
  EXPECT_EQ(log_in_by(authenticator_), LoginResult::kRefused);
}

TEST_F(PasskeysTest, NeedAnAddressThatBrowsersTake) {
  registry_->public_url = "http://10.0.0.7:8080";
  EXPECT_EQ(failure(kPropose, password(kPassword)),
            "INVALID browsers have passkeys at https addresses with a host name only; set "
            "--public-url to such an address of the registry");
}

}  // namespace
}  // namespace rhumb::registry
