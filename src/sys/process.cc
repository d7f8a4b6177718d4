#include "sys/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "base/go_format.h"
#include "base/text.h"
#include "sys/file_descriptor.h"
#include "sys/system_error.h"

// How a program is run: stdin is a memory file written beforehand, so nobody can block on it;
// stdout and stderr are pipes read until both end. A grandchild may keep the pipes open after the
// program is gone, so its end is watched too (pidfd), and what is in the pipes then is the output.
namespace rhumb::sys {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

struct Pipe {
  FileDescriptor read_end;
  FileDescriptor write_end;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return system_error("pipe", "of a program", errno);
  }
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return Pipe{.read_end = FileDescriptor(ends[0]), .write_end = FileDescriptor(ends[1])};
}

Result<FileDescriptor> make_input(std::string_view text) {
  FileDescriptor file(memfd_create("stdin", MFD_CLOEXEC));
  if (!file.is_open()) {
    return system_error("create", "standard input", errno);
  }
  while (!text.empty()) {
    const ssize_t written = write(file.get(), text.data(), text.size());
    if (written < 0) {
      return system_error("write", "standard input", errno);
    }
    text.remove_prefix(static_cast<size_t>(written));
  }
  lseek(file.get(), 0, SEEK_SET);
  return file;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (std::string& text : texts) {
    out.push_back(text.data());
  }
  out.push_back(nullptr);
  return out;
}

/// What posix_spawn needs, freed at the end.
class SpawnSetup {
 public:
  SpawnSetup() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    // A group of its own, so that a kill reaches its children as well.
    posix_spawnattr_setpgroup(&attributes_, 0);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes_, &none);
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes_, &pipe);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;
  ~SpawnSetup() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  void redirect(const FileDescriptor& from, int to) {
    posix_spawn_file_actions_adddup2(&actions_, from.get(), to);
  }
  void change_directory(const std::string& path) {
    posix_spawn_file_actions_addchdir_np(&actions_, path.c_str());
  }
  [[nodiscard]] Result<pid_t> spawn(const std::string& program, const ProcessRequest& request) {
    std::vector<std::string> arguments = request.argv;
    std::vector<std::string> variables = request.environment.value_or(std::vector<std::string>());
    const std::vector<char*> environment = pointers(variables);
    pid_t pid = -1;
    const int failed =
        posix_spawn(&pid, program.c_str(), &actions_, &attributes_, pointers(arguments).data(),
                    request.environment ? environment.data() : environ);
    if (failed != 0) {
      return system_error("fork/exec", program, failed);
    }
    return pid;
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

/// A started program; killed and reaped when it is left early.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid), end_(static_cast<int>(syscall(SYS_pidfd_open, pid, 0))) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (!reaped_) {
      kill(-pid_, SIGKILL);
      static_cast<void>(wait());
    }
  }

  /// Readable when the program has ended.
  [[nodiscard]] int end_descriptor() const { return end_.get(); }
  int wait() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    reaped_ = true;
    return status;
  }

 private:
  pid_t pid_;
  FileDescriptor end_;
  bool reaped_ = false;
};

/// Takes what a pipe holds now; closes it at its end. False when there is too much.
bool drain(FileDescriptor& pipe, std::string& out) {
  std::array<char, 65536> buffer{};
  while (pipe.is_open()) {
    const ssize_t count = read(pipe.get(), buffer.data(), buffer.size());
    if (count > 0) {
      out.append(buffer.data(), static_cast<size_t>(count));
      if (out.size() > kProcessOutputMax) {
        return false;
      }
    } else if (count == 0) {
      pipe.reset();
    } else if (errno != EINTR) {
      return true;
    }
  }
  return true;
}

int poll_timeout_ms(const std::optional<SteadyTime>& deadline) {
  if (!deadline) {
    return -1;
  }
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(*deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<int64_t>(left.count(), 0, 1'000'000));
}

class Collector {
 public:
  Collector(const ProcessRequest& request, Child& child, FileDescriptor out, FileDescriptor error)
      : request_(request), child_(child), out_(std::move(out)), error_(std::move(error)) {
    if (request.timeout) {
      deadline_ = std::chrono::steady_clock::now() + *request.timeout;
    }
  }

  Result<ProcessResult> collect() {
    const FileDescriptor wake(eventfd(0, EFD_CLOEXEC));
    const int wake_number = wake.get();
    const auto registration = request_.cancellation.on_cancel([wake_number] {
      constexpr uint64_t kOne = 1;
      [[maybe_unused]] const ssize_t ignored = write(wake_number, &kOne, sizeof(kOne));
    });
    bool ended = false;
    while (!ended) {
      std::array<pollfd, 4> watched = {{{out_.get(), POLLIN, 0},
                                        {error_.get(), POLLIN, 0},
                                        {child_.end_descriptor(), POLLIN, 0},
                                        {wake.get(), POLLIN, 0}}};
      const int ready = poll(watched.data(), watched.size(), poll_timeout_ms(deadline_));
      if (ready < 0 && errno != EINTR) {
        return system_error("poll", request_.argv[0], errno);
      }
      if (!drain(out_, result_.output) || !drain(error_, result_.error)) {
        return Error(ErrorCode::kLimit, "exec: " + go_quote(request_.argv[0]) +
                                            " printed more than " +
                                            std::to_string(kProcessOutputMax >> 20) + " MiB");
      }
      if (request_.cancellation.is_cancelled()) {
        return Error(ErrorCode::kCancelled, "exec: " + go_quote(request_.argv[0]) + ": cancelled");
      }
      const bool pipes_closed = !out_.is_open() && !error_.is_open();
      ended = watched[2].revents != 0 || (child_.end_descriptor() < 0 && pipes_closed);
      if (!ended && deadline_ && std::chrono::steady_clock::now() >= *deadline_) {
        return Error(ErrorCode::kUnavailable,
                     "exec: " + go_quote(request_.argv[0]) + ": no end after " +
                         format_go_duration(request_.timeout.value_or(std::chrono::nanoseconds{})));
      }
    }
    // Written before the end, but perhaps after the last look into the pipes.
    drain(out_, result_.output);
    drain(error_, result_.error);
    set_status(child_.wait());
    return std::move(result_);
  }

 private:
  void set_status(int status) {
    if (WIFSIGNALED(status)) {
      result_.signal = WTERMSIG(status);
      result_.exit_status = 128 + result_.signal;
    } else {
      result_.exit_status = WEXITSTATUS(status);
    }
  }

  const ProcessRequest& request_;
  Child& child_;
  FileDescriptor out_;
  FileDescriptor error_;
  std::optional<SteadyTime> deadline_;
  ProcessResult result_;
};

bool is_executable(const std::string& path) {
  struct stat status{};
  return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::string ProcessResult::describe_failure() const {
  if (succeeded()) {
    return "";
  }
  return signal != 0 ? "signal: " + to_lower_ascii(strsignal(signal))
                     : "exit status " + std::to_string(exit_status);
}

Result<std::string> find_program(const std::string& name) {
  if (name.empty()) {
    return invalid("exec: no command");
  }
  if (name.find('/') != std::string::npos) {
    return name;
  }
  const char* path = std::getenv("PATH");
  for (const std::string_view directory : split(path != nullptr ? path : "", ':')) {
    const std::string candidate = std::string(directory) + "/" + name;
    if (!directory.empty() && is_executable(candidate)) {
      return candidate;
    }
  }
  return Error(ErrorCode::kNotFound,
               "exec: " + go_quote(name) + ": executable file not found in $PATH");
}

Result<std::string> run_for_output(ProcessRunner& runner, const ProcessRequest& request) {
  if (request.argv.empty()) {
    return invalid("program cannot be empty");
  }
  const std::string& program = request.argv.front();
  const std::string prefix = "running program " + find_program(program).value_or(program);
  const ProcessResult result = TRY(runner.run(request).context(prefix));
  if (!result.succeeded()) {
    return invalid(result.error.empty() ? result.describe_failure() : result.error).context(prefix);
  }
  return result.output;
}

Result<ProcessResult> SystemProcessRunner::run(const ProcessRequest& request) {
  const std::string program = TRY(find_program(request.argv.empty() ? "" : request.argv[0]));
  if (!request.directory.empty() && access(request.directory.c_str(), X_OK) != 0) {
    return system_error("chdir", request.directory, errno);
  }
  const FileDescriptor input = TRY(make_input(request.input));
  Pipe out = TRY(make_pipe());
  Pipe error = TRY(make_pipe());
  SpawnSetup setup;
  setup.redirect(input, STDIN_FILENO);
  setup.redirect(out.write_end, STDOUT_FILENO);
  setup.redirect(error.write_end, STDERR_FILENO);
  if (!request.directory.empty()) {
    setup.change_directory(request.directory);
  }
  Child child(TRY(setup.spawn(program, request)));
  out.write_end.reset();
  error.write_end.reset();
  return Collector(request, child, std::move(out.read_end), std::move(error.read_end)).collect();
}

}  // namespace rhumb::sys
