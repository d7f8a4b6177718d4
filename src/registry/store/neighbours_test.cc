#include "registry/store/neighbours.h"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <mutex>
#include <thread>

#include "registry/test_registry.h"

namespace rhumb::registry {
namespace {

/// Events that reach the pages of a registry.
class Heard {
 public:
  explicit Heard(Registry& registry)
      : subscription_(registry.live.subscribe([this](const LiveEvent& event) {
          const std::lock_guard lock(mutex_);
          events_.push_back(event);
        })) {}

  std::vector<LiveEvent> wait(size_t count) {
    for (int i = 0; i < 500; ++i) {
      {
        const std::lock_guard lock(mutex_);
        if (events_.size() >= count) {
          break;
        }
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    const std::lock_guard lock(mutex_);
    return events_;
  }

 private:
  std::mutex mutex_;  // guards events_
  std::vector<LiveEvent> events_;
  LiveHub::Subscription subscription_;
};

TEST(Neighbours, MessagesOfOthersAreHeardAndNoOthers) {
  TestRegistry registry;
  Heard heard(*registry);
  hear_neighbour(*registry,
                 registry->node + R"( events [{"org":1,"event":2,"repo":3,"status":"A"}])");
  hear_neighbour(*registry,
                 R"(other events [{"org":1,"event":5,"set":4,"repo":3,"status":"PASSED"}])");
  for (const char* noise :
       {"", "other", "other events", "other events [", "other events {}", "other sang a song"}) {
    hear_neighbour(*registry, noise);
  }
  const std::vector<LiveEvent> events = heard.wait(1);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].org_id, 1);
  EXPECT_EQ(events[0].event_id, 5);
  EXPECT_EQ(events[0].set_id, 4);
  EXPECT_EQ(events[0].repo_id, 3);
  EXPECT_EQ(events[0].status, "PASSED");
}

/// Two servers of one store; the embedded one is never shared.
class TwoServers : public testing::Test {
 protected:
  void SetUp() override {
    if (test_store_server().empty()) {
      GTEST_SKIP() << "needs a store that is shared (RHUMB_TEST_STORE)";
    }
    for (std::unique_ptr<Store>& store : stores_) {
      Result<std::unique_ptr<Store>> opened =
          open_store(place_.address(), StoreOpening::kCreate, StoreSharing::kShared);
      ASSERT_TRUE(opened) << opened.error().message();
      store = std::move(*opened);
    }
    ASSERT_TRUE(write_value<AdminAccess>(*stores_[0], [](Session& session) {
      return ensure_admin(session, std::string(kTestToken), 0);
    }));
  }

  TestStorePlace place_;
  std::array<std::unique_ptr<Store>, 2> stores_;
  sys::FakeClock clock_;
};

TEST_F(TwoServers, WriteInTurnsAndLoseNothing) {
  std::vector<std::thread> threads;
  std::atomic<int> failures = 0;
  constexpr int kEach = 100;
  threads.reserve(stores_.size());
  for (size_t i = 0; i < stores_.size(); ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n < kEach; ++n) {
        AuditEntry entry;
        entry.action = "test.write";
        entry.object = std::to_string(i) + "/" + std::to_string(n);
        failures +=
            stores_[i]->write([&](Session& session) { return append_audit(session, entry); }) ? 0
                                                                                              : 1;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(failures, 0);
  const AuditHead head = read_value<AuditHead>(*stores_[0], [](Session& session) {
                           return verify_audit(session);
                         }).value();
  EXPECT_EQ(head.seq, 2 * kEach + 3);  // organization, bot, token
}

TEST_F(TwoServers, PagesOfOneShowWhatTheOtherStores) {
  Registry one{*stores_[0], clock_, "https://one.test"};
  Registry two{*stores_[1], clock_, "https://two.test"};
  const std::unique_ptr<StoreSubscription> to_one = listen_to_neighbours(one);
  const std::unique_ptr<StoreSubscription> to_two = listen_to_neighbours(two);
  Heard at_one(one);
  Heard at_two(two);
  std::vector<LiveEvent> events;
  // Until the listening has begun nothing is heard: said again until it is.
  for (int64_t n = 1; n < 100 && events.empty(); ++n) {
    ASSERT_TRUE(one.store.write([&](Session& session) {
      return tell_events(one, session, {LiveEvent{1, n, std::nullopt, 3, "FAILED"}});
    }));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    events = at_two.wait(0);
  }
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events[0].status, "FAILED");
  EXPECT_TRUE(at_one.wait(0).empty()) << "what it said itself";
}

/// More than one message of PostgreSQL can hold, with the longest numbers.
TEST_F(TwoServers, EventsOfOneWriteAreHeardHoweverManyTheyAre) {
  Registry one{*stores_[0], clock_, "https://one.test"};
  Registry two{*stores_[1], clock_, "https://two.test"};
  const std::unique_ptr<StoreSubscription> to_two = listen_to_neighbours(two);
  Heard at_two(two);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  constexpr int64_t kLast = std::numeric_limits<int64_t>::max();
  std::vector<LiveEvent> said;
  for (int64_t n = 0; n < 100; ++n) {
    said.push_back(LiveEvent{kLast, kLast - n, kLast, kLast, "NO_ACTION"});
  }
  ASSERT_TRUE(one.store.write([&](Session& session) { return tell_events(one, session, said); }));
  const std::vector<LiveEvent> heard = at_two.wait(said.size());
  ASSERT_EQ(heard.size(), said.size());
  for (size_t i = 0; i < said.size(); ++i) {
    EXPECT_EQ(heard[i].event_id, said[i].event_id);
    EXPECT_EQ(heard[i].set_id, kLast);
  }
}

TEST_F(TwoServers, WhatATokenTookAtOneCountsAtTheOther) {
  Registry one{*stores_[0], clock_, "https://one.test"};
  Registry two{*stores_[1], clock_, "https://two.test"};
  const std::unique_ptr<StoreSubscription> to_two = listen_to_neighbours(two);
  one.rates.set_per_minute(6000);
  two.rates.set_per_minute(600);
  bool is_refused = false;
  // Until the listening has begun nothing is heard. By itself the other takes less than it may.
  for (int turn = 0; turn < 100 && !is_refused; ++turn) {
    clock_.advance(std::chrono::minutes(1));
    for (int i = 0; i < 700; ++i) {
      ASSERT_EQ(one.rates.take(1, one.now()), 0);
    }
    ASSERT_TRUE(tell_uses(one));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    is_refused = two.rates.take(1, two.now()) > 0;
  }
  EXPECT_TRUE(is_refused);
}

TEST_F(TwoServers, WhatWasTakenBackIsNotSaid) {
  Registry one{*stores_[0], clock_, "https://one.test"};
  Registry two{*stores_[1], clock_, "https://two.test"};
  const std::unique_ptr<StoreSubscription> to_two = listen_to_neighbours(two);
  Heard at_two(two);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  ASSERT_FALSE(one.store.write([&](Session& session) -> Result<void> {
    TRY(tell_events(one, session, {LiveEvent{1, 1, std::nullopt, 3, "FAILED"}}));
    return invalid("changed my mind");
  }));
  ASSERT_TRUE(one.store.write([&](Session& session) {
    return tell_events(one, session, {LiveEvent{1, 2, std::nullopt, 3, "PASSED"}});
  }));
  const std::vector<LiveEvent> events = at_two.wait(1);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].event_id, 2);
}

TEST_F(TwoServers, OneWhoWantsItAloneIsRefused) {
  const Result<std::unique_ptr<Store>> alone = open_store(place_.address());
  ASSERT_FALSE(alone);
  EXPECT_EQ(alone.error().code(), ErrorCode::kBusy);
}

TEST(Neighbours, PoliciesThatAnotherServerStoredAreLookedFor) {
  TestRegistry registry;
  const int64_t now = registry->now();
  EXPECT_FALSE(registry->policies.has_any(1, now));
  EXPECT_TRUE((*registry.store()).write([](Session& session) {
    return session.run(
        "INSERT INTO environments (org_id, name, protected, created_at) VALUES (1, 'prod', 1, 0)");
  }));
  EXPECT_FALSE(registry->policies.has_any(1, now));
  hear_neighbour(*registry, registry->node + " policies");
  EXPECT_FALSE(registry->policies.has_any(1, now)) << "it has said so itself";
  hear_neighbour(*registry, "other policies");
  EXPECT_TRUE(registry->policies.has_any(1, now));
  EXPECT_TRUE((*registry.store()).write([](Session& session) {
    return session.run("UPDATE environments SET protected = 0");
  }));
  EXPECT_TRUE(registry->policies.has_any(1, now));
  EXPECT_FALSE(registry->policies.has_any(1, now + int64_t{10} * 1'000'000'000))
      << "nothing is remembered for longer";
}

}  // namespace
}  // namespace rhumb::registry
