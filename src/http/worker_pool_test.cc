#include "http/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace rhumb::http {
namespace {

TEST(HttpWorkerPool, FinishesWhatIsQueued) {
  std::atomic<int> done = 0;
  {
    WorkerPool pool(3, 1000);
    for (int i = 0; i < 500; ++i) {
      ASSERT_TRUE(pool.submit([&done] { ++done; }));
    }
  }
  EXPECT_EQ(done, 500);
}

TEST(HttpWorkerPool, RefusesWhenFullOrStopped) {
  WorkerPool pool(1, 1);
  std::promise<void> started;
  std::promise<void> gate;
  ASSERT_TRUE(pool.submit([&] {
    started.set_value();
    gate.get_future().wait();
  }));
  started.get_future().wait();
  EXPECT_TRUE(pool.submit([] {}));
  EXPECT_FALSE(pool.submit([] {}));
  gate.set_value();
  pool.stop();
  EXPECT_FALSE(pool.submit([] {}));
}

}  // namespace
}  // namespace rhumb::http
