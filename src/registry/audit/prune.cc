#include "registry/audit/prune.h"

#include <fmt/format.h>

#include <algorithm>

#include "codec/hex.h"
#include "codec/json.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr int64_t kEntriesAtOnce = 20'000;
constexpr int64_t kFirstOrganization = 1;  // whose log tells what is about the whole registry

/// The last entry that is old enough, with everything before it; 0 for none.
Result<int64_t> find_last(Session& session, int64_t before) {
  const Value kept = TRY(session.scalar("SELECT min(seq) FROM audit WHERE time >= ?", {before}));
  return kept.is_null() ? TRY(audit_head(session)).seq : kept.number() - 1;
}

Result<SealedEntry> load_entry(Session& session, int64_t seq) {
  const std::optional<Row> row = TRY(session.find_row(
      fmt::format("SELECT seq, {} FROM audit WHERE seq = ?", sealed_columns()), {seq}));
  if (!row) {
    return Error(ErrorCode::kConflict, fmt::format("audit entry {} is missing", seq));
  }
  return read_sealed(*row);
}

class PruneStep {
 public:
  PruneStep(Session& session, const AuditKey& key, const PruneRequest& request)
      : session_(session), key_(key), request_(request) {}

  /// Takes out some of the entries up to `last`; 0: the first step, which finds out. -> `last`
  Result<int64_t> run(int64_t last, PruneReport& report) {
    const AuditHead base = TRY(audit_base(session_));
    report.base = base;
    const bool is_first = last == 0;
    if (is_first) {
      last = TRY(find_last(session_, std::min(request_.before, request_.now)));
    }
    if (last <= base.seq) {
      return base.seq;
    }
    const SealedEntry end = TRY(load_entry(session_, std::min(last, base.seq + kEntriesAtOnce)));
    if (is_first) {
      TRY(note(base.seq + 1, TRY(load_entry(session_, last))));
    }
    TRY(move_base(end));
    TRY(session_.run("DELETE FROM audit WHERE seq <= ?", {end.entry.seq}));
    report.entries = end.entry.seq - base.seq;
    report.base = AuditHead{end.entry.seq, end.hash};
    return last;
  }

 private:
  Result<void> note(int64_t first, const SealedEntry& last) {
    AuditEntry entry;
    entry.org_id = kFirstOrganization;
    entry.time = request_.now;
    entry.origin = request_.origin;
    entry.action = "audit.prune";
    entry.object = "audit";
    entry.before = codec::format_json(Json::object({{"first", first}, {"last", last.entry.seq}}));
    entry.after = codec::format_json(Json::object(
        {{"checkpoint", fmt::format("{}:{}", last.entry.seq, codec::hex_encode(last.hash))},
         {"before", format_audit_time(request_.before)}}));
    return append_audit(session_, std::move(entry));
  }

  Result<void> move_base(const SealedEntry& end) {
    const std::string org = TRY(checkpoint_org(session_));
    const SignedCheckpoint base = TRY(sign_checkpoint(
        key_, {.head = {end.entry.seq, end.hash}, .time = request_.now, .org = org}));
    TRY(store_checkpoint(session_, base));
    return session_.run(
        "UPDATE audit_checkpoints SET is_base = CASE WHEN seq = ? THEN 1 ELSE 0 END",
        {end.entry.seq});
  }

  Session& session_;
  const AuditKey& key_;
  const PruneRequest& request_;
};

}  // namespace

Result<PruneReport> prune_audit(Store& store, const AuditKey& key, const PruneRequest& request) {
  PruneReport report;
  int64_t last = 0;
  do {
    PruneReport step;
    int64_t found = 0;
    TRY(store.write([&](Session& session) -> Result<void> {
      step = PruneReport{};
      found = TRY(PruneStep(session, key, request).run(last, step));
      return {};
    }));
    last = found;
    report.entries += step.entries;
    report.base = step.base;
  } while (report.base.seq < last);
  return report;
}

}  // namespace rhumb::registry
