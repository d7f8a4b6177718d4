#include "sys/process.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

#include "sys/files.h"
#include "sys/signals.h"

namespace rhumb::sys {
namespace {

using std::chrono::milliseconds;

Result<ProcessResult> shell(const std::string& script, const std::string& input = "") {
  return SystemProcessRunner().run(
      {.argv = {"sh", "-c", script}, .input = input, .timeout = std::chrono::seconds(10)});
}

TEST(Process, CapturesBothStreamsAndTheStatus) {
  const ProcessResult result = shell("cat; echo oops >&2; exit 3", "in\n").value();
  EXPECT_EQ(result.output, "in\n");
  EXPECT_EQ(result.error, "oops\n");
  EXPECT_EQ(result.exit_status, 3);
  EXPECT_EQ(result.describe_failure(), "exit status 3");
}

TEST(Process, CarriesMoreThanAPipeHolds) {
  const std::string big(1'000'000, 'x');
  const ProcessResult result = shell("cat; cat /dev/stdin >&2 < /dev/null", big).value();
  EXPECT_EQ(result.output.size(), big.size());
  EXPECT_TRUE(result.succeeded());
  EXPECT_EQ(result.describe_failure(), "");
}

TEST(Process, NamesTheSignal) {
  const ProcessResult result = shell("kill -9 $$").value();
  EXPECT_EQ(result.signal, 9);
  EXPECT_EQ(result.describe_failure(), "signal: killed");
}

TEST(Process, DoesNotWaitForWhatWasLeftInTheBackground) {
  const auto start = std::chrono::steady_clock::now();
  const ProcessResult result = shell("sleep 5 & echo done").value();
  EXPECT_EQ(result.output, "done\n");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(4));
}

TEST(Process, DirectoryAndEnvironmentAreThoseAskedFor) {
  const auto result = SystemProcessRunner().run({.argv = {"/bin/sh", "-c", "pwd; echo $A-$HOME"},
                                                 .directory = "/",
                                                 .environment = std::vector<std::string>{"A=1"}});
  EXPECT_EQ(result->output, "/\n1-\n");
}

ProcessRequest request(std::vector<std::string> argv) {
  ProcessRequest out;
  out.argv = std::move(argv);
  return out;
}

TEST(Process, ErrorsReadAsInGo) {
  SystemProcessRunner runner;
  EXPECT_EQ(runner.run(request({"no-such-prog"})).error().message(),
            "exec: \"no-such-prog\": executable file not found in $PATH");
  EXPECT_EQ(runner.run(request({"/no/such"})).error().message(),
            "fork/exec /no/such: no such file or directory");
  EXPECT_EQ(runner.run(request({})).error().message(), "exec: no command");
  ProcessRequest elsewhere = request({"ls"});
  elsewhere.directory = "/nodir";
  EXPECT_EQ(runner.run(elsewhere).error().message(), "chdir /nodir: no such file or directory");
}

TEST(Process, OutputIsThatOfAProgramThatSucceeds) {
  struct Case {
    std::vector<std::string> argv;
    const char* want;
  };
  const Case cases[] = {
      {{"/bin/sh", "-c", "printf 'a\nb'; echo aside >&2"}, "a\nb"},
      {{"/bin/sh", "-c", "echo out; echo oops >&2; exit 3"}, "running program /bin/sh: oops\n"},
      {{"/bin/sh", "-c", "exit 3"}, "running program /bin/sh: exit status 3"},
      {{"no-such-program-x"},
       "running program no-such-program-x: exec: \"no-such-program-x\": executable file not found "
       "in $PATH"},
      {{}, "program cannot be empty"},
  };
  for (const Case& c : cases) {
    SystemProcessRunner runner;
    const Result<std::string> output = run_for_output(runner, {.argv = c.argv});
    EXPECT_EQ(output ? *output : output.error().message(), c.want);
  }
}

TEST(Process, EndsAtTheTimeout) {
  ProcessRequest slow = request({"sleep", "5"});
  slow.timeout = milliseconds(20);
  const auto result = SystemProcessRunner().run(slow);
  EXPECT_EQ(result.error().code(), ErrorCode::kUnavailable);
  EXPECT_EQ(result.error().message(), "exec: \"sleep\": no end after 20ms");
}

TEST(Process, EndsWhenCancelled) {
  CancellationSource source;
  ProcessRequest slow = request({"sleep", "5"});
  slow.cancellation = source.token();
  std::thread canceller([&source] { source.cancel(); });
  const auto result = SystemProcessRunner().run(slow);
  canceller.join();
  EXPECT_EQ(result.error().code(), ErrorCode::kCancelled);
}

TEST(Cancellation, TellsEveryCopyOnce) {
  CancellationSource source;
  const CancellationToken token = source.token();
  int calls = 0;
  const auto kept = token.on_cancel([&calls] { ++calls; });
  {
    const auto dropped = token.on_cancel([&calls] { calls += 100; });
  }
  EXPECT_FALSE(token.is_cancelled());
  EXPECT_FALSE(token.wait_for(milliseconds(1)));
  source.cancel();
  source.cancel();
  EXPECT_EQ(calls, 1);
  EXPECT_TRUE(token.is_cancelled());
  EXPECT_TRUE(token.wait_for(std::chrono::hours(1)));
  const auto late = token.on_cancel([&calls] { ++calls; });
  EXPECT_EQ(calls, 2);
  EXPECT_FALSE(CancellationToken().is_cancelled());
  EXPECT_FALSE(CancellationToken().wait_for(milliseconds(1)));
}

TEST(Signals, FirstOneCancels) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    const SignalWatcher watcher;
    ::testing::internal::CaptureStderr();
    raise(number);
    EXPECT_TRUE(watcher.token().wait_for(std::chrono::seconds(10)));
    EXPECT_EQ(::testing::internal::GetCapturedStderr(),
              "\ninterrupt received, wait for exit or ^C to terminate\n");
  }
}

TEST(SignalsDeathTest, SecondOneExitsWithStatusOne) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(
      {
        const SignalWatcher watcher;
        raise(SIGINT);
        raise(SIGTERM);
      },
      ::testing::ExitedWithCode(1), "interrupt received");
}

}  // namespace
}  // namespace rhumb::sys
