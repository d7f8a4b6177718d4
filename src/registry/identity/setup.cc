#include "registry/identity/setup.h"

#include <fmt/format.h>

#include "codec/hex.h"
#include "registry/identity/tokens.h"
#include "registry/names.h"

namespace rhumb::registry {
namespace {

constexpr std::string_view kCreator = "set-up";

Rights every_right() {
  Rights rights;
  rights.scopes = known_scopes();
  rights.grants = {Grant{"OWNER", {}, {}, {}}};
  return rights;
}

}  // namespace

Result<std::unique_ptr<Setup>> Setup::create(Registry& registry) {
  const Value first = TRY(read_value<Value>(registry.store, [](Session& session) {
    return session.scalar("SELECT id FROM bots WHERE created_by = ? LIMIT 1", {kCreator});
  }));
  return std::unique_ptr<Setup>(new Setup(registry, first.is_null() ? make_secret() : ""));
}

std::string Setup::code() const {
  const std::lock_guard lock(mutex_);
  return code_;
}

bool Setup::is_code(std::string_view code) const {
  const std::lock_guard lock(mutex_);
  return !code_.empty() &&
         codec::equal_constant_time(codec::as_bytes(code), codec::as_bytes(code_));
}

Result<std::string> Setup::redeem(std::string_view code,
                                  const std::string& name,
                                  const Origin& origin) {
  TRY(check_name("name", name));
  if (!is_code(code)) {
    return Error(ErrorCode::kDenied, "this set-up address was used or is not valid any more");
  }
  const std::string secret = "rgp_" + make_secret();
  int64_t now = registry_.now();
  TRY(registry_.store.write([&](Session& session) -> Result<void> {
    const Value org = TRY(session.scalar("SELECT id FROM organizations ORDER BY id LIMIT 1"));
    const Value taken =
        TRY(session.scalar("SELECT id FROM bots WHERE org_id = ? AND (name = ? OR "
                           "created_by = ?)",
                           {org, name, kCreator}));
    if (!taken.is_null()) {
      return Error(ErrorCode::kConflict, fmt::format("\"{}\" is taken", name));
    }
    NewToken token;
    token.org_id = org.number();
    token.bot_id = TRY(create_bot(session, org.number(), name, kCreator, now));
    token.rights = every_right();
    token.created_by = kCreator;
    token.now = now;
    int64_t id = TRY(store_token(session, secret, token));
    AuditEntry entry;
    entry.org_id = org.number();
    entry.time = now;
    entry.origin = origin;
    entry.action = "token.create";
    entry.object = fmt::format("token/{}", id);
    entry.after = codec::format_json(codec::Json::object({{"owner", name}, {"by", kCreator}}));
    return append_audit(session, std::move(entry));
  }));
  const std::lock_guard lock(mutex_);
  code_.clear();
  return secret;
}

}  // namespace rhumb::registry
