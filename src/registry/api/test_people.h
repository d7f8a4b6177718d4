#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "registry/api/test_api.h"
#include "registry/identity/members.h"
#include "registry/identity/passwords.h"
#include "registry/identity/sessions.h"

namespace rhumb::registry {

/// The API with people in it; for tests only.
class PeopleTest : public ApiTest {
 protected:
  /// Somebody who has joined, with a password that nobody knows.
  int64_t add_person(const std::string& name, std::vector<Grant> grants, int64_t org = 1) {
    const Result<int64_t> id =
        write_value<int64_t>(*registry_.store(), [&](Session& session) -> Result<int64_t> {
          const int64_t now = registry_->now();
          const int64_t user = TRY(create_user(session, {name, name + "@example.com", now}));
          TRY(session.run("UPDATE users SET password = 'x' WHERE id = ?", {user}));
          NewMembership membership;
          membership.org_id = org;
          membership.user_id = user;
          membership.grants = grants;
          membership.created_by = "test";
          membership.joined_at = now;
          membership.now = now;
          TRY(create_membership(session, membership));
          return user;
        });
    EXPECT_TRUE(id) << (id ? "" : id.error().message());
    return id ? *id : 0;
  }
  int64_t add_person(const std::string& name, const std::string& role) {
    return add_person(name, {Grant{role, {}, {}, {}}});
  }
  /// From now on it is the password of everybody there is.
  void set_passwords(const std::string& password) {
    const std::string hash = hash_password(password).value();
    EXPECT_TRUE(registry_->store.write(
        [&](Session& session) { return session.run("UPDATE users SET password = ?", {hash}); }));
  }
  /// Makes the owner of a token or a session the caller; false when there is none.
  bool enter(const Result<std::shared_ptr<const TokenOwner>>& found) {
    if (!found || *found == nullptr) {
      return false;
    }
    const TokenOwner& owner = **found;
    Caller& caller = registry_.caller();
    caller.origin.actor = owner.actor();
    caller.origin.token_prefix = owner.prefix;
    caller.org_id = owner.org_id;
    caller.rights = owner.rights;
    caller.expires_at = owner.expires_at;
    caller.bot_id = owner.bot_id;
    caller.user_id = owner.user_id;
    caller.session_id = owner.session_id;
    return true;
  }
  bool use_token(const std::string& secret) {
    return enter(registry_->tokens.find(secret, registry_->now()));
  }
  bool use_session(const std::string& secret) {
    return enter(registry_->tokens.find_by_session(secret, registry_->now()));
  }
  /// `object reason` of the last failed login.
  std::string last_failure() {
    return registry_
        .scalar(
            "SELECT object || ' ' || after_json FROM audit WHERE action = 'login.fail' ORDER BY "
            "seq DESC LIMIT 1")
        .text();
  }
  /// From now on the caller is that person, logged in at the pages. Returns the session's secret.
  std::string log_in(int64_t user_id) {
    std::string secret = make_secret();
    EXPECT_TRUE(registry_->store.write([&](Session& session) -> Result<void> {
      TRY(create_session(session, secret, {1, user_id, "10.0.0.1", "browser", registry_->now()}));
      return {};
    }));
    EXPECT_TRUE(use_session(secret));
    return secret;
  }
  /// From now on the caller is the bot `admin` again.
  void use_admin() { EXPECT_TRUE(use_token(std::string(kTestToken))); }
};

}  // namespace rhumb::registry
