#include "driver/socket_wait.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>

namespace rhumb::driver {
namespace {

using Clock = std::chrono::steady_clock;

class SocketWait : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends_.data()), 0); }
  void TearDown() override {
    close(ends_[0]);
    close(ends_[1]);
  }

  std::array<int, 2> ends_{};
};

TEST_F(SocketWait, TellsWhatASocketIsReadyFor) {
  short ready = 0;
  EXPECT_EQ(wait_for_socket(ends_[0], POLLIN | POLLOUT, {}, &ready), SocketState::kReady);
  EXPECT_EQ(ready, POLLOUT);
  ASSERT_EQ(write(ends_[1], "x", 1), 1);
  EXPECT_EQ(wait_for_socket(ends_[0], POLLIN, {}), SocketState::kReady);
}

TEST_F(SocketWait, EndsAtItsDeadline) {
  const auto deadline = Clock::now() + std::chrono::milliseconds(250);
  EXPECT_EQ(wait_for_socket(ends_[0], POLLIN, {.deadline = deadline}), SocketState::kTimeout);
  EXPECT_GE(Clock::now(), deadline);
}

TEST_F(SocketWait, EndsWhenItIsToldToStop) {
  sys::CancellationSource source;
  std::thread person([&] { source.cancel(); });
  EXPECT_EQ(wait_for_socket(ends_[0], POLLIN, {.stop = source.token()}), SocketState::kCancelled);
  person.join();
}

}  // namespace
}  // namespace rhumb::driver
