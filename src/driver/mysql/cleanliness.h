#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "driver/connection.h"
#include "driver/mysql/session.h"

namespace rhumb::driver::mysql {

/// Databases that users made, by name; those of the server itself are left out.
Result<std::vector<std::string>> user_databases(Session& session);

/// Why the server (`database` empty) or one database is not clean. Only tables count.
/// Source: spec revisions.md 5.
Result<std::optional<std::string>> find_dirt(Session& session,
                                             const std::string& database,
                                             const CleanRules& rules);

/// As find_dirt for a dev database: nothing is exempt, views, sequences, routines and events count.
Result<std::optional<std::string>> find_dev_dirt(Session& session, const std::string& database);

/// Something in a database that has to be dropped by itself.
struct LeftOver {
  std::string kind{};  ///< `table`, `view`, `sequence`, `procedure`, `function`, `event`
  std::string name{};
};
/// Everything in a database, tables first. Triggers and indexes go with their tables.
Result<std::vector<LeftOver>> left_overs(Session& session, const std::string& database);

}  // namespace rhumb::driver::mysql
