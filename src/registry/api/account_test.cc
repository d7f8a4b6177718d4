#include <gtest/gtest.h>

#include "registry/api/test_people.h"
#include "registry/identity/app_secrets.h"
#include "registry/identity/login.h"
#include "registry/identity/totp.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr const char* kPassword = "a long secret";
constexpr const char* kSetPassword =
    "mutation s($input: SetPasswordInput!) { setPassword(input: $input) { success } }";
constexpr const char* kUpdate =
    "mutation u($input: UpdateAccountInput!) { updateAccount(input: $input) { name email } }";
constexpr const char* kPropose =
    "mutation p($password: String!) { proposeApp(password: $password) { secret uri } }";
constexpr const char* kConfirm = "mutation c($code: String!) { confirmApp(code: $code) { codes } }";
constexpr const char* kRemove =
    "mutation r($password: String!) { removeApp(password: $password) { success } }";
constexpr const char* kWrong = "FORBIDDEN the password is not the one of your account";

class AccountTest : public PeopleTest {
 protected:
  void SetUp() override {
    ann_ = add_person("ann", "VIEWER");
    set_passwords(kPassword);
    session_ = log_in(ann_);
  }
  static Json change(const std::string& current, const std::string& password) {
    return Json::object({{"current", current}, {"password", password}});
  }
  static Json password(const std::string& text) { return Json::object({{"password", text}}); }
  std::string use_own_token() {
    const std::string secret = data("mutation { createToken(input: {}) { secret } }")
                                   .at("createToken")
                                   .at("secret")
                                   .as_string();
    EXPECT_TRUE(use_token(secret));
    return secret;
  }

  int64_t ann_ = 0;
  std::string session_;
};

TEST_F(AccountTest, ShowsWhatThePersonHas) {
  EXPECT_EQ(text(data("{ account { id name email hasPassword hasApp recoveryCodesLeft sessions { "
                      "lastUsedIP userAgent isCurrent } tokens { id } } }")),
            R"j({"account":{"id":"1","name":"ann","email":"ann@example.com","hasPassword":true,)j"
            R"j("hasApp":false,"recoveryCodesLeft":0,"sessions":[{"lastUsedIP":"10.0.0.1",)j"
            R"j("userAgent":"browser","isCurrent":true}],"tokens":[]}})j");
  use_admin();
  EXPECT_EQ(failure("{ account { id } }"), "FORBIDDEN only a person has an account");
}

TEST_F(AccountTest, PasswordsAreChangedByWhoKnowsThem) {
  const std::string other = log_in(ann_);
  ASSERT_TRUE(use_session(session_));
  EXPECT_EQ(input_failure(kSetPassword, change("another secret", "my new secret")), kWrong);
  EXPECT_EQ(input_failure(kSetPassword, Json::object({{"password", "my new secret"}})), kWrong);
  EXPECT_EQ(input_failure(kSetPassword, change(kPassword, "short")),
            "INVALID the password needs at least 10 characters");
  EXPECT_TRUE(input_failure(kSetPassword, Json::object()).starts_with("INVALID variable"));
  EXPECT_EQ(input_failure(kSetPassword, change(kPassword, "my new secret")), "");
  EXPECT_TRUE(use_session(session_));
  EXPECT_FALSE(use_session(other)) << "whoever else was logged in is out";
  const auto outcome = registry::log_in(*registry_, {"ann@example.com", "my new secret", ""}, {});
  EXPECT_EQ(outcome->result, LoginResult::kIn);
  EXPECT_EQ(
      registry_.scalar("SELECT count(*) FROM audit WHERE after_json LIKE '%secret%'").number(), 0);
}

TEST_F(AccountTest, TokensDoNotChangeWhatGetsOneIn) {
  use_own_token();
  const std::string pages = "FORBIDDEN log in at the pages of the registry";
  EXPECT_EQ(input_failure(kSetPassword, change(kPassword, "my new secret")), pages);
  EXPECT_EQ(failure(kPropose, password(kPassword)), pages);
  EXPECT_EQ(failure(kConfirm, Json::object({{"code", "000000"}})), pages);
  EXPECT_EQ(failure(kRemove, password(kPassword)), pages);
}

TEST_F(AccountTest, FirstPasswordNeedsNone) {
  ASSERT_TRUE(registry_->store.write([](Session& session) {
    return session.run("UPDATE users SET password = NULL, email = NULL");
  }));
  use_own_token();
  EXPECT_EQ(input_failure(kSetPassword, Json::object({{"password", kPassword}})),
            "CONFLICT give the account an e-mail address first");
  add_person("bob", "VIEWER");
  EXPECT_EQ(input_failure(kUpdate, Json::object({{"email", "BOB@example.com"}})),
            "CONFLICT another account has this e-mail address");
  EXPECT_EQ(input_failure(kUpdate, Json::object({{"email", "nobody"}})),
            "INVALID email must be an address such as ann@example.com");
  EXPECT_EQ(text(input(kUpdate, Json::object({{"name", "Ann"}, {"email", "Ann@b.c"}}))),
            R"j({"updateAccount":{"name":"Ann","email":"ann@b.c"}})j");
  EXPECT_EQ(input_failure(kUpdate, Json::object({{"email", "x@b.c"}})),
            "CONFLICT the e-mail address of an account stays");
  EXPECT_EQ(input_failure(kUpdate, Json::object({{"name", ""}})), "INVALID name must not be empty");
  EXPECT_EQ(input_failure(kSetPassword, Json::object({{"password", kPassword}})), "");
  EXPECT_EQ(input_failure(kSetPassword, change(kPassword, "my new secret")),
            "FORBIDDEN log in at the pages of the registry");
}

TEST_F(AccountTest, AppIsSetUpAndTakenAway) {
  EXPECT_EQ(failure(kPropose, password("another secret")), kWrong);
  EXPECT_EQ(failure(kConfirm, Json::object({{"code", "000000"}})),
            "CONFLICT no app waits for its first code");
  const Json proposal = data(kPropose, password(kPassword)).at("proposeApp");
  EXPECT_EQ(proposal.at("uri").as_string(),
            "otpauth://totp/Rhumb:ann@example.com?secret=" + proposal.at("secret").as_string() +
                "&issuer=Rhumb");
  const std::string sealed =
      registry_.scalar("SELECT totp_pending FROM users WHERE id = ?", {ann_}).text();
  const std::string secret = *open_app(registry_->seal, ann_, sealed);
  EXPECT_EQ(sealed.find(secret), std::string::npos);
  EXPECT_EQ(base32_encode(secret), proposal.at("secret").as_string());
  EXPECT_EQ(failure(kConfirm, Json::object({{"code", "000000"}})),
            "INVALID this is not the code of the app; are the clocks right?");
  const std::string code = totp_code(secret, totp_step(registry_->now()));
  const Json codes = data(kConfirm, Json::object({{"code", code}})).at("confirmApp").at("codes");
  EXPECT_EQ(codes.as_array().size(), 10U);
  EXPECT_EQ(
      registry_.store().count_with("SELECT sha256 FROM recovery_codes", codes.at(0).as_string()),
      0);
  EXPECT_EQ(text(data("{ account { hasApp recoveryCodesLeft } }")),
            R"j({"account":{"hasApp":true,"recoveryCodesLeft":10}})j");
  EXPECT_EQ(failure(kPropose, password(kPassword)), "CONFLICT an app is in use; remove it first");
  auto log_in_with = [&](const std::string& typed) {
    return registry::log_in(*registry_, {"ann@example.com", kPassword, typed}, {})->result;
  };
  EXPECT_EQ(log_in_with(code), LoginResult::kRefused) << "it was used to confirm";
  EXPECT_EQ(log_in_with(codes.at(3).as_string()), LoginResult::kIn);
  EXPECT_EQ(failure(kRemove, password("another secret")), kWrong);
  EXPECT_EQ(failure(kRemove, password(kPassword)), "");
  EXPECT_EQ(log_in_with(""), LoginResult::kIn);
  EXPECT_EQ(text(data("{ account { hasApp recoveryCodesLeft } }")),
            R"j({"account":{"hasApp":false,"recoveryCodesLeft":0}})j");
}

TEST_F(AccountTest, GuessedPasswordsCountAsFailedLogins) {
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(failure(kRemove, password("another secret")), kWrong);
  }
  EXPECT_EQ(failure(kRemove, password(kPassword)), "LIMIT too many attempts; wait 1 seconds");
}

TEST_F(AccountTest, SessionsAreEndedByTheirPerson) {
  const std::string other = log_in(ann_);
  const std::string id = registry_.scalar("SELECT max(id) FROM sessions").number() == 2 ? "2" : "?";
  const char* end = "mutation e($id: ID!) { endSession(id: $id) { success } }";
  log_in(add_person("bob", "OWNER"));
  EXPECT_EQ(failure(end, Json::object({{"id", id}})), "NOT_FOUND session not found");
  ASSERT_TRUE(use_session(session_));
  EXPECT_EQ(failure(end, Json::object({{"id", "x"}})), "NOT_FOUND session not found");
  EXPECT_EQ(failure(end, Json::object({{"id", id}})), "");
  EXPECT_FALSE(use_session(other));
  EXPECT_TRUE(use_session(session_));
}

}  // namespace
}  // namespace rhumb::registry
