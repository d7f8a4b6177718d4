#include "registry/ingest/status.h"

#include <array>
#include <utility>

namespace rhumb::registry {
namespace {

constexpr int64_t kSkewMaxNs = int64_t{5} * 60 * 1'000'000'000;

constexpr std::array<std::pair<EventStatus, std::string_view>, 6> kEventNames = {{
    {EventStatus::kPassed, "PASSED"},
    {EventStatus::kFailed, "FAILED"},
    {EventStatus::kNoAction, "NO_ACTION"},
    {EventStatus::kDryRun, "DRY_RUN"},
    {EventStatus::kRunning, "RUNNING"},
    {EventStatus::kAborted, "ABORTED"},
}};

constexpr std::array<std::pair<DatabaseStatus, std::string_view>, 3> kDatabaseNames = {{
    {DatabaseStatus::kSynced, "SYNCED"},
    {DatabaseStatus::kPending, "PENDING"},
    {DatabaseStatus::kFailed, "FAILED"},
}};

template <typename Names, typename Status>
std::string_view name_of(const Names& names, Status status) {
  for (const auto& entry : names) {
    if (entry.first == status) {
      return entry.second;
    }
  }
  return "";
}

template <typename Status, typename Names>
std::optional<Status> find_status(const Names& names, std::string_view text) {
  for (const auto& entry : names) {
    if (entry.second == text) {
      return entry.first;
    }
  }
  return std::nullopt;
}

/// Where the database stands relative to a pushed state.
DatabaseProjection against_state(std::string_view current, const RepoHead& head) {
  DatabaseProjection out;
  const bool is_latest = current == head.latest;
  if (!is_latest) {
    out.status = DatabaseStatus::kPending;
  }
  const std::optional<size_t> position = head.order().position(current);
  out.unknown_version = !is_latest && !current.empty() && !position.has_value();
  if (!head.counts_files) {
    return out;
  }
  if (is_latest) {
    out.pending_files = 0;
  } else if (current.empty()) {
    out.pending_files = static_cast<int64_t>(head.order().size());
  } else if (position.has_value()) {
    out.pending_files = static_cast<int64_t>(head.order().size() - *position - 1);
  }
  return out;
}
DatabaseProjection against_reports(std::string_view current, const RepoHead& head) {
  DatabaseProjection out;
  if (head.order().compare(current, head.latest) < 0) {
    out.status = DatabaseStatus::kPending;
  }
  return out;
}

}  // namespace

std::string_view to_text(EventStatus status) {
  return name_of(kEventNames, status);
}
std::string_view to_text(DatabaseStatus status) {
  return name_of(kDatabaseNames, status);
}
std::optional<EventStatus> parse_event_status(std::string_view text) {
  return find_status<EventStatus>(kEventNames, text);
}
std::optional<DatabaseStatus> parse_database_status(std::string_view text) {
  return find_status<DatabaseStatus>(kDatabaseNames, text);
}

EventStatus event_status(const EventFacts& facts) {
  if (facts.dry_run) {
    return EventStatus::kDryRun;
  }
  if (facts.failed) {
    return EventStatus::kFailed;
  }
  if (!facts.ran_files && !facts.moved_version) {
    return EventStatus::kNoAction;
  }
  return EventStatus::kPassed;
}

const VersionOrder& RepoHead::order() const {
  static const VersionOrder none;
  return versions == nullptr ? none : *versions;
}

void SetFacts::add(EventStatus entry, bool with_error) {
  switch (entry) {
    case EventStatus::kPassed:
      ++passed;
      break;
    case EventStatus::kNoAction:
      ++no_action;
      break;
    case EventStatus::kDryRun:
      ++dry_run;
      dry_run_with_error += with_error ? 1 : 0;
      break;
    case EventStatus::kFailed:
    case EventStatus::kRunning:
    case EventStatus::kAborted:
      ++entries_failed;
      break;
  }
}

EventStatus set_status(const SetFacts& facts) {
  if (facts.running) {
    return EventStatus::kRunning;
  }
  if (facts.failed || facts.entries_failed > 0 || facts.completed() < facts.planned) {
    return EventStatus::kFailed;
  }
  if (facts.completed() > 0 && facts.dry_run == facts.completed()) {
    return EventStatus::kDryRun;
  }
  return facts.no_action == facts.completed() ? EventStatus::kNoAction : EventStatus::kPassed;
}

DatabaseProjection project_database(const DatabaseFacts& facts, const RepoHead& head) {
  DatabaseProjection out = head.pushed ? against_state(facts.current_version, head)
                                       : against_reports(facts.current_version, head);
  if (facts.last_failed) {
    out.status = DatabaseStatus::kFailed;
  }
  return out;
}

int64_t order_time(std::optional<int64_t> end_time, int64_t received_at) {
  if (!end_time.has_value() || *end_time > received_at + kSkewMaxNs) {
    return received_at;
  }
  return *end_time;
}

}  // namespace rhumb::registry
