#include "registry/ingest/rebuild.h"

#include <fmt/format.h>

#include <map>

#include "base/text.h"
#include "registry/content/repo_removal.h"
#include "registry/content/repos.h"
#include "registry/ingest/event_periods.h"
#include "registry/ingest/projection.h"
#include "registry/store/store.h"

namespace rhumb::registry {
namespace {

constexpr size_t kDifferencesMax = 100;

/// What is derived, as one text for each row, so that before and after can be compared.
using Snapshot = std::map<std::string, std::string>;

Result<void> add_rows(Session& session,
                      Snapshot& snapshot,
                      std::string_view what,
                      std::string_view sql) {
  return session.for_each(sql, {}, [&](const Row& row) {
    std::vector<std::string> columns;
    for (size_t i = 1; i < row.size(); ++i) {
      const bool is_number = std::holds_alternative<int64_t>(row[i].state());
      columns.push_back(row[i].is_null() ? "-"
                        : is_number      ? std::to_string(row[i].number())
                                         : fmt::format("\"{}\"", row[i].text()));
    }
    snapshot[fmt::format("{} {}", what, row[0].text())] = join(columns, " ");
    return true;
  });
}

Result<Snapshot> take_snapshot(Session& session) {
  Snapshot out;
  TRY(add_rows(session, out, "database",
               "SELECT CAST(id AS TEXT), status, current_version, last_event_id, last_order, "
               "last_failed, last_deployment_at, unknown_version, pending_files, listed_events "
               "FROM databases"));
  TRY(add_rows(session, out, "repository",
               "SELECT CAST(id AS TEXT), reported_version, databases_synced, databases_pending, "
               "databases_failed FROM repos"));
  TRY(add_rows(session, out, "count of",
               "SELECT repo_id || '/' || env_id || '/' || status || '/' || kind, events "
               "FROM event_counts WHERE events <> 0"));
  TRY(add_rows(session, out, "count by time of",
               "SELECT org_id || '/' || hours || '/' || period || '/' || version || '/' || "
               "trigger_type || '/' || repo_id || '/' || env_id || '/' || status || '/' || kind, "
               "events FROM event_periods WHERE events <> 0"));
  return out;
}

/// What the events of a database say: the columns kReplayed of its row. The newest event by the
/// order the databases follow; of equal ones the later arrival.
struct Replayed {
  int64_t event_id = 0;
  int64_t order_at = 0;
  bool failed = false;
  std::string version;
  int64_t deployed_at = 0;
  int64_t listed = 0;

  [[nodiscard]] Row row() const {
    return event_id == 0 ? Row{{}, {}, false, {}, {}, listed}
                         : Row{event_id, order_at, failed, version, deployed_at, listed};
  }
};
constexpr std::string_view kReplayed =
    "last_event_id, last_order, last_failed, current_version, last_deployment_at, listed_events";

/// Which databases are replayed: all, or one.
struct Narrowing {
  std::string_view databases = "1 = 1";
  std::string_view events = "database_id IS NOT NULL";
  Params params{};
};

/// By database; one without events is left out.
Result<std::map<int64_t, Replayed>> replay_events(Session& session, const Narrowing& narrowing) {
  std::map<int64_t, Replayed> out;
  TRY(session.for_each(
      fmt::format("SELECT id, database_id, order_at, status, current_version, "
                  "coalesce(completed_at, received_at), dry_run, set_id IS NULL FROM events WHERE "
                  "{} ORDER BY id",
                  narrowing.events),
      narrowing.params, [&out](const Row& row) {
        Replayed& of = out[row[1].number()];
        of.listed += row[7].flag() ? 1 : 0;
        if (!row[6].flag() && (of.event_id == 0 || row[2].number() >= of.order_at)) {
          of = {row[0].number(), row[2].number(), row[3].text() == "FAILED",
                row[4].text(),   row[5].number(), of.listed};
        }
        return true;
      }));
  return out;
}

/// Changes the rows that say something else; in a sound store these are none.
Result<void> replay(Session& session, const Narrowing& narrowing) {
  const std::map<int64_t, Replayed> replayed = TRY(replay_events(session, narrowing));
  std::map<int64_t, Row> changed;
  TRY(session.for_each(
      fmt::format("SELECT {}, id FROM databases WHERE {}", kReplayed, narrowing.databases),
      narrowing.params, [&](const Row& stored) {
        const int64_t id = stored.back().number();
        const auto found = replayed.find(id);
        Row row = (found == replayed.end() ? Replayed() : found->second).row();
        row.emplace_back(id);
        if (row != stored) {
          changed.emplace(id, std::move(row));
        }
        return true;
      }));
  for (const auto& [id, row] : changed) {
    TRY(session.run_later(
        fmt::format("UPDATE databases SET ({}) = (?, ?, ?, ?, ?, ?) WHERE id = ?", kReplayed),
        row));
  }
  return {};
}

Result<void> replay_databases(Session& session, RebuildReport& report) {
  TRY(replay(session, {}));
  const Value count = TRY(session.scalar("SELECT count(*) FROM databases"));
  report.databases = count.number();
  return {};
}

Result<void> count_events(Session& session, RebuildReport& report) {
  TRY(session.run("DELETE FROM event_counts"));
  TRY(session.run(
      "INSERT INTO event_counts (org_id, repo_id, env_id, status, kind, events) "
      "SELECT org_id, repo_id, env_id, status, kind, count(*) FROM events WHERE set_id IS NULL "
      "GROUP BY org_id, repo_id, env_id, status, kind"));
  TRY(recount_periods(session));
  const Value count = TRY(session.scalar("SELECT count(*) FROM events"));
  report.events = count.number();
  return {};
}

/// The greatest version that was ever reported to pass, but in environments that come and go.
Result<std::string> greatest_reported(Session& session, const Repo& repo) {
  std::string greatest;
  if (repo.hidden) {
    return greatest;
  }
  TRY(session.for_each(
      "SELECT DISTINCT e.to_version FROM databases d JOIN environments n ON n.id = d.env_id JOIN "
      "events e ON e.database_id = d.id WHERE d.repo_id = ? AND n.ephemeral_hours IS NULL AND "
      "e.status = 'PASSED' AND e.to_version <> ''",
      {repo.id}, [&greatest](const Row& row) {
        if (VersionOrder().compare(row[0].text(), greatest) > 0) {
          greatest = row[0].text();
        }
        return true;
      }));
  return greatest;
}

Result<void> measure(Session& session, StateOrders& orders, Repo repo) {
  repo.reported_version = TRY(greatest_reported(session, repo));
  TRY(session.run("UPDATE repos SET reported_version = ? WHERE id = ?",
                  {repo.reported_version, repo.id}));
  const RepoHead head = TRY(load_head(session, orders, repo));
  return project_repo(session, head, repo.id);
}

Result<void> measure_repositories(Session& session, RebuildReport& report) {
  StateOrders orders;
  const Rows rows = TRY(session.query(fmt::format("SELECT {} FROM repos r WHERE r.org_id <> 0", kRepoColumns)));
  for (const Row& row : rows) {
    TRY(measure(session, orders, read_repo(row)));
    ++report.repositories;
  }
  return {};
}

void compare(const Snapshot& before, const Snapshot& after, RebuildReport& report) {
  auto differs = [&report](const std::string& key, std::string_view is, std::string_view was) {
    ++report.difference_count;
    if (report.differences.size() < kDifferencesMax) {
      report.differences.push_back(fmt::format("{}: is {}, was {}", key, is, was));
    }
  };
  for (const auto& [key, value] : after) {
    auto old = before.find(key);
    if (old == before.end() || old->second != value) {
      differs(key, value, old == before.end() ? "missing" : old->second);
    }
  }
  for (const auto& [key, value] : before) {
    if (!after.contains(key)) {
      differs(key, "gone", value);
    }
  }
}

}  // namespace

Result<RebuildReport> rebuild_projections(Session& session) {
  RebuildReport report;
  const Snapshot before = TRY(take_snapshot(session));
  TRY(replay_databases(session, report));
  TRY(count_events(session, report));
  TRY(measure_repositories(session, report));
  const Snapshot after = TRY(take_snapshot(session));
  compare(before, after, report);
  return report;
}

Result<void> replay_database(Session& session, int64_t database_id) {
  return replay(session, {"id = ?", "database_id = ?", {database_id}});
}

Result<void> measure_repository(Session& session, int64_t org_id, int64_t repo_id) {
  StateOrders orders;
  Repo repo = TRY(load_repo(session, org_id, repo_id));
  return measure(session, orders, std::move(repo));
}

Result<RebuildReport> rebuild_registry(const StoreAddress& address) {
  const std::unique_ptr<Store> store = TRY(open_store(address, StoreOpening::kExisting));
  TRY(finish_removals(*store));
  return write_value<RebuildReport>(*store,
                                    [](Session& session) { return rebuild_projections(session); });
}

}  // namespace rhumb::registry
