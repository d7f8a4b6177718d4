#include "migrate/statement_watch.h"

#include <utility>

namespace rhumb::migrate {

StatementWatch::~StatementWatch() {
  {
    const std::lock_guard guard(mutex_);
    ended_ = true;
  }
  ending_.notify_one();
  if (thread_.joinable()) {
    thread_.join();
  }
}

void StatementWatch::follow(std::unique_ptr<driver::LockWaitObserver> observer) {
  const std::lock_guard guard(mutex_);
  observer_ = std::move(observer);
  is_blind_ = observer_ == nullptr;
  if (!is_blind_ && !thread_.joinable()) {
    thread_ = std::thread([this] { work(); });
  }
}

void StatementWatch::start(std::string_view file, size_t number) {
  const std::lock_guard guard(mutex_);
  ++statement_;
  running_ = true;
  file_ = file;
  number_ = number;
  started_ = Clock::now();
  seen_ = started_;
  waited_ = {};
  told_ = false;
}

std::optional<std::chrono::nanoseconds> StatementWatch::finish() {
  const std::lock_guard guard(mutex_);
  running_ = false;
  return is_blind_ ? std::nullopt : std::optional(waited_);
}

void StatementWatch::work() {
  std::unique_lock lock(mutex_);
  while (!ending_.wait_for(lock, pace_.interval, [this] { return ended_; })) {
    if (running_ && !is_blind_ && Clock::now() - started_ >= pace_.patience) {
      look(lock);
    }
  }
}

// Asks the server, without keeping the caller from ending the statement.
void StatementWatch::look(std::unique_lock<std::mutex>& lock) {
  const std::shared_ptr<driver::LockWaitObserver> observer = observer_;
  const uint64_t statement = statement_;
  lock.unlock();
  const Result<bool> waiting = observer->is_waiting();
  const Clock::time_point now = Clock::now();
  lock.lock();
  if (!waiting) {
    is_blind_ = is_blind_ || observer_ == observer;
    return;
  }
  if (!runs(statement)) {
    return;
  }
  waited_ += *waiting ? now - seen_ : Clock::duration::zero();
  seen_ = now;
  if (waited_ >= pace_.tell_after && !told_) {
    told_ = true;
    tell(lock, statement);
  }
}

void StatementWatch::tell(std::unique_lock<std::mutex>& lock, uint64_t statement) {
  const std::shared_ptr<driver::LockWaitObserver> observer = observer_;
  lock.unlock();
  const Result<std::string> holder = observer->find_holder();
  lock.lock();
  if (runs(statement)) {
    tell_({.file = file_, .number = number_, .waited = waited_, .holder = holder.value_or("")});
  }
}

}  // namespace rhumb::migrate
