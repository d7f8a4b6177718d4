#pragma once

#include <string>
#include <string_view>

#include "cli/app.h"

namespace rhumb::cli {

/// `user@host` of this process, as locks and reports name it.
[[nodiscard]] std::string actor_name(const App& app);

/// `<command> <user>@<host>:<pid> since <RFC 3339 UTC, seconds>`: who holds a lock.
/// Source: spec revisions.md 8.1.
[[nodiscard]] std::string lock_holder(const App& app, std::string_view command);

}  // namespace rhumb::cli
