#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "registry/ingest/status.h"
#include "registry/store/database_names.h"
#include "registry/store/paging.h"
#include "registry/store/sql.h"

namespace rhumb::registry {

/// What a list of events is narrowed to; empty members narrow nothing.
struct EventFilter {
  int64_t org_id = 0;
  std::optional<int64_t> repo_id;
  std::optional<int64_t> env_id;
  std::optional<int64_t> database_id;  ///< its deployments, those inside sets too
  std::optional<int64_t> set_id;       ///< the entries of a set
  std::vector<EventStatus> statuses;
  std::vector<std::string> kinds;
  std::string name;  ///< part of the database's name
  std::string version;
  std::string trigger_type;
  std::optional<int64_t> from;
  std::optional<int64_t> to;
  bool oldest_first = false;
};

struct EventPage {
  std::vector<int64_t> ids;  ///< in the order asked for
  PageFacts facts;
};

/// One page of events, newest first unless asked otherwise.
///
/// Shape: sets count as one event. Fast at any number of events for every mix of repository,
/// environment, statuses and database: each combination is a range of an index, ranges are merged
/// as they are read, and totals come from counters. So it is for a name that few databases have.
/// Other filters read what they pass over.
Result<EventPage> list_events(Session& session,
                              DatabaseNames& names,
                              const EventFilter& filter,
                              const Page& page);

}  // namespace rhumb::registry
