#include "driver/mysql/dev_snapshot.h"

#include <fmt/format.h>

#include "base/text.h"
#include "driver/mysql/catalog.h"
#include "driver/mysql/cleanliness.h"

namespace rhumb::driver::mysql {
namespace {

// Character set and collation of a database as its DDL writes them.
struct Defaults {
  std::string charset;
  std::string collation;
};

Result<Defaults> read_defaults(Session& session, const std::string& database) {
  const Value params[] = {database};
  const Rows rows = TRY(session.query(
      "SELECT default_character_set_name, default_collation_name FROM information_schema.schemata "
      "WHERE schema_name = ?",
      params));
  if (rows.rows.empty()) {
    return Defaults{};
  }
  return Defaults{.charset = to_text(rows.rows[0][0]), .collation = to_text(rows.rows[0][1])};
}

class DevSnapshot final : public Snapshot {
 public:
  DevSnapshot(Session& session, std::string database, Defaults defaults)
      : session_(session), database_(std::move(database)), defaults_(std::move(defaults)) {}

  Result<void> restore() override {
    if (session_.in_transaction()) {
      TRY(session_.run("ROLLBACK"));
    }
    TRY(session_.reset());
    TRY(session_.run("SET @rhumb_checks = @@foreign_key_checks, foreign_key_checks = 0"));
    Result<void> restored = database_.empty() ? drop_databases() : empty_database();
    TRY(session_.run("SET foreign_key_checks = @rhumb_checks"));
    return restored;
  }

 private:
  Result<void> drop_databases() {
    const std::vector<std::string> databases = TRY(user_databases(session_));
    for (const std::string& database : databases) {
      TRY(session_.run("DROP DATABASE " + quote(database)));
    }
    return {};
  }

  Result<void> empty_database() {
    const Defaults found = TRY(read_defaults(session_, database_));
    const std::string defaults =
        fmt::format(" CHARACTER SET {} COLLATE {}", defaults_.charset, defaults_.collation);
    if (found.charset.empty()) {
      TRY(session_.run("CREATE DATABASE " + quote(database_) + defaults));
    } else if (found.collation != defaults_.collation) {
      TRY(session_.run("ALTER DATABASE " + quote(database_) + defaults));
    }
    TRY(session_.run("USE " + quote(database_)));
    const std::vector<LeftOver> objects = TRY(left_overs(session_, database_));
    for (const LeftOver& object : objects) {
      TRY(session_.run(fmt::format("DROP {} {}.{}", to_upper_ascii(object.kind), quote(database_),
                                   quote(object.name))));
    }
    return {};
  }

  Session& session_;
  std::string database_;
  Defaults defaults_;
};

}  // namespace

Result<std::unique_ptr<Snapshot>> take_snapshot(Session& session, const std::string& database) {
  const std::optional<std::string> dirt = TRY(find_dev_dirt(session, database));
  if (dirt) {
    return Error(ErrorCode::kConflict,
                 fmt::format("sql/migrate: connected database is not clean: {}", *dirt));
  }
  Defaults defaults = TRY(read_defaults(session, database));
  return std::make_unique<DevSnapshot>(session, database, std::move(defaults));
}

}  // namespace rhumb::driver::mysql
