#include "registry/audit/checkpoint_watch.h"

#include <fmt/format.h>

#include <algorithm>

#include "codec/hex.h"
#include "registry/audit/prune.h"

namespace rhumb::registry {
namespace {

constexpr std::chrono::seconds kTick{1};
constexpr std::chrono::seconds kFirstPause{5};
constexpr std::chrono::minutes kLongestPause{5};
constexpr int64_t kSentAtOnce = 100;
constexpr std::chrono::hours kPruneEvery{6};

Result<bool> is_due(Session& session, int64_t now, std::chrono::nanoseconds interval) {
  const AuditHead head = TRY(audit_head(session));
  const std::optional<Row> last =
      TRY(session.find_row("SELECT seq, time FROM audit_checkpoints ORDER BY seq DESC LIMIT 1"));
  return head.seq > 0 && (!last || ((*last)[0].number() < head.seq &&
                                    (*last)[1].number() + interval.count() <= now));
}

Result<int64_t> find_sent(Store& store, CheckpointTarget& target, const Blob& digest) {
  const std::optional<int64_t> known = TRY(target.find_last());
  if (known) {
    const AuditHead head = TRY(read_value<AuditHead>(store, audit_head));
    if (*known > head.seq) {
      return Error(
          ErrorCode::kConflict,
          fmt::format("{} has a checkpoint of entry {}, and the audit log ends at entry {}: "
                      "it was cut short, or put back from a backup",
                      target.name(), *known, head.seq));
    }
    return *known;
  }
  return read_value<int64_t>(store, [&digest](Session& session) -> Result<int64_t> {
    const Value sent =
        TRY(session.scalar("SELECT sent_seq FROM audit_targets WHERE target = ?", {digest}));
    return sent.number();
  });
}

}  // namespace

Result<bool> make_due_checkpoint(Store& store,
                                 const AuditKey& key,
                                 int64_t now,
                                 std::chrono::nanoseconds interval) {
  const bool may_be_due = TRY(
      read_value<bool>(store, [&](Session& session) { return is_due(session, now, interval); }));
  if (!may_be_due) {
    return false;
  }
  return write_value<bool>(store, [&](Session& session) -> Result<bool> {
    if (!TRY(is_due(session, now, interval))) {
      return false;
    }
    const AuditHead head = TRY(audit_head(session));
    const std::string org = TRY(checkpoint_org(session));
    const SignedCheckpoint made =
        TRY(sign_checkpoint(key, {.head = head, .time = now, .org = org}));
    TRY(store_checkpoint(session, made));
    return true;
  });
}

Result<int64_t> send_checkpoints(Store& store,
                                 CheckpointTarget& target,
                                 std::string_view address,
                                 int64_t now) {
  const Blob digest{codec::to_string(codec::sha256(address))};
  int64_t sent = TRY(find_sent(store, target, digest));
  int64_t count = 0;
  while (true) {
    const auto waiting = TRY(read_value<std::vector<SignedCheckpoint>>(
        store, [sent](Session& session) { return list_checkpoints(session, sent, kSentAtOnce); }));
    if (waiting.empty()) {
      return count;
    }
    Result<void> delivered;
    const int64_t before = sent;
    for (const SignedCheckpoint& checkpoint : waiting) {
      delivered = target.send(checkpoint);
      if (!delivered) {
        break;
      }
      sent = checkpoint.checkpoint.head.seq;
      ++count;
    }
    if (sent != before) {
      TRY(store.write([&](Session& session) {
        return session.run(
            "INSERT INTO audit_targets (target, sent_seq, sent_at) VALUES (?, ?, ?) ON CONFLICT "
            "(target) DO UPDATE SET sent_seq = excluded.sent_seq, sent_at = excluded.sent_at",
            {digest, sent, now});
      }));
    }
    TRY(std::move(delivered));
  }
}

Result<std::unique_ptr<CheckpointWatch>> CheckpointWatch::start(
    Registry& registry, const AuditCare& care, std::function<void(const std::string&)> log) {
  const std::optional<AuditKey>& key = registry.audit_key;
  if (!key) {
    return Error(ErrorCode::kInternal, "a registry that has no key yet signs nothing");
  }
  std::unique_ptr<CheckpointWatch> watch(new CheckpointWatch(registry, *key, care, std::move(log)));
  for (const std::string& address : care.checkpoints.targets) {
    Place place;
    place.address = address;
    place.target = TRY(make_target(
        address,
        {.environment = watch->environment_, .clock = registry.clock, .sender = *watch->sender_}));
    watch->places_.push_back(std::move(place));
  }
  if (watch->interval_.count() > 0 || !watch->places_.empty() || watch->keep_days_ > 0) {
    watch->thread_ = std::thread([raw = watch.get()] { raw->run(); });
  }
  return watch;
}

CheckpointWatch::CheckpointWatch(Registry& registry,
                                 const AuditKey& key,
                                 const AuditCare& care,
                                 std::function<void(const std::string&)> log)
    : registry_(registry),
      key_(key),
      interval_(care.checkpoints.interval),
      keep_days_(care.keep_days),
      log_(std::move(log)),
      sender_(make_network_sender(environment_, care.checkpoints.proxy)) {}

CheckpointWatch::~CheckpointWatch() {
  stop_.cancel();
  if (thread_.joinable()) {
    thread_.join();
  }
}

void CheckpointWatch::say(const std::string& line) const {
  if (log_) {
    log_(line);
  }
}

void CheckpointWatch::run() {
  const sys::CancellationToken stop = stop_.token();
  do {
    make_checkpoint();
    for (Place& place : places_) {
      visit(place);
    }
    prune();
  } while (!stop.wait_for(kTick));
}

void CheckpointWatch::make_checkpoint() {
  if (interval_.count() == 0) {
    return;
  }
  const Result<bool> made = make_due_checkpoint(registry_.store, key_, registry_.now(), interval_);
  if (!made && !is_failing_) {
    say("audit checkpoint: " + made.error().message());
  }
  is_failing_ = !made;
}

void CheckpointWatch::prune() {
  const int64_t now = registry_.now();
  if (keep_days_ == 0 || now < prune_at_) {
    return;
  }
  prune_at_ = now + std::chrono::nanoseconds(kPruneEvery).count();
  Origin origin;
  origin.actor.name = "retention";
  const Result<PruneReport> pruned = prune_audit(
      registry_.store, key_,
      {.before = now - keep_days_ * std::chrono::nanoseconds(std::chrono::days(1)).count(),
       .origin = origin,
       .now = now});
  if (!pruned) {
    say("audit retention: " + pruned.error().message());
  }
}

void CheckpointWatch::visit(Place& place) {
  const int64_t now = registry_.now();
  if (now < place.next_at) {
    return;
  }
  const Result<int64_t> sent = send_checkpoints(registry_.store, *place.target, place.address, now);
  if (sent) {
    if (place.pause.count() > 0) {
      say(fmt::format("audit checkpoints: {} takes them again", place.target->name()));
    }
    place.pause = {};
    return;
  }
  if (place.pause.count() == 0) {
    say(fmt::format("audit checkpoints wait: {}", sent.error().message()));
  }
  place.pause = std::clamp<std::chrono::nanoseconds>(place.pause * 2, kFirstPause, kLongestPause);
  place.next_at = now + place.pause.count();
}

}  // namespace rhumb::registry
