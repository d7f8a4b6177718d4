#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "registry/content/repos.h"
#include "registry/registry.h"
#include "registry/store/paging.h"

/// Drift: a database that is not what its version makes of it.
///
/// A drift is open from the first report or snapshot that tells of it until one tells that the
/// database is as it should be again, that it differs in another way, or that a schema was applied
/// to it as a whole. What is not known is no drift and ends none.
/// Source: spec registry.md 10.
namespace rhumb::registry {

/// A drift as stored. Times are nanoseconds since 1970.
struct Drift {
  int64_t id = 0;
  int64_t database_id = 0;
  std::optional<std::string> version;
  std::string expected_hash;  ///< empty when it is not known
  std::string actual_hash;    ///< likewise
  std::optional<Blob> diff;   ///< body: what the client found, as it wrote it
  std::string source;         ///< `report` or `snapshot`
  int64_t detected_at = 0;
  std::optional<int64_t> resolved_at;
};

/// What somebody who looked at a database found.
struct DriftFinding {
  int64_t org_id = 0;
  int64_t database_id = 0;
  std::optional<std::string> version;  ///< that the database was expected to be at
  bool drifted = false;
  std::string expected_hash = {};
  std::string actual_hash = {};
  std::string diff = {};  ///< redacted
  std::string source = {};
  std::optional<int64_t> event_id = {};
  std::optional<int64_t> snapshot_id = {};
};
/// What a finding changed: the drift that it opened and the one that it ended; 0: none.
struct DriftChange {
  int64_t opened = 0;
  int64_t ended = 0;
};
/// Opens, keeps or ends the drift of a database. Must run in the transaction of what tells of it.
Result<DriftChange> note_finding(Session& session, const DriftFinding& finding, int64_t now);

/// What the status of a drift in a report means: false for `OK`, nothing for `UNKNOWN` and
/// `SKIPPED`, where nothing was compared, true for any other (`DRIFTED`). Case does not matter.
[[nodiscard]] std::optional<bool> parse_drift_status(std::string_view status);

/// What the schema of a database at a version should be, and what a client would call it.
struct ExpectedState {
  std::string version;
  std::string hash;
  std::string hcl_hash;  ///< the older form that agents send: of the HCL text
};
/// Nothing when no push told what the version gives.
Result<std::optional<ExpectedState>> find_expected_state(Session& session,
                                                         const Repo& repo,
                                                         const std::string& version);

struct DriftFilter {
  int64_t org_id = 0;
  std::optional<int64_t> database_id;
  std::optional<int64_t> repo_id;
  std::optional<int64_t> env_id;
  std::optional<bool> open;
};
struct DriftPage {
  std::vector<Drift> drifts;  ///< newest first
  PageFacts facts;
};
Result<DriftPage> list_drifts(Session& session, const DriftFilter& filter, const Page& page);

/// The drift that an event told of; nothing when it told of none.
Result<std::optional<Drift>> find_drift_of_event(Session& session, int64_t event_id);

[[nodiscard]] std::string drift_link(const Registry& registry, const Drift& drift);

}  // namespace rhumb::registry
