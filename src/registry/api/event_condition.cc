#include "registry/api/event_condition.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace rhumb::registry {

void Condition::add(std::string_view more, const Params& values) {
  sql += sql.empty() ? "" : " AND ";
  sql += more;
  params.insert(params.end(), values.begin(), values.end());
}

void add_list(Condition& condition, std::string_view column, const Params& values) {
  if (values.empty()) {
    return;
  }
  std::string list;
  for (size_t i = 0; i < values.size(); ++i) {
    list += list.empty() ? "?" : ", ?";
  }
  condition.add(fmt::format("{} IN ({})", column, list), values);
}

void add_statuses(Condition& condition, const EventFilter& filter) {
  Params statuses;
  for (const EventStatus status : filter.statuses) {
    statuses.emplace_back(to_text(status));
  }
  add_list(condition, "status", statuses);
}

void add_kinds(Condition& condition, const EventFilter& filter) {
  add_list(condition, "kind", Params(filter.kinds.begin(), filter.kinds.end()));
}

void add_owners(Condition& condition, const EventFilter& filter) {
  if (filter.repo_id.has_value()) {
    condition.add("repo_id = ?", {*filter.repo_id});
  }
  if (filter.env_id.has_value()) {
    condition.add("env_id = ?", {*filter.env_id});
  }
}

void add_version(Condition& condition, const EventFilter& filter) {
  if (!filter.version.empty()) {
    condition.add("version = ?", {filter.version});
  }
}

void add_trigger(Condition& condition, const EventFilter& filter) {
  if (!filter.trigger_type.empty()) {
    condition.add("trigger_type = ?", {filter.trigger_type});
  }
}

void add_time(Condition& condition, const EventFilter& filter) {
  if (filter.from.has_value()) {
    condition.add("order_at >= ?", {*filter.from});
  }
  if (filter.to.has_value()) {
    condition.add("order_at < ?", {*filter.to});
  }
}

std::string is_one_of(std::string_view column, const std::vector<int64_t>& ids) {
  return ids.empty() ? "1 = 0" : fmt::format("{} IN ({})", column, fmt::join(ids, ", "));
}

}  // namespace rhumb::registry
