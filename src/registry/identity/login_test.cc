#include "registry/identity/login.h"

#include <gtest/gtest.h>

#include <chrono>

#include "registry/api/test_people.h"
#include "registry/identity/passwords.h"
#include "registry/identity/second_factor.h"
#include "registry/identity/setup.h"
#include "registry/identity/throttle.h"
#include "registry/identity/totp.h"

namespace rhumb::registry {
namespace {

constexpr const char* kPassword = "a long secret";

class LoginTest : public PeopleTest {
 protected:
  Origin from(const std::string& ip = "10.0.0.1") const {
    return Origin{Actor{"SYSTEM", std::nullopt, "anonymous"}, "", ip, "browser", "req"};
  }
  std::string invite(const std::string& email, int64_t org = 1) {
    const std::string secret = make_secret();
    EXPECT_TRUE(registry_->store.write([&](Session& session) -> Result<void> {
      std::optional<int64_t> user = TRY(find_user(session, email));
      if (!user) {
        user = TRY(create_user(session, {email, email, registry_->now()}));
      }
      NewMembership membership;
      membership.org_id = org;
      membership.user_id = *user;
      membership.grants = {Grant{"VIEWER", {}, {}, {}}};
      membership.created_by = "test";
      membership.now = registry_->now();
      TRY(create_membership(session, membership));
      return store_invitation(session, org, *user, secret, registry_->now());
    }));
    return secret;
  }
  /// Ann, with an account that she has set up.
  void add_ann() {
    ASSERT_TRUE(
        accept_invitation(*registry_, {invite("ann@example.com"), "Ann", kPassword}, from()));
  }
  LoginOutcome attempt(const std::string& email,
                       const std::string& password,
                       const std::string& code = "",
                       const std::string& ip = "10.0.0.1") {
    const Result<LoginOutcome> outcome =
        registry::log_in(*registry_, {email, password, code}, from(ip));
    EXPECT_TRUE(outcome) << (outcome ? "" : outcome.error().message());
    return outcome ? *outcome : LoginOutcome();
  }
  std::string add_app() {
    std::string secret = make_totp_secret();
    EXPECT_TRUE(registry_->store.write([&](Session& session) -> Result<void> {
      TRY(propose_app(session, *registry_, 1, secret));
      return confirm_app(session, *registry_, 1, totp_code(secret, totp_step(registry_->now()) - 1),
                         {"AAAA-BBBB-CCCC-DDDD"});
    }));
    return secret;
  }
};

TEST_F(LoginTest, InvitationMakesAnAccountOnce) {
  const std::string secret = invite("ann@example.com");
  const Result<InvitationFacts> facts = find_invitation(*registry_, secret);
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->email, "ann@example.com");
  EXPECT_FALSE(facts->is_known);
  EXPECT_EQ(attempt("ann@example.com", "").result, LoginResult::kRefused);
  const Result<std::string> session =
      accept_invitation(*registry_, {secret, "Ann", kPassword}, from());
  ASSERT_TRUE(session) << session.error().message();
  EXPECT_TRUE(use_session(*session));
  EXPECT_EQ(registry_.caller().origin.actor, (Actor{"USER", 1, "Ann"}));
  const Result<std::string> again =
      accept_invitation(*registry_, {secret, "Eve", kPassword}, from());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code(), ErrorCode::kDenied);
  EXPECT_FALSE(find_invitation(*registry_, secret));
  EXPECT_EQ(attempt("ANN@example.com ", kPassword).result, LoginResult::kIn);
  EXPECT_EQ(audited(), "login.fail login.ok login.ok");
}

TEST_F(LoginTest, InvitationIsChecked) {
  const std::string secret = invite("ann@example.com");
  auto failure = [&](const std::string& code, const std::string& name,
                     const std::string& password) {
    const Result<std::string> session =
        accept_invitation(*registry_, {code, name, password}, from());
    return session ? "" : session.error().message();
  };
  const std::string gone = "this address was used or is not valid any more; ask for another one";
  EXPECT_EQ(failure("", "Ann", kPassword), gone);
  EXPECT_EQ(failure(secret + "x", "Ann", kPassword), gone);
  EXPECT_EQ(failure(secret, "", kPassword), "name must not be empty");
  EXPECT_EQ(failure(secret, std::string(256, 'n'), kPassword),
            "name must not be longer than 255 bytes");
  EXPECT_EQ(failure(secret, "Ann", "short"), "the password needs at least 10 characters");
  registry_.clock().advance(std::chrono::hours(24 * 7));
  EXPECT_EQ(failure(secret, "Ann", kPassword), gone);
  EXPECT_TRUE(registry_.scalar("SELECT password FROM users").is_null());
}

TEST_F(LoginTest, WhoHasAnAccountElsewhereShowsItsPassword) {
  add_ann();
  const std::string secret = invite("ann@example.com", 2);
  EXPECT_TRUE(find_invitation(*registry_, secret)->is_known);
  const Result<std::string> wrong =
      accept_invitation(*registry_, {secret, "Eve", "another secret"}, from());
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message(), "the password is not the one of your account");
  EXPECT_EQ(registry_.scalar("SELECT name FROM users").text(), "Ann");
}

TEST_F(LoginTest, NothingTellsWhetherThereIsAnAccount) {
  add_ann();
  invite("bob@example.com");  // not joined
  struct Case {
    const char* email;
    const char* password;
  };
  const Case cases[] = {{"ann@example.com", "another secret"},
                        {"ann@example.com", ""},
                        {"bob@example.com", kPassword},
                        {"eve@example.com", kPassword},
                        {"", ""},
                        {"no address", kPassword},
                        {"ann@example.com' OR 1=1 --", kPassword}};
  for (const Case& c : cases) {
    const LoginOutcome outcome = attempt(c.email, c.password);
    EXPECT_EQ(outcome.result, LoginResult::kRefused) << c.email;
    EXPECT_EQ(outcome.session, "");
  }
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM audit WHERE action = 'login.fail'").number(), 7);
  // What was typed may be a password, in the wrong field.
  EXPECT_EQ(registry_
                .scalar("SELECT count(*) FROM audit WHERE action = 'login.fail' AND (object "
                        "LIKE '%eve%' OR after_json LIKE '%eve%' OR after_json LIKE '%secret%')")
                .number(),
            0);
}

TEST_F(LoginTest, FailuresMakeOneWait) {
  add_ann();
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(
        attempt("ann@example.com", "wrong password", "", "10.0.0." + std::to_string(i)).result,
        LoginResult::kRefused);
  }
  // From anywhere, with whatever password, and of accounts that do not exist in the same way.
  LoginOutcome outcome = attempt("ann@example.com", kPassword, "", "10.9.9.9");
  EXPECT_EQ(outcome.result, LoginResult::kWait);
  EXPECT_EQ(outcome.wait_seconds, 1);
  for (int i = 0; i < 8; ++i) {
    attempt("eve@example.com", "x", "", "10.0.1." + std::to_string(i));
  }
  EXPECT_EQ(attempt("eve@example.com", "x").result, LoginResult::kWait);
  registry_.clock().advance(std::chrono::seconds(1));
  attempt("ann@example.com", "wrong password");
  EXPECT_EQ(attempt("ann@example.com", kPassword).wait_seconds, 2);
  registry_.clock().advance(std::chrono::seconds(2));
  EXPECT_EQ(attempt("ann@example.com", kPassword).result, LoginResult::kIn);
  EXPECT_EQ(attempt("ann@example.com", "wrong password").result, LoginResult::kRefused);
  EXPECT_EQ(attempt("ann@example.com", kPassword).result, LoginResult::kIn);
}

TEST_F(LoginTest, AddressesThatTryManyAccountsWait) {
  auto wait = [&](const LoginAttempt& tried) {
    return write_value<int64_t>(
               *registry_.store(),
               [&](Session& session) { return begin_attempt(session, tried, registry_->now()); })
        .value();
  };
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(wait({"a" + std::to_string(i), "2001:db8:1:2::" + std::to_string(i)}), 0) << i;
  }
  EXPECT_EQ(wait({"other", "2001:db8:1:2:ffff::1"}), 1) << "the same network";
  EXPECT_EQ(wait({"other", "2001:db8:1:3::1"}), 0);
  EXPECT_EQ(wait({"other2", "10.0.0.1"}), 0);
  // Never longer than a quarter of an hour, and not for ever after the clock was moved.
  for (int i = 0; i < 40; ++i) {
    registry_.clock().advance(std::chrono::seconds(wait({"z", "2001:db8:1:2::1"})));
    EXPECT_LE(wait({"z", "2001:db8:1:2::1"}), 900);
  }
  registry_.clock().advance(-std::chrono::hours(48));
  EXPECT_EQ(wait({"z", "2001:db8:1:2::1"}), 0);
}

TEST_F(LoginTest, NobodyGetsInWithAnAppThatCannotBeOpened) {
  add_ann();
  const std::string secret = add_app();
  const std::string code = totp_code(secret, totp_step(registry_->now()));
  registry_->seal = StoreSeal(codec::SealKey{std::byte{1}}, "/srv/seal.key");
  const std::string why =
      "the code of your app cannot be checked: the text was sealed with another key (the key of "
      "this server is in /srv/seal.key); use a recovery code, or ask an administrator for a new "
      "address (resetMember) and to give the server its former key";
  EXPECT_EQ(attempt("ann@example.com", kPassword).result, LoginResult::kCodeNeeded);
  for (const std::string& typed : {code, std::string("AAAA-BBBB-CCCC-EEEE")}) {
    const Result<LoginOutcome> outcome =
        registry::log_in(*registry_, {"ann@example.com", kPassword, typed}, from());
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().message(), why);
    EXPECT_EQ(last_failure(), R"(user/1 {"reason":")" + why + R"("})");
  }
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM sessions").number(), 1) << "the invitation's";
  EXPECT_EQ(attempt("ann@example.com", kPassword, "AAAA-BBBB-CCCC-DDDD").result, LoginResult::kIn);
  registry_->seal = StoreSeal(codec::SealKey{}, "/srv/seal.key");
  EXPECT_EQ(attempt("ann@example.com", kPassword, code).result, LoginResult::kIn);
}

TEST_F(LoginTest, GuessesAtAnAppThatCannotBeOpenedAreSlowedDown) {
  add_ann();
  add_app();
  registry_->seal = StoreSeal();
  for (int i = 0; i < 8; ++i) {
    EXPECT_FALSE(registry::log_in(*registry_, {"ann@example.com", kPassword, "000000"}, from()));
  }
  EXPECT_EQ(attempt("ann@example.com", kPassword, "AAAA-BBBB-CCCC-DDDD").result,
            LoginResult::kWait);
}

TEST_F(LoginTest, CodesOfTheAppAreAskedForAndTakenOnce) {
  add_ann();
  const std::string secret = add_app();
  EXPECT_EQ(attempt("ann@example.com", kPassword).result, LoginResult::kCodeNeeded);
  EXPECT_EQ(attempt("ann@example.com", "wrong password").result, LoginResult::kRefused);
  EXPECT_EQ(attempt("ann@example.com", kPassword, "000000").result, LoginResult::kRefused);
  const std::string code = totp_code(secret, totp_step(registry_->now()));
  EXPECT_EQ(attempt("ann@example.com", kPassword, code).result, LoginResult::kIn);
  EXPECT_EQ(attempt("ann@example.com", kPassword, code).result, LoginResult::kRefused);
  registry_.clock().advance(-std::chrono::seconds(30));
  EXPECT_EQ(attempt("ann@example.com", kPassword, code).result, LoginResult::kRefused);
  EXPECT_EQ(attempt("ann@example.com", kPassword, "aaaa bbbb-ccccdddd").result, LoginResult::kIn);
  EXPECT_EQ(attempt("ann@example.com", kPassword, "AAAA-BBBB-CCCC-DDDD").result,
            LoginResult::kRefused);
}

TEST_F(LoginTest, SessionsEndAtTheLogout) {
  add_ann();
  const LoginOutcome first = attempt("ann@example.com", kPassword);
  const LoginOutcome second = attempt("ann@example.com", kPassword);
  EXPECT_NE(first.session, second.session);
  EXPECT_TRUE(use_session(first.session));
  ASSERT_TRUE(log_out(*registry_, first.session, from()));
  EXPECT_FALSE(use_session(first.session));
  EXPECT_TRUE(use_session(second.session));
  EXPECT_TRUE(log_out(*registry_, first.session, from())) << "once more";
  EXPECT_FALSE(use_token(second.session)) << "a session is no token";
  EXPECT_EQ(registry_.store().count_with("SELECT sha256 FROM sessions", second.session), 0);
  registry_.clock().advance(std::chrono::hours(24));
  EXPECT_FALSE(use_session(second.session));
}

TEST_F(LoginTest, FirstPersonComesThroughTheSetUp) {
  const Result<std::unique_ptr<registry::Setup>> earlier = registry::Setup::create(*registry_);
  ASSERT_TRUE(earlier);
  const Result<std::unique_ptr<registry::Setup>> setup = registry::Setup::create(*registry_);
  ASSERT_TRUE(setup);
  auto failure = [&](const std::string& code, const FirstPerson& person) {
    const Result<FirstAccess> access = (*setup)->redeem(code, person, from());
    return access ? "" : access.error().message();
  };
  const FirstPerson ann{"Ann", "Ann@example.com", kPassword};
  const std::string gone = "this set-up address was used or is not valid any more";
  EXPECT_EQ(failure("", ann), gone);
  EXPECT_EQ(failure((*earlier)->code(), ann), gone) << "of an earlier start";
  EXPECT_EQ(failure((*setup)->code(), {"Ann", "", kPassword}),
            "a password needs an e-mail address to log in with");
  EXPECT_EQ(failure((*setup)->code(), {"Ann", "a@b.c", "short"}),
            "the password needs at least 10 characters");
  EXPECT_EQ(failure((*setup)->code(), {"", "a@b.c", ""}), "name must not be empty");
  // At any server of the store.
  const Result<FirstAccess> access = (*earlier)->redeem((*setup)->code(), ann, from());
  ASSERT_TRUE(access) << access.error().message();
  EXPECT_TRUE(use_session(access->session));
  EXPECT_TRUE(registry_.caller().rights.allows(kOwnerPermission));
  EXPECT_TRUE(use_token(access->token));
  EXPECT_TRUE(registry_.caller().rights.allows(kOwnerPermission));
  EXPECT_EQ(attempt("ann@example.com", kPassword).result, LoginResult::kIn);
  EXPECT_EQ(failure((*setup)->code(), ann), gone);
  EXPECT_EQ((*registry::Setup::create(*registry_))->code(), "");
  EXPECT_EQ(audited(), "token.create login.ok login.ok");
}

}  // namespace
}  // namespace rhumb::registry
