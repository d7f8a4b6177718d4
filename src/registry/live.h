#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace rhumb::registry {

/// Something that just became durable, for pages that are open.
struct LiveEvent {
  int64_t org_id = 0;
  int64_t event_id = 0;           ///< the deployment, or the set
  std::optional<int64_t> set_id;  ///< the set it belongs to or is
  int64_t repo_id = 0;
  std::string status;
  std::optional<double> seconds{};  ///< how long a deployment took that was stored here
};

/// Tells every open page what was committed.
///
/// Threads: any.
class LiveHub {
 public:
  /// Called on the publishing thread; must only hand the event on.
  using Listener = std::function<void(const LiveEvent&)>;

  /// Stops listening when it goes.
  class Subscription {
   public:
    Subscription() = default;
    Subscription(LiveHub* hub, int64_t id) : hub_(hub), id_(id) {}
    Subscription(Subscription&& other) noexcept : hub_(other.hub_), id_(other.id_) {
      other.hub_ = nullptr;
    }
    Subscription& operator=(Subscription&& other) noexcept;
    ~Subscription();

   private:
    LiveHub* hub_ = nullptr;  // outlives its subscriptions
    int64_t id_ = 0;
  };

  [[nodiscard]] Subscription subscribe(Listener listener);
  void publish(const LiveEvent& event);
  void publish(const std::vector<LiveEvent>& events);
  [[nodiscard]] size_t listeners() const;

 private:
  void remove(int64_t id);

  mutable std::mutex mutex_;  // guards everything below; held while listeners run
  std::map<int64_t, Listener> listeners_;
  int64_t next_id_ = 1;
};

/// The text of a server-sent event.
[[nodiscard]] std::string format_live_event(const LiveEvent& event);

}  // namespace rhumb::registry
