#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "sys/cancellation.h"

namespace rhumb::sys {

/// The most a program may print on each of its two streams.
inline constexpr size_t kProcessOutputMax = size_t{64} << 20;

struct ProcessRequest {
  std::vector<std::string> argv =
      {};                      ///< program and arguments; without `/` it is looked up in PATH
  std::string input = "";      ///< what it reads on stdin
  std::string directory = "";  ///< where it runs; empty: where we do
  std::optional<std::vector<std::string>> environment = {};  ///< `NAME=value`; absent: ours
  std::optional<std::chrono::nanoseconds> timeout = {};      ///< absent: none
  CancellationToken cancellation = {};
};

struct ProcessResult {
  int exit_status = 0;      ///< 0 to 255; when a signal ended it, 128 plus its number
  int signal = 0;           ///< the signal that ended it, or 0
  std::string output = "";  ///< what it wrote on stdout
  std::string error = "";   ///< what it wrote on stderr

  [[nodiscard]] bool succeeded() const { return exit_status == 0; }
  /// How Go words a failure: `exit status 3`, `signal: killed`; empty on success.
  [[nodiscard]] std::string describe_failure() const;
};

/// Runs programs; an interface so that tests need none.
class ProcessRunner {
 public:
  virtual ~ProcessRunner() = default;
  /// Runs to the end and collects what is printed. A program that fails is a value, not an error.
  ///
  /// Errors: kNotFound `exec: "x": executable file not found in $PATH`; kIo when it can not be
  /// started; kUnavailable when the timeout passed, kCancelled, kLimit (kProcessOutputMax): then
  /// the program and its children were killed.
  [[nodiscard]] virtual Result<ProcessResult> run(const ProcessRequest& request) = 0;
};

class SystemProcessRunner : public ProcessRunner {
 public:
  [[nodiscard]] Result<ProcessResult> run(const ProcessRequest& request) override;
};

/// Answers with what a function of the test returns.
class FakeProcessRunner : public ProcessRunner {
 public:
  using Answer = std::function<Result<ProcessResult>(const ProcessRequest&)>;
  explicit FakeProcessRunner(Answer answer) : answer_(std::move(answer)) {}
  [[nodiscard]] Result<ProcessResult> run(const ProcessRequest& request) override {
    return answer_(request);
  }

 private:
  Answer answer_;
};

/// The file a program name stands for, as run() finds it. Errors: as run().
[[nodiscard]] Result<std::string> find_program(const std::string& name);

/// What a program that has to succeed prints on stdout.
/// Errors: `program cannot be empty`; `running program <path>: ` with what it wrote on stderr, else
/// with how it ended, or with the errors of run().
[[nodiscard]] Result<std::string> run_for_output(ProcessRunner& runner,
                                                 const ProcessRequest& request);

}  // namespace rhumb::sys
