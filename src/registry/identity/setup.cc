#include "registry/identity/setup.h"

#include <fmt/format.h>

#include "registry/identity/login.h"
#include "registry/identity/members.h"
#include "registry/identity/passwords.h"
#include "registry/identity/tokens.h"
#include "registry/names.h"

namespace rhumb::registry {
namespace {

// What the first person of a store of earlier releases was made by: as a bot.
constexpr std::string_view kCreator = "set-up";

Result<bool> has_first_person(Session& session) {
  const Value found =
      TRY(session.scalar("SELECT 1 FROM memberships WHERE joined_at IS NOT NULL UNION ALL "
                         "SELECT 1 FROM bots WHERE created_by = ? LIMIT 1",
                         {kCreator}));
  return !found.is_null();
}

Rights every_right() {
  Rights rights;
  rights.scopes = known_scopes();
  rights.grants = {Grant{"OWNER", {}, {}, {}}};
  return rights;
}

/// A hash of 256 random bits: how long comparing takes tells nothing of use.
/// Errors: kDenied for another code.
Result<void> check_code(Session& session, std::string_view code) {
  const Value stored = TRY(session.scalar("SELECT sha256 FROM setup_codes"));
  if (stored.is_null() || stored.text() != secret_hash(code).bytes) {
    return Error(ErrorCode::kDenied, "this set-up address was used or is not valid any more");
  }
  return {};
}

struct Prepared {
  FirstPerson person;
  std::string password_hash;
  FirstAccess access;
};

/// Errors: kInvalid.
Result<Prepared> prepare(FirstPerson person) {
  Prepared out;
  TRY(check_name("name", person.name));
  if (!person.email.empty()) {
    person.email = TRY(read_email(person.email));
  }
  if (!person.password.empty()) {
    if (person.email.empty()) {
      return invalid("a password needs an e-mail address to log in with");
    }
    TRY(check_password(person.password, person.name, person.email));
    out.password_hash = TRY(hash_password(person.password));
    out.access.session = make_secret();
  }
  out.access.token = make_personal_token();
  out.person = std::move(person);
  return out;
}

Result<void> store_token_of(Session& session,
                            const Registry& registry,
                            const Prepared& prepared,
                            const NewMembership& membership,
                            const Origin& origin) {
  NewToken token;
  token.org_id = membership.org_id;
  token.user_id = membership.user_id;
  token.rights = every_right();
  token.created_by = kCreator;
  token.now = registry.now();
  const int64_t id = TRY(store_token(session, prepared.access.token, token));
  AuditEntry entry;
  entry.org_id = token.org_id;
  entry.time = token.now;
  entry.origin = origin;
  entry.action = "token.create";
  entry.object = fmt::format("token/{}", id);
  entry.after =
      codec::format_json(codec::Json::object({{"owner", prepared.person.name}, {"by", kCreator}}));
  return append_audit(session, std::move(entry));
}

Result<void> store_person(Session& session,
                          const Registry& registry,
                          const Prepared& prepared,
                          const Origin& origin) {
  const Value org = TRY(session.scalar("SELECT id FROM organizations ORDER BY id LIMIT 1"));
  NewMembership membership;
  membership.now = registry.now();
  membership.org_id = org.number();
  membership.user_id =
      TRY(create_user(session, {prepared.person.name, prepared.person.email, membership.now}));
  membership.grants = {Grant{"OWNER", {}, {}, {}}};
  membership.created_by = kCreator;
  membership.joined_at = membership.now;
  TRY(create_membership(session, membership));
  TRY(store_token_of(session, registry, prepared, membership, origin));
  if (prepared.password_hash.empty()) {
    return {};
  }
  TRY(session.run("UPDATE users SET password = ?, password_at = ? WHERE id = ?",
                  {prepared.password_hash, membership.now, membership.user_id}));
  return enter(session, registry, membership.user_id, membership.org_id, prepared.access.session,
               origin, kCreator);
}

}  // namespace

Result<std::unique_ptr<Setup>> Setup::create(Registry& registry) {
  const bool is_there = TRY(read_value<bool>(registry.store, has_first_person));
  if (is_there) {
    return std::unique_ptr<Setup>(new Setup(registry, ""));
  }
  std::string code = make_secret();
  TRY(registry.store.write([&](Session& session) -> Result<void> {
    TRY(session.run("DELETE FROM setup_codes"));
    return session.run("INSERT INTO setup_codes (id, sha256, created_at) VALUES (1, ?, ?)",
                       {secret_hash(code), registry.now()});
  }));
  return std::unique_ptr<Setup>(new Setup(registry, std::move(code)));
}

Result<FirstAccess> Setup::redeem(std::string_view code,
                                  const FirstPerson& person,
                                  const Origin& origin) {
  // Before a password is hashed: not everybody may keep us busy.
  TRY(registry_.store.read([&](Session& session) { return check_code(session, code); }));
  const Prepared prepared = TRY(prepare(person));
  TRY(registry_.store.write([&](Session& session) -> Result<void> {
    TRY(check_code(session, code));
    TRY(session.run("DELETE FROM setup_codes"));
    const bool is_there = TRY(has_first_person(session));
    if (is_there) {
      return Error(ErrorCode::kDenied, "the first person is there already");
    }
    return store_person(session, registry_, prepared, origin);
  }));
  return prepared.access;
}

}  // namespace rhumb::registry
