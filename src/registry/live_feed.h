#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "http/message.h"
#include "registry/live.h"

namespace rhumb::registry {

/// Carries live events to open pages as server-sent events, with a comment now and then so that
/// proxies keep the connection and dead ones are noticed.
///
/// Shape: what happens while pages are written to goes to each of them at once afterwards; when
/// that is more than kEventsMax, as one event `many`: more has changed than is told, look anew.
/// Threads: any; pages are written to by a thread of its own, which rests longer than it writes, so
/// that whoever publishes waits for no page and many pages leave the processors to others.
class LiveFeed {
 public:
  static constexpr size_t kEventsMax = 64;

  /// Readers beyond `readers_max` are turned away.
  LiveFeed(LiveHub& hub, size_t readers_max);
  LiveFeed(const LiveFeed&) = delete;
  LiveFeed& operator=(const LiveFeed&) = delete;
  ~LiveFeed();

  /// False when it is full; whoever has left meanwhile is missed soon after.
  [[nodiscard]] bool has_room();
  /// Follows the events of an organization, or of one set of it.
  void add(std::shared_ptr<http::ResponseStream> stream,
           int64_t org_id,
           std::optional<int64_t> set_id);

 private:
  struct Reader {
    std::shared_ptr<http::ResponseStream> stream;  // shared with the server, see ResponseStream
    int64_t org_id = 0;
    std::optional<int64_t> set_id;
  };
  void take(const LiveEvent& event);
  void run();
  void tell(const std::vector<LiveEvent>& events);
  void keep_alive();

  const size_t readers_max_;
  std::vector<Reader> readers_;  // of the thread
  std::mutex mutex_;             // guards what follows, up to stopping_
  std::condition_variable wake_;
  std::vector<Reader> arrived_;     // no readers_ yet
  std::vector<LiveEvent> waiting_;  // not told yet
  size_t open_ = 0;                 // readers, as far as known
  bool is_full_ = false;            // somebody was turned away
  bool stopping_ = false;
  LiveHub::Subscription subscription_;
  std::thread thread_;
};

}  // namespace rhumb::registry
