#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "registry/ingest/database_counts.h"
#include "registry/ingest/projection.h"
#include "registry/store/new_ids.h"
#include "registry/store/sql.h"
#include "registry_api/report.h"

/// Which stored database a report is about.
/// Source: spec registry.md 2.8.
namespace rhumb::registry {

/// What only a row that is to be inserted has.
struct NewDatabase {
  std::string name;
  std::optional<int64_t> duplicate_of;
};

/// What ingest needs of a database row.
struct DatabaseRow {
  int64_t id = 0;
  std::optional<int64_t> place_id;  ///< a row that was merged into this one, and stands for it
  DatabaseStanding standing;
  std::optional<int64_t> last_order;
  std::optional<std::string> current_version;
  bool last_failed = false;
  std::optional<NewDatabase> made;  ///< seen for the first time: insert_database()
};

struct DatabaseSighting {
  int64_t org_id = 0;
  int64_t repo_id = 0;
  int64_t env_id = 0;
  registry_api::DeployedTarget target;  ///< redacted
  bool provisional = false;             ///< the client has not stored this id in the database yet
  std::string atlas_version;
  int64_t received_at = 0;
  bool ephemeral = false;  ///< the environment comes and goes
};

/// What becomes of databases in one transaction.
struct DatabaseChanges {
  explicit DatabaseChanges(Session& session) : ids(session, "databases") {}

  NewIds ids;
  DatabaseCounts counts{};  ///< what is gathered of the figures of their repositories
};

/// Finds the row, or makes one, which the caller inserts. A known id that turns up at another place
/// is the same database when the old place has been silent for a day and nobody said that it is one
/// of its own; else it is a copy, and both rows say so. A place that was merged into another
/// database stands for that one. What the row says of its reports is left to the caller.
Result<DatabaseRow> ensure_database(Session& session,
                                    const DatabaseSighting& sighting,
                                    DatabaseChanges& changes);

/// What a database's row says of its reports.
struct DatabaseFigures {
  bool listed = false;  ///< its report stands in the list
  std::optional<int64_t> last_event_id;
  std::optional<int64_t> last_order;
  bool last_failed = false;
  std::optional<std::string> current_version;
  std::optional<int64_t> last_deployment_at;
  DatabaseProjection projection;
};

/// Inserts a row that ensure_database() made, as Session::insert_later.
Result<void> insert_database(Session& session,
                             const DatabaseSighting& sighting,
                             const DatabaseRow& row,
                             const DatabaseFigures& figures);

/// Asks ahead (Session::ask_ahead) for what ensure_database() is about to read of a database that
/// is known by its id, or with `maybe_new` also of one that is not.
Result<void> ask_for_database(Session& session, const DatabaseSighting& sighting, bool maybe_new);

}  // namespace rhumb::registry
