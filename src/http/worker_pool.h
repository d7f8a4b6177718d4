#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace rhumb::http {

/// A fixed number of threads for work that blocks, with a bounded queue.
class WorkerPool {
 public:
  WorkerPool(size_t threads, size_t queue_max);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  /// Finishes what is queued.
  ~WorkerPool();

  /// False when the queue is full or the pool stops.
  [[nodiscard]] bool submit(std::function<void()> work);
  /// Takes no more work, finishes what is queued and ends the threads.
  void stop();

 private:
  void run();

  const size_t queue_max_;
  std::mutex mutex_;  // guards queue_ and stopping_
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace rhumb::http
