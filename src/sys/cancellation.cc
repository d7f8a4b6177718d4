#include "sys/cancellation.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <utility>

namespace rhumb::sys {

struct CancellationToken::State {
  std::mutex mutex;  // guards all below; held while callbacks run, so that none outlives its owner
  std::condition_variable changed;
  bool cancelled = false;
  size_t next_id = 1;
  std::map<size_t, std::function<void()>> callbacks;
};

bool CancellationToken::is_cancelled() const {
  if (state_ == nullptr) {
    return false;
  }
  const std::lock_guard lock(state_->mutex);
  return state_->cancelled;
}

bool CancellationToken::wait_for(std::chrono::nanoseconds duration) const {
  // A token that can not be cancelled waits on a state of its own.
  const std::shared_ptr<State> state = state_ != nullptr ? state_ : std::make_shared<State>();
  std::unique_lock lock(state->mutex);
  return state->changed.wait_for(lock, duration, [&] { return state->cancelled; });
}

CancellationToken::Registration CancellationToken::on_cancel(std::function<void()> callback) const {
  if (state_ == nullptr) {
    return {};
  }
  const std::lock_guard lock(state_->mutex);
  if (state_->cancelled) {
    callback();
    return {};
  }
  const size_t id = state_->next_id++;
  state_->callbacks.emplace(id, std::move(callback));
  return Registration(state_, id);
}

CancellationToken::Registration::Registration(Registration&& other) noexcept
    : state_(std::move(other.state_)), id_(other.id_) {}

CancellationToken::Registration& CancellationToken::Registration::operator=(
    Registration&& other) noexcept {
  if (this != &other) {
    reset();
    state_ = std::move(other.state_);
    id_ = other.id_;
  }
  return *this;
}

CancellationToken::Registration::~Registration() {
  reset();
}

void CancellationToken::Registration::reset() {
  if (state_ != nullptr) {
    const std::lock_guard lock(state_->mutex);
    state_->callbacks.erase(id_);
  }
  state_ = nullptr;
}

CancellationSource::CancellationSource() : state_(std::make_shared<CancellationToken::State>()) {}

void CancellationSource::cancel() {
  const std::lock_guard lock(state_->mutex);
  if (state_->cancelled) {
    return;
  }
  state_->cancelled = true;
  for (const auto& [id, callback] : state_->callbacks) {
    callback();
  }
  state_->callbacks.clear();
  state_->changed.notify_all();
}

}  // namespace rhumb::sys
