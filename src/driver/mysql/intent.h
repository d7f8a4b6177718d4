#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "driver/connection.h"
#include "driver/mysql/catalog.h"

namespace rhumb::driver::mysql {

/// What the row of a run may promise of a statement, and what the catalog shows afterwards.
/// Source: spec revisions.md 3.1.
class IntentJudge {
 public:
  /// `atomic_ddl`: DDL of the server happens as a whole or not at all, crashes included.
  /// `home`: the database that a later run is going to be connected to.
  IntentJudge(Session& session, Catalog& catalog, bool atomic_ddl, std::string home)
      : session_(session), catalog_(catalog), atomic_ddl_(atomic_ddl), home_(std::move(home)) {}

  Result<Intent> classify(std::string_view statement);
  Result<std::string> describe_target(std::string_view statement);
  /// `name` as classify writes it. Errors: kInvalid when it is no such name.
  Result<bool> object_exists(std::string_view kind, std::string_view name);

 private:
  [[nodiscard]] StatementShape read(std::string_view statement) const;
  Result<Intent> classify_ddl(const StatementShape& shape);

  Session& session_;
  Catalog& catalog_;
  bool atomic_ddl_;
  std::string home_;
};

/// Whether a server's DDL is atomic: MySQL from 8.0, MariaDB from 10.6; not TiDB, whose DDL runs
/// elsewhere and may go on after the session is gone.
[[nodiscard]] bool has_atomic_ddl(Engine engine, int64_t version);

}  // namespace rhumb::driver::mysql
