#include "registry/alerts/alert_worker.h"

#include <fmt/format.h>

#include <algorithm>

#include "registry/alerts/alert_clock.h"

namespace rhumb::registry {
namespace {

constexpr int64_t kHousekeepingNs = int64_t{600} * 1'000'000'000;

ClaimLimits limits_of(const Registry& registry) {
  return {.deliveries_max = 1, .messages_per_minute = registry.alert_settings.messages_per_minute};
}

Result<std::vector<ClaimedDelivery>> claim(Registry& registry,
                                           const std::vector<DueWebhook>& picked) {
  using Claimed = std::vector<ClaimedDelivery>;
  return write_value<Claimed>(registry.store, [&](Session& session) -> Result<Claimed> {
    Claimed out;
    for (const DueWebhook& due : picked) {
      for (ClaimedDelivery& claimed :
           TRY(claim_due(session, due, limits_of(registry), registry.now()))) {
        out.push_back(std::move(claimed));
      }
    }
    return out;
  });
}

Result<std::vector<DueWebhook>> read_due(Registry& registry) {
  return read_value<std::vector<DueWebhook>>(
      registry.store, [&](Session& session) { return find_due(session, registry.now()); });
}

}  // namespace

Result<void> deliver(Registry& registry, AlertSender& sender, const ClaimedDelivery& delivery) {
  const AttemptOutcome outcome = sender.send(delivery);
  const NotedAttempt noted = TRY(write_value<NotedAttempt>(registry.store, [&](Session& session) {
    return note_attempt(registry, session, delivery, outcome);
  }));
  if (noted.disabled) {
    registry.alerts.forget();
  }
  return {};
}

Result<size_t> deliver_due(Registry& registry, AlertSender& sender) {
  size_t sent = 0;
  for (;;) {
    const std::vector<DueWebhook> due = TRY(read_due(registry));
    const std::vector<ClaimedDelivery> claimed = TRY(claim(registry, due));
    if (claimed.empty()) {
      return sent;
    }
    for (const ClaimedDelivery& delivery : claimed) {
      TRY(deliver(registry, sender, delivery));
      ++sent;
    }
  }
}

AlertWorker::AlertWorker(Registry& registry, AlertSender& sender, Options options)
    : registry_(registry),
      sender_(sender),
      options_(std::move(options)),
      thread_([this] { run(); }) {}

AlertWorker::~AlertWorker() {
  stop();
  thread_.join();
  pool_.reset();
}

void AlertWorker::stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  changed_.notify_all();
}

void AlertWorker::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    freed_ = false;
    lock.unlock();
    look_at_the_time();
    const bool took = look();
    lock.lock();
    if (!took) {
      changed_.wait_for(lock, options_.pause, [this] { return stopping_ || freed_; });
    }
  }
}

bool AlertWorker::look() {
  const Result<std::vector<DueWebhook>> due = read_due(registry_);
  if (!due) {
    log("what is due cannot be read", due.error());
    return false;
  }
  const std::vector<DueWebhook> picked = pick(*due);
  if (picked.empty()) {
    return false;
  }
  const Result<std::vector<ClaimedDelivery>> claimed = claim(registry_, picked);
  if (!claimed) {
    log("deliveries cannot be claimed", claimed.error());
    return false;
  }
  if (pool_ == nullptr) {
    pool_ = std::make_unique<http::WorkerPool>(options_.threads, options_.threads);
  }
  for (const ClaimedDelivery& delivery : *claimed) {
    const bool is_failing = delivery.webhook.failing_since.has_value();
    {
      const std::lock_guard lock(mutex_);
      busy_[delivery.webhook.id] = is_failing;
    }
    if (!pool_->submit([this, delivery] { send(delivery); })) {
      const std::lock_guard lock(mutex_);
      busy_.erase(delivery.webhook.id);  // it is due again when the claim ends
    }
  }
  return !claimed->empty();
}

std::vector<DueWebhook> AlertWorker::pick(const std::vector<DueWebhook>& due) {
  const std::lock_guard lock(mutex_);
  size_t all = busy_.size();
  auto failing = static_cast<size_t>(
      std::ranges::count_if(busy_, [](const auto& entry) { return entry.second; }));
  std::vector<DueWebhook> out;
  for (const DueWebhook& webhook : due) {
    const bool fits = all < options_.threads && !busy_.contains(webhook.webhook_id) &&
                      (!webhook.is_failing || failing < options_.failing_max);
    if (fits) {
      out.push_back(webhook);
      ++all;
      failing += webhook.is_failing ? 1 : 0;
    }
  }
  return out;
}

void AlertWorker::send(const ClaimedDelivery& delivery) {
  const Result<void> noted = deliver(registry_, sender_, delivery);
  if (!noted) {
    log(fmt::format("what became of delivery {} cannot be stored", delivery.id), noted.error());
  }
  const std::lock_guard lock(mutex_);
  busy_.erase(delivery.webhook.id);
  freed_ = true;
  changed_.notify_all();
}

void AlertWorker::look_at_the_time() {
  const int64_t now = registry_.now();
  const int64_t left = housekeeping_at_ - now;
  if (left > 0 && left <= kHousekeepingNs) {  // else the clock was moved back
    return;
  }
  housekeeping_at_ = now + kHousekeepingNs;
  const Result<void> told = tell_what_time_brings(registry_);
  if (!told) {
    log("what time brings cannot be told", told.error());
  }
}

void AlertWorker::log(std::string_view what, const Error& error) const {
  if (options_.log) {
    options_.log(fmt::format("alerts: {}: {}", what, error.message()));
  }
}

}  // namespace rhumb::registry
