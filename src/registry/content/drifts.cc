#include "registry/content/drifts.h"

#include <fmt/format.h>

#include "base/text.h"
#include "codec/base64.h"
#include "codec/hex.h"
#include "codec/sha256.h"
#include "registry/content/schemas.h"
#include "registry/store/bodies.h"
#include "registry/store/row_page.h"

namespace rhumb::registry {
namespace {

constexpr std::string_view kColumns =
    "f.id, f.database_id, f.version, f.expected_hash, f.actual_hash, f.diff_body, f.source, "
    "f.detected_at, f.resolved_at";

Drift read_drift(const Row& row) {
  Drift drift;
  drift.id = row[0].number();
  drift.database_id = row[1].number();
  drift.version = row[2].find_text();
  drift.expected_hash = row[3].text();
  drift.actual_hash = row[4].text();
  if (!row[5].is_null()) {
    drift.diff = Blob{row[5].text()};
  }
  drift.source = row[6].text();
  drift.detected_at = row[7].number();
  drift.resolved_at = row[8].find_number();
  return drift;
}

/// Whether the finding tells of what is known already. One side may know a hash or a difference
/// that the other does not.
bool is_known(const Drift& open, const DriftFinding& finding, const std::optional<Blob>& diff) {
  const auto agrees = [](const auto& a, const auto& b) { return a.empty() || b.empty() || a == b; };
  const std::string open_diff = open.diff ? open.diff->bytes : "";
  const std::string found_diff = diff ? diff->bytes : "";
  return open.version == finding.version && agrees(open.actual_hash, finding.actual_hash) &&
         agrees(open.expected_hash, finding.expected_hash) && agrees(open_diff, found_diff);
}

Result<void> end_drift(Session& session, const Drift& drift, int64_t now) {
  return session.run("UPDATE drifts SET resolved_at = ? WHERE id = ?", {now, drift.id});
}

/// What the first finding did not know.
Result<void> complete(Session& session,
                      const Drift& open,
                      const DriftFinding& finding,
                      const std::optional<Body>& diff) {
  return session.run(
      "UPDATE drifts SET expected_hash = ?, actual_hash = ?, diff_body = coalesce(diff_body, ?) "
      "WHERE id = ?",
      {open.expected_hash.empty() ? finding.expected_hash : open.expected_hash,
       open.actual_hash.empty() ? finding.actual_hash : open.actual_hash, to_value(diff), open.id});
}

Result<int64_t> open_drift(Session& session,
                           const DriftFinding& finding,
                           const std::optional<Body>& diff,
                           int64_t now) {
  const Value id = TRY(session.scalar(
      "INSERT INTO drifts (org_id, database_id, version, expected_hash, actual_hash, diff_body, "
      "source, event_id, snapshot_id, detected_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "RETURNING id",
      {finding.org_id, finding.database_id, finding.version, finding.expected_hash,
       finding.actual_hash, to_value(diff), finding.source, finding.event_id, finding.snapshot_id,
       now}));
  return id.number();
}

std::string hash_of_hcl(std::string_view hcl) {
  return "h1:" + codec::base64_encode(codec::sha256(hcl));
}

}  // namespace

Result<DriftChange> note_finding(Session& session, const DriftFinding& finding, int64_t now) {
  const std::optional<Row> row = TRY(session.find_row(
      fmt::format("SELECT {} FROM drifts f WHERE f.database_id = ? AND f.resolved_at IS NULL",
                  kColumns),
      {finding.database_id}));
  const std::optional<Drift> open = row ? std::optional(read_drift(*row)) : std::nullopt;
  DriftChange change;
  if (!finding.drifted) {
    if (open) {
      TRY(end_drift(session, *open, now));
      change.ended = open->id;
    }
    return change;
  }
  const std::optional<Body> diff = TRY(make_optional_body("drift.diff", finding.diff));
  TRY(put_body(session, diff));
  if (open) {
    if (is_known(*open, finding, diff ? std::optional(diff->sha256) : std::nullopt)) {
      TRY(complete(session, *open, finding, diff));
      return change;
    }
    TRY(end_drift(session, *open, now));
    change.ended = open->id;
  }
  change.opened = TRY(open_drift(session, finding, diff, now));
  return change;
}

std::optional<bool> parse_drift_status(std::string_view status) {
  const std::string upper = to_upper_ascii(status);
  if (upper.empty() || upper == "UNKNOWN" || upper == "SKIPPED") {
    return std::nullopt;
  }
  return upper != "OK";
}

Result<std::optional<ExpectedState>> find_expected_state(Session& session,
                                                         const Repo& repo,
                                                         const std::string& version) {
  if (version.empty()) {
    return std::optional<ExpectedState>();
  }
  const Result<SchemaState> state =
      read_schema_state(session, repo, {.tag = "", .version = version});
  if (!state) {
    return state.error().code() == ErrorCode::kNotFound
               ? Result<std::optional<ExpectedState>>(std::nullopt)
               : Result<std::optional<ExpectedState>>(state.error());
  }
  return std::optional(ExpectedState{version, state->hash, hash_of_hcl(state->hcl)});
}

Result<DriftPage> list_drifts(Session& session, const DriftFilter& filter, const Page& page) {
  std::string from = "FROM drifts f JOIN databases d ON d.id = f.database_id WHERE f.org_id = ?";
  Params params = {filter.org_id};
  const auto add = [&from, &params](std::string_view condition, const auto& value) {
    if (value) {
      from += fmt::format(" AND {}", condition);
      params.emplace_back(*value);
    }
  };
  add("f.database_id = ?", filter.database_id);
  add("d.repo_id = ?", filter.repo_id);
  add("d.env_id = ?", filter.env_id);
  if (filter.open) {
    from += *filter.open ? " AND f.resolved_at IS NULL" : " AND f.resolved_at IS NOT NULL";
  }
  const RowPage found = TRY(
      read_rows(session, {.columns = kColumns, .from = from, .order = "f.id DESC"}, params, page));
  DriftPage out;
  out.facts = found.facts;
  for (const Row& row : found.rows) {
    out.drifts.push_back(read_drift(row));
  }
  return out;
}

/// A later event that tells of an open drift leaves no row of its own.
Result<std::optional<Drift>> find_drift_of_event(Session& session, int64_t event_id) {
  const std::optional<Row> row = TRY(session.find_row(
      fmt::format("SELECT {} FROM events e JOIN drifts f ON f.database_id = e.database_id WHERE "
                  "e.id = ? AND f.detected_at <= e.received_at AND (f.resolved_at IS NULL OR "
                  "f.resolved_at > e.received_at) ORDER BY f.id DESC LIMIT 1",
                  kColumns),
      {event_id}));
  return row ? std::optional(read_drift(*row)) : std::nullopt;
}

std::string drift_link(const Registry& registry, const Drift& drift) {
  return fmt::format("{}#drift-{}", database_link(registry, drift.database_id), drift.id);
}

}  // namespace rhumb::registry
