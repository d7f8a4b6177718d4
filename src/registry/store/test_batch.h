#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "registry/store/store.h"

namespace rhumb::registry {

/// Makes calls, each of which waits for one write, so that the writer has them in one batch, in
/// this order: it is kept busy until all of them wait. Returns after the last; for tests only.
inline void write_in_one_batch(Store& store, const std::vector<std::function<void()>>& calls) {
  std::atomic<bool> released = false;
  const int64_t before = store.write_counts().jobs;
  std::vector<std::thread> threads;
  threads.reserve(calls.size() + 1);
  threads.emplace_back([&store, &released] {
    EXPECT_TRUE(store.write([&released](Session&) -> Result<void> {
      released.wait(false);
      return {};
    }));
  });
  while (store.write_counts().jobs == before) {
    std::this_thread::yield();
  }
  for (const std::function<void()>& call : calls) {
    const auto waiting = static_cast<int64_t>(threads.size());
    threads.emplace_back(call);
    while (store.write_counts().waiting < waiting) {
      std::this_thread::yield();
    }
  }
  released = true;
  released.notify_all();
  for (std::thread& thread : threads) {
    thread.join();
  }
}

}  // namespace rhumb::registry
