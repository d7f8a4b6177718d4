#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "http/connections_internal.h"
#include "http/message.h"

namespace rhumb::http {

/// The queue between the threads that write a stream and the connection that sends it.
class QueuedStream : public ResponseStream {
 public:
  QueuedStream(std::weak_ptr<ConnectionBase> connection,
               asio::any_io_executor executor,
               size_t bytes_max)
      : connection_(std::move(connection)), executor_(std::move(executor)), bytes_max_(bytes_max) {}

  bool write(std::string piece) override {
    const std::lock_guard lock(mutex_);
    if (!open_) {
      return false;
    }
    const bool fits = queue_.size() + piece.size() <= bytes_max_;
    if (fits) {
      queue_ += piece;
    } else {
      open_ = false;
      overflow_ = true;
    }
    wake();
    return fits;
  }

  bool wait_for_room(size_t bytes, std::chrono::milliseconds limit) override {
    std::unique_lock lock(mutex_);
    const auto can_go_on = [&] {
      return !open_ || queue_.empty() || queue_.size() + bytes <= bytes_max_;
    };
    return taken_.wait_for(lock, limit, can_go_on) && open_;
  }

  void close() override {
    const std::lock_guard lock(mutex_);
    if (open_) {
      open_ = false;
      taken_.notify_all();
      wake();
    }
  }

  [[nodiscard]] bool is_open() const override {
    const std::lock_guard lock(mutex_);
    return open_;
  }

  struct Taken {
    std::string bytes;
    bool ended = false;     // nothing follows
    bool overflow = false;  // the reader was too slow
  };
  /// For the connection: what is queued, all at once.
  Taken take() {
    const std::lock_guard lock(mutex_);
    woken_ = false;
    taken_.notify_all();
    return {.bytes = std::exchange(queue_, {}), .ended = !open_, .overflow = overflow_};
  }
  /// For the connection, which is going: no more posts. False when it was told before.
  bool detach() {
    const std::lock_guard lock(mutex_);
    open_ = false;
    taken_.notify_all();
    connection_.reset();
    return std::exchange(attached_, false);
  }

 private:
  /// Under the lock. The executor is alive as long as the connection has not detached.
  void wake() {
    std::shared_ptr<ConnectionBase> connection = woken_ ? nullptr : connection_.lock();
    if (connection != nullptr) {
      woken_ = true;
      asio::post(executor_, [connection = std::move(connection)] { connection->pump(); });
    }
  }

  mutable std::mutex mutex_;  // guards the members below
  std::weak_ptr<ConnectionBase> connection_;
  asio::any_io_executor executor_;
  const size_t bytes_max_;
  std::condition_variable taken_;  // or closed
  std::string queue_;
  bool open_ = true;
  bool overflow_ = false;
  bool woken_ = false;
  bool attached_ = true;
};

}  // namespace rhumb::http
