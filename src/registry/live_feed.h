#pragma once

#include <condition_variable>
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
/// Threads: any.
class LiveFeed {
 public:
  /// Readers beyond `readers_max` are turned away.
  LiveFeed(LiveHub& hub, size_t readers_max);
  LiveFeed(const LiveFeed&) = delete;
  LiveFeed& operator=(const LiveFeed&) = delete;
  ~LiveFeed();

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
  void send(const LiveEvent& event);
  void keep_alive();

  const size_t readers_max_;
  std::mutex mutex_;  // guards readers_ and stopping_
  std::condition_variable wake_;
  std::vector<Reader> readers_;
  bool stopping_ = false;
  LiveHub::Subscription subscription_;
  std::thread thread_;
};

}  // namespace rhumb::registry
