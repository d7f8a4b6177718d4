#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace rhumb::sys {

/// Says whether somebody asked to stop. Copies share the answer; safe to use from any thread.
///
/// The default one is never cancelled.
class CancellationToken {
 public:
  CancellationToken() = default;

  [[nodiscard]] bool is_cancelled() const;
  /// Waits for `duration` or until cancelled; true when cancelled.
  [[nodiscard]] bool wait_for(std::chrono::nanoseconds duration) const;

  /// Keeps a callback registered for as long as it lives.
  class Registration;
  /// Calls `callback` once, on the cancelling thread, or at once when already cancelled. It must be
  /// short and must not use the token or the registration.
  [[nodiscard]] Registration on_cancel(std::function<void()> callback) const;

 private:
  friend class CancellationSource;
  struct State;
  explicit CancellationToken(std::shared_ptr<State> state) : state_(std::move(state)) {}

  std::shared_ptr<State> state_;  // shared: tokens outlive their source
};

class CancellationToken::Registration {
 public:
  Registration() = default;
  Registration(Registration&& other) noexcept;
  Registration& operator=(Registration&& other) noexcept;
  ~Registration();

 private:
  friend class CancellationToken;
  Registration(std::shared_ptr<State> state, size_t id) : state_(std::move(state)), id_(id) {}
  void reset();

  std::shared_ptr<State> state_;
  size_t id_ = 0;
};

/// The one who cancels.
class CancellationSource {
 public:
  CancellationSource();
  void cancel();
  [[nodiscard]] CancellationToken token() const { return CancellationToken(state_); }

 private:
  std::shared_ptr<CancellationToken::State> state_;
};

}  // namespace rhumb::sys
