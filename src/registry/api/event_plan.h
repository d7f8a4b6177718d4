#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/api/event_condition.h"
#include "registry/api/event_list.h"

/// Where a list of events is looked up. Internal to this folder.
namespace rhumb::registry {

// For rows one by one, however few have it. The comparison with a number keeps PostgreSQL from
// thinking that hardly any has, and reading everything at once.
inline constexpr std::string_view kHasName =
    "CASE WHEN (SELECT d.name FROM databases d WHERE d.id = database_id) LIKE ? ESCAPE '\\' THEN 1 "
    "ELSE 0 END > 0";

/// Where to look: ranges that each are ordered by id, and what every row must also fulfil.
struct Plan {
  std::string_view index;
  std::vector<Condition> ranges;
  Condition rest;
  bool by_day = false;         ///< the one range is several days, each of them ordered by id
  std::vector<int64_t> named;  ///< the databases, if few have the name that is asked for
  std::string pattern;         ///< else what each row's database is compared with

  /// Whether one range is for all databases that have the name.
  [[nodiscard]] bool is_sorted() const;
};

/// By the index that lets a page look at the fewest rows, as the counters tell.
Result<Plan> make_plan(Session& session, DatabaseNames& names, const EventFilter& filter);

}  // namespace rhumb::registry
