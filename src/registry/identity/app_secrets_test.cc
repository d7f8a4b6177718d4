#include "registry/identity/app_secrets.h"

#include <vector>

#include "registry/api/test_people.h"
#include "registry/identity/second_factor.h"
#include "registry/identity/totp.h"

namespace rhumb::registry {
namespace {

class AppSecretsTest : public PeopleTest {
 protected:
  /// What a release before sealing has stored.
  void store_as_it_is(int64_t user_id, const std::string& column, const std::string& secret) {
    ASSERT_TRUE(registry_->store.write([&](Session& session) {
      return session.run("UPDATE users SET " + column + " = ? WHERE id = ?",
                         {Blob{secret}, user_id});
    }));
  }
  std::string stored(int64_t user_id, const std::string& column = "totp_secret") {
    return registry_.scalar("SELECT " + column + " FROM users WHERE id = ?", {user_id}).text();
  }
  /// What a server says that starts.
  std::string start() {
    std::string said;
    const Result<void> done =
        seal_apps(*registry_, [&said](const std::string& line) { said += line + "\n"; });
    EXPECT_TRUE(done) << (done ? "" : done.error().message());
    return said;
  }
  Result<bool> take(int64_t user_id, const std::string& code) {
    return write_value<bool>(*registry_.store(), [&](Session& session) {
      return take_second_factor(session, *registry_, user_id, code);
    });
  }
  std::string code(const std::string& secret) {
    return totp_code(secret, totp_step(registry_->now()));
  }

  const std::string secret_ = make_totp_secret();
};

TEST_F(AppSecretsTest, AnAppIsSealedForItsPerson) {
  const int64_t ann = add_person("ann", "VIEWER");
  const int64_t bob = add_person("bob", "VIEWER");
  ASSERT_TRUE(registry_->store.write([&](Session& session) -> Result<void> {
    TRY(propose_app(session, *registry_, ann, secret_));
    return confirm_app(session, *registry_, ann,
                       totp_code(secret_, totp_step(registry_->now()) - 1), {});
  }));
  const std::string sealed = stored(ann);
  EXPECT_EQ(sealed.find(secret_), std::string::npos);
  EXPECT_EQ(open_app(registry_->seal, ann, sealed).value_or(""), secret_);
  store_as_it_is(bob, "totp_secret", sealed);
  EXPECT_FALSE(take(bob, code(secret_)));
  EXPECT_TRUE(take(ann, code(secret_)).value_or(false));
}

TEST_F(AppSecretsTest, AStartSealsWhatAnOlderReleaseHasStored) {
  const int64_t ann = add_person("ann", "VIEWER");
  const int64_t bob = add_person("bob", "VIEWER");
  const int64_t cem = add_person("cem", "VIEWER");
  store_as_it_is(ann, "totp_secret", secret_);
  store_as_it_is(bob, "totp_pending", secret_);
  EXPECT_EQ(start(), "the apps of 2 people are sealed now\n");
  EXPECT_EQ(open_app(registry_->seal, ann, stored(ann)).value_or(""), secret_);
  EXPECT_EQ(open_app(registry_->seal, bob, stored(bob, "totp_pending")).value_or(""), secret_);
  EXPECT_EQ(stored(cem), "");
  for (const int64_t id : {ann, bob, cem}) {
    EXPECT_EQ(stored(id).find(secret_), std::string::npos);
    EXPECT_EQ(stored(id, "totp_pending").find(secret_), std::string::npos);
  }
  const std::string sealed = stored(ann);
  EXPECT_EQ(start(), "") << "once is enough";
  EXPECT_EQ(stored(ann), sealed);
  EXPECT_TRUE(take(ann, code(secret_)).value_or(false));
}

TEST_F(AppSecretsTest, ManyPeopleTakeSeveralTransactions) {
  ASSERT_TRUE(registry_->store.write([&](Session& session) -> Result<void> {
    for (int i = 0; i < 1001; ++i) {
      const int64_t id = TRY(create_user(session, {"p" + std::to_string(i), "", registry_->now()}));
      TRY(session.run("UPDATE users SET totp_secret = ? WHERE id = ?", {Blob{secret_}, id}));
    }
    return {};
  }));
  EXPECT_EQ(start(), "the apps of 1001 people are sealed now\n");
  EXPECT_EQ(registry_.store().count_with("SELECT totp_secret FROM users", secret_), 0);
}

TEST_F(AppSecretsTest, WithoutAKeyNothingIsLost) {
  const int64_t ann = add_person("ann", "VIEWER");
  store_as_it_is(ann, "totp_secret", secret_);
  registry_->seal = StoreSeal();
  EXPECT_EQ(start(),
            "the secrets of people's apps are in the store as they are; start the server with "
            "--seal-key-file, and they get sealed\n");
  EXPECT_FALSE(take(ann, "000000").value_or(true));
  EXPECT_TRUE(take(ann, code(secret_)).value_or(false));
  const int64_t bob = add_person("bob", "VIEWER");
  const Result<void> proposed = registry_->store.write(
      [&](Session& session) { return propose_app(session, *registry_, bob, secret_); });
  ASSERT_FALSE(proposed);
  EXPECT_EQ(proposed.error().message(),
            "this server has no key to keep secrets with; start it with --seal-key-file");
}

TEST_F(AppSecretsTest, AStartTellsOfAKeyThatDoesNotFit) {
  const int64_t ann = add_person("ann", "VIEWER");
  const int64_t bob = add_person("bob", "VIEWER");
  store_as_it_is(ann, "totp_secret", secret_);
  start();
  store_as_it_is(bob, "totp_secret", secret_);
  const std::string sealed = stored(ann);
  registry_->seal = StoreSeal(codec::SealKey{std::byte{1}}, "/srv/seal.key");
  EXPECT_EQ(start(),
            "the apps of 1 person are sealed now\n"
            "codes of people's apps cannot be checked: the text was sealed with another key (the "
            "key of this server is in /srv/seal.key); give the server the key they were sealed "
            "with\n");
  EXPECT_EQ(stored(ann), sealed);
  EXPECT_FALSE(take(ann, code(secret_)));
}

}  // namespace
}  // namespace rhumb::registry
