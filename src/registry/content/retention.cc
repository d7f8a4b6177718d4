#include "registry/content/retention.h"

#include <fmt/format.h>

#include <map>
#include <vector>

#include "base/text.h"
#include "registry/audit/redact_value.h"
#include "registry/store/bodies.h"

namespace rhumb::registry {
namespace {

constexpr int64_t kDayNs = int64_t{24} * 3600 * 1'000'000'000;
constexpr int64_t kPage = 2000;  // events looked at in one reading
constexpr size_t kSlice = 200;   // events changed in one transaction

/// Instants before which nothing is kept, by repository.
using Limits = std::map<int64_t, int64_t>;

Result<Limits> find_limits(Store& store, int64_t now) {
  return read_value<Limits>(store, [now](Session& session) -> Result<Limits> {
    Limits limits;
    TRY(session.for_each(
        "SELECT r.id, coalesce(r.retention_days, o.retention_days) FROM repos r JOIN organizations "
        "o ON o.id = r.org_id WHERE coalesce(r.retention_days, o.retention_days) IS NOT NULL",
        {}, [&limits, now](const Row& row) {
          limits.emplace(row[0].number(), now - row[1].number() * kDayNs);
          return true;
        }));
    return limits;
  });
}

/// A part of the history, oldest first.
struct Stretch {
  std::vector<int64_t> expired;  ///< deployments that still have a log or a file
  int64_t last = 0;              ///< the last one that was looked at
  bool is_end = false;           ///< nothing behind it is old enough
};

Result<Stretch> read_stretch(Session& session,
                             int64_t after,
                             const Limits& limits,
                             const Blob& expired_text) {
  Stretch out;
  int64_t newest_limit = 0;
  for (const auto& [repo_id, limit] : limits) {
    newest_limit = std::max(newest_limit, limit);
  }
  const Rows rows = TRY(session.query(
      "SELECT e.id, e.repo_id, e.received_at, e.log_body IS NOT NULL OR EXISTS (SELECT 1 FROM "
      "event_files f WHERE f.event_id = e.id AND f.body <> ?) FROM events e WHERE e.id > ? ORDER "
      "BY "
      "e.id LIMIT ?",
      {expired_text, after, kPage}));
  for (const Row& row : rows) {
    out.last = row[0].number();
    const auto limit = limits.find(row[1].number());
    if (limit != limits.end() && row[2].number() < limit->second && row[3].flag()) {
      out.expired.push_back(out.last);
    }
    out.is_end = row[2].number() >= newest_limit;
  }
  out.is_end = out.is_end || rows.size() < static_cast<size_t>(kPage);
  return out;
}

Result<void> expire(Session& session, const std::vector<int64_t>& events, const Body& text) {
  TRY(put_body(session, text));
  for (const int64_t event : events) {
    TRY(session.run("UPDATE events SET log_body = NULL WHERE id = ?", {event}));
    TRY(session.run("UPDATE event_files SET body = ? WHERE event_id = ?", {text.sha256, event}));
  }
  return {};
}

Result<void> expire_all(Store& store, const std::vector<int64_t>& events, const Body& text) {
  for (size_t start = 0; start < events.size(); start += kSlice) {
    const auto first = events.begin() + static_cast<std::ptrdiff_t>(start);
    const size_t count = std::min(kSlice, events.size() - start);
    const std::vector<int64_t> slice(first, first + static_cast<std::ptrdiff_t>(count));
    TRY(store.write([&](Session& session) { return expire(session, slice, text); }));
  }
  return {};
}

/// `SELECT body FROM dir_files WHERE ... UNION ...`: every column that refers to a body.
std::string referred_bodies() {
  std::string out;
  for (const RedactedTable& table : redacted_tables()) {
    for (const std::string_view column : split(table.bodies, ' ')) {
      if (!column.empty()) {
        out += fmt::format("{}SELECT {} FROM {} WHERE {} IS NOT NULL", out.empty() ? "" : " UNION ",
                           column, table.name, column);
      }
    }
  }
  return out;
}

}  // namespace

Result<RetentionReport> apply_retention(Store& store,
                                        int64_t now,
                                        const sys::CancellationToken& stop) {
  const Body text = make_body(kExpiredText);
  const Limits limits = TRY(find_limits(store, now));
  RetentionReport report;
  Stretch stretch;
  stretch.is_end = limits.empty();
  while (!stretch.is_end && !stop.is_cancelled()) {
    const int64_t after = stretch.last;
    stretch = TRY(read_value<Stretch>(store, [&](Session& session) {
      return read_stretch(session, after, limits, text.sha256);
    }));
    TRY(expire_all(store, stretch.expired, text));
    report.events += static_cast<int64_t>(stretch.expired.size());
  }
  return report;
}

Result<VacuumReport> vacuum_bodies(Session& session) {
  const std::string referred = referred_bodies();
  const Value unused = TRY(session.scalar(
      fmt::format("SELECT count(*) FROM bodies WHERE sha256 NOT IN ({})", referred)));
  TRY(session.run(fmt::format("DELETE FROM bodies WHERE sha256 NOT IN ({})", referred)));
  return VacuumReport{unused.number()};
}

Result<VacuumReport> vacuum_registry(const StoreAddress& address) {
  const std::unique_ptr<Store> store = TRY(open_store(address, StoreOpening::kExisting));
  return write_value<VacuumReport>(*store, [](Session& session) { return vacuum_bodies(session); });
}

}  // namespace rhumb::registry
