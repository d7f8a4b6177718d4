#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "registry/store/sql.h"

/// What keeps somebody from trying passwords: after some failures in a row one has to wait, longer
/// with each, up to a quarter of an hour; by account, and by the address the attempts come from. An
/// hour without attempts forgives all. Accounts that do not exist are treated alike.
namespace rhumb::registry {

struct LoginAttempt {
  std::string account;  ///< as somebody typed it, in lower case
  std::string address;
};

/// What an address belongs to: one who has an IPv6 network has all of its addresses.
[[nodiscard]] std::string network_of(const std::string& address);

/// Counts an attempt before it is made, so that many at once are no way around. The seconds to wait
/// instead, 0 when it may be made.
Result<int64_t> begin_attempt(Session& session, const LoginAttempt& attempt, int64_t now);
/// It was no failure.
Result<void> forgive_attempt(Session& session, const LoginAttempt& attempt);

}  // namespace rhumb::registry
