#pragma once

#include <csignal>
#include <memory>
#include <thread>

#include "sys/cancellation.h"
#include "sys/file_descriptor.h"

namespace rhumb::sys {

/// Turns SIGINT, SIGTERM and SIGHUP into a cancellation, for as long as it lives.
///
/// The first one cancels `token()` and prints `\ninterrupt received, wait for exit or ^C to
/// terminate\n` on stderr; the second one ends the process with status 1 at once. SIGPIPE is
/// ignored: writing to a closed pipe is an ordinary error. At most one may exist at a time.
/// Source: spec cli-migrate.md 1, "Signals".
class SignalWatcher {
 public:
  SignalWatcher();
  SignalWatcher(const SignalWatcher&) = delete;
  SignalWatcher& operator=(const SignalWatcher&) = delete;
  ~SignalWatcher();

  [[nodiscard]] CancellationToken token() const { return source_.token(); }

 private:
  void watch();

  CancellationSource source_;
  FileDescriptor event_;
  std::thread thread_;
  struct sigaction saved_[4] = {};
};

}  // namespace rhumb::sys
