#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/ingest/versions.h"

/// What the registry concludes from what it was told. Pure: facts in, a status out; the same
/// functions serve a report that arrives and a rebuild of everything.
/// Source: spec registry.md 5.
namespace rhumb::registry {

enum class EventStatus { kPassed, kFailed, kNoAction, kDryRun, kRunning, kAborted };
enum class DatabaseStatus { kSynced, kPending, kFailed };

/// The names on the wire and in the store, never renamed: PASSED, NO_ACTION, ...
[[nodiscard]] std::string_view to_text(EventStatus status);
[[nodiscard]] std::string_view to_text(DatabaseStatus status);
[[nodiscard]] std::optional<EventStatus> parse_event_status(std::string_view text);
[[nodiscard]] std::optional<DatabaseStatus> parse_database_status(std::string_view text);

struct EventFacts {
  bool dry_run = false;
  bool failed = false;         ///< of the run, a file, a statement or a check
  bool ran_files = false;      ///< at least one file is in the report
  bool moved_version = false;  ///< it changes the version recorded for the database
};
[[nodiscard]] EventStatus event_status(const EventFacts& facts);

/// The entries of a set, counted by what they came to.
struct SetFacts {
  bool failed = false;   ///< the set itself carries an error
  bool running = false;  ///< not closed yet
  int64_t planned = 0;
  int64_t passed = 0;
  int64_t no_action = 0;
  int64_t dry_run = 0;
  int64_t dry_run_with_error = 0;  ///< among `dry_run`
  int64_t entries_failed = 0;

  [[nodiscard]] int64_t completed() const { return passed + no_action + dry_run + entries_failed; }
  /// The first number of TARGETS.
  [[nodiscard]] int64_t succeeded() const {
    return passed + no_action + dry_run - dry_run_with_error;
  }
  void add(EventStatus entry, bool with_error);
};
[[nodiscard]] EventStatus set_status(const SetFacts& facts);

/// What a repository says a database should be at.
struct RepoHead {
  bool pushed = false;  ///< a state exists; otherwise only reports are known
  std::string latest;   ///< newest version of the state, or greatest version ever reported
  /// The versions of that state; null when there is none. Shared: one state serves many requests.
  std::shared_ptr<const VersionOrder> versions;
  bool counts_files = true;  ///< each version is a file that a database can be behind by

  [[nodiscard]] const VersionOrder& order() const;
};

struct DatabaseFacts {
  std::string current_version;  ///< "" when none
  bool last_failed = false;
};

struct DatabaseProjection {
  DatabaseStatus status = DatabaseStatus::kSynced;
  bool unknown_version = false;          ///< the state does not hold the current version
  std::optional<int64_t> pending_files;  ///< absent when the state cannot tell
  bool operator==(const DatabaseProjection&) const = default;
};
[[nodiscard]] DatabaseProjection project_database(const DatabaseFacts& facts, const RepoHead& head);

/// When a report takes its place among others of a database: its end, unless that lies more than
/// five minutes ahead of the server's clock; then the arrival. Nanoseconds since 1970.
[[nodiscard]] int64_t order_time(std::optional<int64_t> end_time, int64_t received_at);

}  // namespace rhumb::registry
