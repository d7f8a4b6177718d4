#include "sys/signals.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <string_view>

#include "base/check.h"

namespace rhumb::sys {
namespace {

constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP};
constexpr uint64_t kSignalled = 1;
constexpr uint64_t kStop = uint64_t{1} << 32;  // the watcher is being destroyed

// A signal handler takes no argument of ours, so what it needs must be global. Both are lock free.
std::atomic<int> g_event{-1};
std::atomic<int> g_count{0};

void on_signal(int /*number*/) {
  const int saved = errno;
  if (g_count.fetch_add(1) > 0) {
    _exit(1);
  }
  constexpr std::string_view kText = "\ninterrupt received, wait for exit or ^C to terminate\n";
  // Only what signal-safety(7) allows; there is nobody to tell when it fails.
  [[maybe_unused]] ssize_t ignored = write(STDERR_FILENO, kText.data(), kText.size());
  ignored = write(g_event.load(), &kSignalled, sizeof(kSignalled));
  errno = saved;
}

}  // namespace

SignalWatcher::SignalWatcher() : event_(eventfd(0, EFD_CLOEXEC)) {
  RHUMB_CHECK(event_.is_open(), "the system gives an eventfd");
  int none = -1;
  RHUMB_CHECK(g_event.compare_exchange_strong(none, event_.get()), "one signal watcher at a time");
  g_count = 0;
  thread_ = std::thread([this] { watch(); });
  struct sigaction action{};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  for (size_t i = 0; i < kSignals.size(); ++i) {
    sigaction(kSignals[i], &action, &saved_[i]);
  }
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, &saved_[kSignals.size()]);
}

SignalWatcher::~SignalWatcher() {
  for (size_t i = 0; i < kSignals.size(); ++i) {
    sigaction(kSignals[i], &saved_[i], nullptr);
  }
  sigaction(SIGPIPE, &saved_[kSignals.size()], nullptr);
  g_event = -1;
  [[maybe_unused]] const ssize_t ignored = write(event_.get(), &kStop, sizeof(kStop));
  thread_.join();
}

void SignalWatcher::watch() {
  while (true) {
    uint64_t events = 0;
    const ssize_t count = read(event_.get(), &events, sizeof(events));
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (events % kStop != 0) {
      source_.cancel();
    }
    if (events >= kStop || count < 0) {
      return;
    }
  }
}

}  // namespace rhumb::sys
