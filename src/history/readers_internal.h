#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "driver/connection.h"
#include "history/entry.h"
#include "history/locate.h"

/// What each family of tables means. Internal to this folder.
namespace rhumb::history {

using Log = std::vector<HistoryEntry>;

/// Tables that hold versions and little else: golang-migrate, dbmate, alembic, rails, ef.
Result<Log> read_versions(driver::Connection& connection, const Located& located);
/// Tables with a row of facts for each migration: flyway, liquibase, prisma, django.
Result<Log> read_records(driver::Connection& connection, const Located& located);
/// Tables that are added to when a migration is taken back: goose, sqitch.
Result<Log> read_events(driver::Connection& connection, const Located& located);

/// `20240101000000_init` is version `20240101000000`, description `init`. A name that does not
/// begin with digits is all version.
[[nodiscard]] std::pair<std::string, std::string> split_migration_name(std::string_view name);

}  // namespace rhumb::history
