#pragma once

#include "base/result.h"
#include "driver/postgres/parameters.h"
#include "driver/postgres/session.h"

namespace rhumb::driver::postgres {

/// Makes sure that `session` keeps what it holds until it ends: that no pooler in transaction mode
/// stands in between, and that the server does not end it for being idle.
///
/// Errors: kUnsupported `connection pooler in transaction mode: use a direct connection or
/// --lock-mode lease`.
/// Source: spec revisions.md 8.1.
[[nodiscard]] Result<void> prepare_lock_session(Session& session, const Parameters& parameters);

}  // namespace rhumb::driver::postgres
