#include "registry/identity/passkey_login.h"

#include <gtest/gtest.h>

#include <chrono>

#include "registry/api/test_people.h"
#include "registry/identity/test_authenticator.h"

namespace rhumb::registry {
namespace {

class PasskeyLoginTest : public PeopleTest {
 protected:
  void SetUp() override {
    ann_ = add_person("ann", "VIEWER");
    give(ann_, authenticator_);
  }
  /// Makes the authenticator's credential a passkey of that person.
  void give(int64_t user_id, TestAuthenticator& authenticator) {
    const RelyingParty party = relying_party(registry_->public_url).value();
    const ClientData client =
        read_client_data(authenticator.client_data("webauthn.create", "YQ")).value();
    const Result<NewCredential> made = verify_registration(party, client, authenticator.attested());
    ASSERT_TRUE(made) << made.error().message();
    ASSERT_TRUE(registry_->store.write([&](Session& session) -> Result<void> {
      authenticator.user_handle = TRY(passkey_handle(session, user_id));
      TRY(add_passkey(session, {user_id, authenticator.credential_id, *made, registry_->now()}));
      return {};
    }));
  }
  static Origin from(const std::string& ip = "10.0.0.1") {
    return Origin{Actor{"SYSTEM", std::nullopt, "anonymous"}, "", ip, "browser", "req"};
  }
  std::string challenge() {
    const Result<Json> options = begin_passkey_login(*registry_, from());
    EXPECT_TRUE(options);
    return options->at("challenge").as_string();
  }
  LoginOutcome answer(const Assertion& assertion, const std::string& ip = "10.0.0.1") {
    const Result<LoginOutcome> outcome = log_in_with_passkey(*registry_, assertion, from(ip));
    EXPECT_TRUE(outcome) << (outcome ? "" : outcome.error().message());
    return outcome ? *outcome : LoginOutcome();
  }
  LoginOutcome attempt() { return answer(authenticator_.sign(challenge())); }
  void expect_refused(const Assertion& assertion,
                      const std::string& reason,
                      const std::string& object = "user/1") {
    const LoginOutcome outcome = answer(assertion);
    EXPECT_EQ(outcome.result, LoginResult::kRefused);
    EXPECT_EQ(outcome.session, "");
    EXPECT_EQ(last_failure(), object + R"( {"reason":")" + reason + R"("})");
  }

  int64_t ann_ = 0;
  TestAuthenticator authenticator_;
};

TEST_F(PasskeyLoginTest, AsksForAPasskeyOfTheRegistry) {
  const Result<Json> options = begin_passkey_login(*registry_, from());
  ASSERT_TRUE(options);
  EXPECT_EQ(options->at("challenge").as_string().size(), 58U);
  EXPECT_EQ(options->at("rpId").as_string(), "registry.test");
  EXPECT_EQ(options->at("userVerification").as_string(), "required");
  EXPECT_EQ(options->at("allowCredentials").size(), 0U);
  EXPECT_EQ(options->at("timeout").to_int(), 300'000);
  EXPECT_EQ(registry_.store().count_with("SELECT sha256 FROM passkey_challenges",
                                         options->at("challenge").as_string()),
            0);
}

TEST_F(PasskeyLoginTest, LetsInWithoutPasswordAndCode) {
  ASSERT_TRUE(registry_->store.write([&](Session& session) {
    return session.run("UPDATE users SET totp_secret = ? WHERE id = ?", {Blob{"secret"}, ann_});
  }));
  const LoginOutcome outcome = attempt();
  ASSERT_EQ(outcome.result, LoginResult::kIn) << last_failure();
  EXPECT_TRUE(use_session(outcome.session));
  EXPECT_EQ(registry_.caller().origin.actor, (Actor{"USER", ann_, "ann"}));
  EXPECT_EQ(registry_.scalar("SELECT after_json FROM audit WHERE action = 'login.ok'").text(),
            R"({"by":"passkey"})");
  EXPECT_EQ(registry_.scalar("SELECT last_used_at FROM passkeys").number(), registry_->now());
}

TEST_F(PasskeyLoginTest, AChallengeIsAnsweredOnceAndInTime) {
  constexpr const char* kSpent = "the challenge was used already or is too old";
  const Assertion said = authenticator_.sign(challenge());
  EXPECT_EQ(answer(said).result, LoginResult::kIn);
  expect_refused(said, kSpent);
  const Assertion late = authenticator_.sign(challenge());
  registry_.clock().advance(std::chrono::seconds(kChallengeSeconds));
  expect_refused(late, kSpent);
  expect_refused(authenticator_.sign("bm9ib2R5IGhhcyBhc2tlZCB0aGlz"), kSpent);
  const Result<std::string> other =
      write_value<std::string>(registry_->store, [&](Session& session) {
        return store_challenge(session, {ann_, "10.0.0.1"}, registry_->now());
      });
  expect_refused(authenticator_.sign(other.value()), kSpent);
  const std::string failed = challenge();
  authenticator_.flags = 0x01;
  expect_refused(authenticator_.sign(failed),
                 "the passkey was used without PIN, fingerprint or face");
  authenticator_.flags = 0x05;
  expect_refused(authenticator_.sign(failed), kSpent);
}

TEST_F(PasskeyLoginTest, RefusesWhatIsSignedForOthers) {
  authenticator_.origin = "https://evil.test";
  expect_refused(authenticator_.sign(challenge()),
                 "the passkey was used at another address than the registry's");
  authenticator_.origin = "https://registry.test";
  authenticator_.rp_id = "evil.test";
  expect_refused(authenticator_.sign(challenge()), "the passkey is one of another site");
  authenticator_.rp_id = "registry.test";
  Assertion said = authenticator_.sign(challenge());
  said.signature = TestAuthenticator().sign("YQ").signature;
  expect_refused(said, "the passkey's signature is wrong");
}

TEST_F(PasskeyLoginTest, KnowsWhosePasskeyItIs) {
  TestAuthenticator foreign("foreign");
  foreign.user_handle = authenticator_.user_handle;
  expect_refused(foreign.sign(challenge()), "nobody has this passkey", "user");
  TestAuthenticator of_bob("of bob");
  give(add_person("bob", "OWNER"), of_bob);
  const std::string of_ann = authenticator_.user_handle;
  authenticator_.user_handle = of_bob.user_handle;
  expect_refused(authenticator_.sign(challenge()), "the passkey is one of another person");
  authenticator_.user_handle = of_ann;
  Assertion said = of_bob.sign(challenge());
  said.credential_id = authenticator_.credential_id;
  said.user_handle = of_ann;
  expect_refused(said, "the passkey's signature is wrong");
}

TEST_F(PasskeyLoginTest, ACounterThatGoesBackwardsTellsOfACopy) {
  constexpr const char* kCopied =
      "the passkey's counter went backwards: somebody may have a copy of it";
  EXPECT_EQ(attempt().result, LoginResult::kIn) << "it does not count";
  EXPECT_EQ(attempt().result, LoginResult::kIn) << "it does not count";
  authenticator_.count = 5;
  EXPECT_EQ(attempt().result, LoginResult::kIn);
  for (const uint32_t count : {5U, 4U, 0U}) {
    authenticator_.count = count;
    expect_refused(authenticator_.sign(challenge()), kCopied);
  }
  EXPECT_EQ(registry_.scalar("SELECT sign_count FROM passkeys").number(), 5);
  authenticator_.count = 0xffffffffU;
  EXPECT_EQ(attempt().result, LoginResult::kIn);
  EXPECT_EQ(registry_.scalar("SELECT sign_count FROM passkeys").number(), 4'294'967'295);
}

TEST_F(PasskeyLoginTest, RemovedPasskeysAndPeopleAreOut) {
  const Assertion said = authenticator_.sign(challenge());
  ASSERT_TRUE(registry_->store.write([&](Session& session) {
    return session.run("UPDATE memberships SET joined_at = NULL WHERE user_id = ?", {ann_});
  }));
  expect_refused(said, "the person is no member any more");
  ASSERT_TRUE(registry_->store.write(
      [&](Session& session) { return remove_member(session, 1, ann_, registry_->now()); }));
  expect_refused(authenticator_.sign(challenge()), "nobody has this passkey", "user");
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM passkeys").number(), 0);
}

TEST_F(PasskeyLoginTest, FailuresAreSlowedDownAsThoseOfPasswords) {
  authenticator_.flags = 0x01;
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(attempt().result, LoginResult::kRefused);
  }
  authenticator_.flags = 0x05;
  const Assertion good = authenticator_.sign(challenge());
  const LoginOutcome outcome = answer(good);
  EXPECT_EQ(outcome.result, LoginResult::kWait);
  EXPECT_EQ(outcome.wait_seconds, 1);
  EXPECT_EQ(registry::log_in(*registry_, {"ann@example.com", "x", ""}, from("10.9.9.9"))->result,
            LoginResult::kWait)
      << "they count for the account";
  registry_.clock().advance(std::chrono::seconds(1));
  EXPECT_EQ(answer(good).result, LoginResult::kIn) << "the challenge was not used up";
  EXPECT_EQ(attempt().result, LoginResult::kIn) << "all is forgiven";
}

TEST_F(PasskeyLoginTest, ANetworkHasSoManyChallenges) {
  Origin origin = from("2001:db8:1:2::7");
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(begin_passkey_login(*registry_, origin));
  }
  origin.ip = "2001:db8:1:2:3::8";
  EXPECT_EQ(begin_passkey_login(*registry_, origin).error().code(), ErrorCode::kLimit);
  EXPECT_TRUE(begin_passkey_login(*registry_, from("2001:db8:1:3::7")));
  registry_.clock().advance(std::chrono::seconds(kChallengeSeconds));
  EXPECT_TRUE(begin_passkey_login(*registry_, origin));
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM passkey_challenges").number(), 1);
}

TEST_F(PasskeyLoginTest, NeedsAnAddressThatBrowsersTake) {
  registry_->public_url = "http://10.0.0.7:8080";
  EXPECT_EQ(begin_passkey_login(*registry_, from()).error().code(), ErrorCode::kUnsupported);
  EXPECT_EQ(log_in_with_passkey(*registry_, authenticator_.sign("YQ"), from()).error().code(),
            ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace rhumb::registry
