// Runs one command and prints what it took:
// `<nanoseconds> <of them on a processor> <peak KiB> <exit status>`.
//   rhumb_bench_run OUTPUT COMMAND [ARGUMENT ...]
// Small and static, because a child's peak memory begins at its parent's.

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>

extern char** environ;  // NOLINT: named by POSIX

int main(int count, char** arguments) {
  if (count < 3) {
    std::fputs("usage: rhumb_bench_run OUTPUT COMMAND [ARGUMENT ...]\n", stderr);
    return 2;
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, arguments[1], O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);

  const auto start = std::chrono::steady_clock::now();
  pid_t child = 0;
  const int failed = posix_spawnp(&child, arguments[2], &actions, nullptr, arguments + 2, environ);
  if (failed != 0) {
    std::fprintf(stderr, "%s: %s\n", arguments[2], std::strerror(failed));
    return 127;
  }
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  const std::chrono::nanoseconds taken = std::chrono::steady_clock::now() - start;
  const auto nanoseconds = [](const timeval& time) {
    return static_cast<long long>(time.tv_sec) * 1'000'000'000 + time.tv_usec * 1'000;
  };
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  std::printf("%lld %lld %ld %d\n", static_cast<long long>(taken.count()),
              nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime), usage.ru_maxrss, code);
  return 0;
}
