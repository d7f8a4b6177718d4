#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "registry/identity/tokens.h"
#include "registry/store/sql.h"

/// Who is logged in at the pages: rows that can be ended at any time, named by a secret in a
/// cookie. Source: spec registry.md 7.1.
namespace rhumb::registry {

struct NewSession {
  int64_t org_id = 0;
  int64_t user_id = 0;
  std::string ip;
  std::string user_agent;
  int64_t now = 0;
};
/// Stores a session that lasts as long as the organization says. Returns its number.
/// Sessions that are over go at the same time.
Result<int64_t> create_session(Session& session, std::string_view secret, const NewSession& wanted);

/// Whose session it is; nothing for one that is unknown or over at `now`, or whose person is no
/// member any more.
Result<std::optional<TokenOwner>> find_session(Session& session,
                                               std::string_view secret,
                                               int64_t now);

/// Ends one session of a person. Errors: kNotFound `session not found`.
Result<void> end_session(Session& session, int64_t user_id, int64_t session_id);
/// Ends every session of a person, but the one with the number `kept`.
Result<void> end_sessions(Session& session, int64_t user_id, int64_t kept = 0);

}  // namespace rhumb::registry
