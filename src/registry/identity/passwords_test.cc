#include "registry/identity/passwords.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace rhumb::registry {
namespace {

TEST(Passwords, AreKeptAsArgon2id) {
  const Result<std::string> hash = hash_password("a long secret");
  ASSERT_TRUE(hash);
  EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << *hash;
  EXPECT_NE(*hash, hash_password("a long secret").value());
  EXPECT_TRUE(is_password(*hash, "a long secret").value());
  EXPECT_FALSE(is_password(*hash, "a long secreT").value());
  EXPECT_FALSE(is_password(*hash, "").value());
  EXPECT_FALSE(is_password(*hash, std::string(kPasswordMax + 1, 'x')).value());
  EXPECT_FALSE(is_password(unknown_password_hash(), "a long secret").value());
  for (const char* broken : {"", "x", "$argon2id$v=19$m=19456,t=2,p=1$"}) {
    EXPECT_FALSE(is_password(broken, "").value()) << broken;
    EXPECT_FALSE(is_password(broken, "x").value()) << broken;
  }
}

TEST(Passwords, AreChecked) {
  struct Case {
    std::string password;
    const char* want;
  };
  const std::string known = "the password is among the first that somebody would try";
  const Case cases[] = {
      {"long enough", ""},
      {"ten chars!", ""},
      {"zehn größe", ""},
      {"nine char", "the password needs at least 10 characters"},
      {"größegröß", "the password needs at least 10 characters"},
      {"", "the password needs at least 10 characters"},
      {std::string(1024, 'x') + "y", "the password must not be longer than 1024 bytes"},
      {std::string("with\0a nul byte", 15), "the password must be text"},
      {"\xff\xfe not a text", "the password must be text"},
      {"aaaaaaaaaaaa", known.c_str()},
      {"PASSWORD123", known.c_str()},
      {"Ann Example", known.c_str()},
      {"ann@Example.com", known.c_str()}};
  for (const Case& c : cases) {
    const Result<void> checked = check_password(c.password, "ann example", "ann@example.com");
    EXPECT_EQ(checked ? "" : checked.error().message(), c.want) << c.password;
  }
}

TEST(Passwords, OnlySoManyWait) {
  std::atomic<int> done = 0;
  std::atomic<int> busy = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 60; ++i) {
    threads.emplace_back([&] {
      const Result<std::string> hash = hash_password("a long secret");
      ++(hash ? done : busy);
      if (!hash) {
        EXPECT_EQ(hash.error().code(), ErrorCode::kBusy);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(done + busy, 60);
  EXPECT_GE(done, 30);
}

}  // namespace
}  // namespace rhumb::registry
