#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "http/worker_pool.h"
#include "registry/alerts/alert_sender.h"
#include "registry/alerts/deliveries.h"
#include "registry/registry.h"

namespace rhumb::registry {

/// Sends what is due until it is stopped.
///
/// Shape: one delivery of a webhook at a time, many webhooks at a time. Those that failed last time
/// share few of the threads, so that receivers that do not answer hold up nobody but each other.
/// Several servers on one store share the work; what one had taken and did not finish, another
/// sends after a minute.
class AlertWorker {
 public:
  struct Options {
    size_t threads = 24;
    size_t failing_max = 6;                ///< threads for webhooks that failed last time
    std::chrono::milliseconds pause{500};  ///< between looks into the store
    std::function<void(const std::string&)> log{};
  };

  /// `registry` and `sender` must outlive it.
  AlertWorker(Registry& registry, AlertSender& sender, Options options);
  AlertWorker(const AlertWorker&) = delete;
  AlertWorker& operator=(const AlertWorker&) = delete;
  /// Waits for what is under way.
  ~AlertWorker();

  /// Takes nothing on any more.
  void stop();

 private:
  void run();
  /// Whether anything was taken.
  bool look();
  [[nodiscard]] std::vector<DueWebhook> pick(const std::vector<DueWebhook>& due);
  void send(const ClaimedDelivery& delivery);
  void look_at_the_time();
  void log(std::string_view what, const Error& error) const;

  Registry& registry_;
  AlertSender& sender_;
  Options options_;
  int64_t housekeeping_at_ = 0;             // of the dispatching thread
  std::unique_ptr<http::WorkerPool> pool_;  // likewise; made when there is something to send
  std::mutex mutex_;                        // guards everything below
  std::condition_variable changed_;
  std::map<int64_t, bool> busy_;  // webhooks that are being sent to; whether they were failing
  bool stopping_ = false;
  bool freed_ = false;  // a thread became free
  std::thread thread_;
};

/// Sends one and notes what became of it.
Result<void> deliver(Registry& registry, AlertSender& sender, const ClaimedDelivery& delivery);
/// Sends everything that is due, one after the other, on this thread; how many it were.
Result<size_t> deliver_due(Registry& registry, AlertSender& sender);

}  // namespace rhumb::registry
