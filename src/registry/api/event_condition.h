#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "registry/api/event_list.h"

/// Conditions of the statements behind a list of events. Internal to this folder.
namespace rhumb::registry {

/// The day of an event since 1970, as the index events_day has it.
inline constexpr std::string_view kDayOf = "order_at / 86400000000000";

/// A condition with its parameters.
struct Condition {
  std::string sql;
  Params params;

  /// Narrows it; an empty one narrows nothing.
  void add(std::string_view more, const Params& values = {});
  void add(const Condition& more) { more.sql.empty() ? void() : add(more.sql, more.params); }
};

void add_list(Condition& condition, std::string_view column, const Params& values);
void add_statuses(Condition& condition, const EventFilter& filter);
void add_kinds(Condition& condition, const EventFilter& filter);
/// Of the repository and the environment.
void add_owners(Condition& condition, const EventFilter& filter);
void add_version(Condition& condition, const EventFilter& filter);
void add_trigger(Condition& condition, const EventFilter& filter);
void add_time(Condition& condition, const EventFilter& filter);
[[nodiscard]] std::string is_one_of(std::string_view column, const std::vector<int64_t>& ids);

}  // namespace rhumb::registry
