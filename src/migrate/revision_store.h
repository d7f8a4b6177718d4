#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "driver/connection.h"
#include "migrate/revision.h"

namespace rhumb::migrate {

/// The revisions table of one database, reached through the connection that runs the migrations,
/// so that a row and the statements it speaks of share a transaction.
///
/// Shape: revisions come in byte order of their version; the identity row is never among them.
/// Errors: kDatabase with the prefixes of spec revisions.md 7: `sql/migrate: read revisions: ...`,
/// `sql/migrate: read revision: ...`, `sql/migrate: write revision: ...`.
class RevisionStore {
 public:
  RevisionStore() = default;
  RevisionStore(const RevisionStore&) = delete;
  RevisionStore& operator=(const RevisionStore&) = delete;
  virtual ~RevisionStore() = default;

  /// The schema the table lives in (`main` on SQLite).
  [[nodiscard]] virtual const std::string& schema() const = 0;
  virtual Result<bool> exists() = 0;
  /// Creates the table, or adds the columns it lacks; unknown columns stay.
  /// Errors: `sql/schema: create "atlas_schema_revisions" table: <driver error>`.
  virtual Result<void> ensure_table() = 0;
  /// Whether the table is there with every column: ensure_table() would change nothing.
  virtual Result<bool> is_complete() = 0;

  /// Every revision; none when there is no table. Missing columns read as empty.
  virtual Result<std::vector<Revision>> read_all() = 0;
  /// The last revision's version, empty when there is none. Reads no other column.
  virtual Result<std::string> last_version() = 0;
  virtual Result<std::optional<Revision>> find(std::string_view version) = 0;
  /// Inserts the row of a version that has none. Errors: kDatabase also when it has one by now.
  virtual Result<void> insert(const Revision& revision) = 0;
  /// Inserts, or updates every column but version, description and executed_at.
  virtual Result<void> write(const Revision& revision) = 0;
  virtual Result<void> remove(std::string_view version) = 0;

  /// The id that names this database to a registry, if it has one.
  virtual Result<std::optional<std::string>> find_identity() = 0;
  /// The id, stored first as `candidate` when there is none.
  /// Errors: `upsert revision-table id: ...`, `read revision-table id: ...`.
  virtual Result<std::string> ensure_identity(std::string_view candidate,
                                              const StoredTime& now,
                                              std::string_view operator_version) = 0;
};

/// The schema a connection's revisions table lives in: that of the flag, else the schema it is
/// bound to, else `atlas_schema_revisions`.
[[nodiscard]] std::string choose_revisions_schema(const driver::ConnectionInfo& info,
                                                  std::string_view revisions_schema);

/// The store for a connection. `revisions_schema` is that of the flag.
///
/// Errors: `cannot store revisions-table in a separate schema ("x") with SQLite driver`.
/// Lifetime: refers to `connection`.
[[nodiscard]] Result<std::unique_ptr<RevisionStore>> open_revision_store(
    driver::Connection& connection, std::string_view revisions_schema);

/// As open_revision_store for commands that only read: an unusable schema name has no table.
[[nodiscard]] Result<std::unique_ptr<RevisionStore>> open_revision_reader(
    driver::Connection& connection, std::string_view revisions_schema);

/// Whether the user has to say which revisions table is meant: the bound schema has none, but
/// schema `atlas_schema_revisions` does, and no `--revisions-schema` was given.
[[nodiscard]] Result<bool> has_ambiguous_revisions(driver::Connection& connection,
                                                   std::string_view revisions_schema);
/// The error of a command that stops there. Printed as it is on standard output, without `Error: `.
[[nodiscard]] Error ambiguous_revisions_error();
[[nodiscard]] bool is_ambiguous_revisions(const Error& error);
/// The text that explains the choice, with its final newline. Source: spec cli-migrate.md 2.10.
[[nodiscard]] std::string_view ambiguous_revisions_text();

}  // namespace rhumb::migrate
