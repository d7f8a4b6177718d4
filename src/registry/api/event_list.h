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
  bool wants_total = true;  ///< else only pages that need it have one
};

struct EventPage {
  std::vector<int64_t> ids;  ///< in the order asked for
  PageFacts facts;
};

/// One page of events, newest first unless asked otherwise.
///
/// Shape: sets count as one event. Fast at any number of events for every mix of repository,
/// environment, statuses, version, trigger, time and database: each is ranges of an index, which
/// are merged as they are read; of several the one is taken that gives fewest events, and the
/// others are looked for in these. Totals come from counters. So it is for a name that few
/// databases have. A name that many have is looked for in what the others give.
Result<EventPage> list_events(Session& session,
                              DatabaseNames& names,
                              const EventFilter& filter,
                              const Page& page);

}  // namespace rhumb::registry
