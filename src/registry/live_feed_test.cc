#include "registry/live_feed.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

namespace rhumb::registry {
namespace {

using std::chrono::milliseconds;

/// What a page is sent; whoever writes waits while it is held.
class Page final : public http::ResponseStream {
 public:
  bool write(std::string piece) override {
    is_held_.wait(true);
    const std::lock_guard lock(mutex_);
    text_ += piece;
    return is_open_;
  }
  void close() override {
    const std::lock_guard lock(mutex_);
    is_open_ = false;
  }
  [[nodiscard]] bool is_open() const override {
    const std::lock_guard lock(mutex_);
    return is_open_;
  }
  /// Waits for it. What has been written so far.
  std::string wait_for(std::string_view part) {
    std::string text;
    for (int i = 0; i < 2000; ++i) {
      {
        const std::lock_guard lock(mutex_);
        text = text_;
      }
      if (text.find(part) != std::string::npos) {
        break;
      }
      std::this_thread::sleep_for(milliseconds(5));
    }
    return text;
  }

  void hold() { is_held_ = true; }
  void release() {
    is_held_ = false;
    is_held_.notify_all();
  }

 private:
  std::atomic<bool> is_held_ = false;
  mutable std::mutex mutex_;
  std::string text_;
  bool is_open_ = true;
};

LiveEvent event(int64_t org_id, int64_t id, std::optional<int64_t> set_id = {}) {
  return {.org_id = org_id, .event_id = id, .set_id = set_id, .repo_id = 7, .status = "PASSED"};
}

std::string text_of(int64_t id) {
  return format_live_event(event(1, id));
}

class LiveFeedTest : public testing::Test {
 protected:
  std::shared_ptr<Page> open(int64_t org_id, std::optional<int64_t> set_id = {}) {
    auto page = std::make_shared<Page>();
    feed_.add(page, org_id, set_id);
    return page;
  }

  LiveHub hub_;
  LiveFeed feed_{hub_, 3};
};

TEST_F(LiveFeedTest, TellsEachPageWhatItFollows) {
  const auto all = open(1);
  const auto one_set = open(1, 20);
  const auto other = open(2);
  hub_.publish(event(1, 10));
  hub_.publish(event(1, 11, 20));
  hub_.publish(event(2, 12));
  const std::string hello = ": connected\n\n";
  const std::string in_set = format_live_event(event(1, 11, 20));
  EXPECT_EQ(all->wait_for(in_set), hello + text_of(10) + in_set);
  EXPECT_EQ(one_set->wait_for(in_set), hello + in_set);
  EXPECT_EQ(other->wait_for(text_of(12)), hello + text_of(12));
}

TEST_F(LiveFeedTest, NobodyWaitsForAPageAndFewEventsAreGathered) {
  const auto page = open(1);
  page->hold();
  for (int id = 0; id < 40; ++id) {
    hub_.publish(event(1, id));  // would wait for ever otherwise
  }
  page->release();
  std::string want = ": connected\n\n";
  for (int id = 0; id < 40; ++id) {
    want += text_of(id);
  }
  EXPECT_EQ(page->wait_for(text_of(39)), want);
}

TEST_F(LiveFeedTest, ManyEventsAreToldAsOne) {
  const auto page = open(1);
  page->hold();
  for (int id = 0; id < 10'000; ++id) {
    hub_.publish(event(1, id));
  }
  page->release();
  EXPECT_TRUE(page->wait_for("event: many").ends_with("event: many\ndata: {}\n\n"));
  EXPECT_LT(page->wait_for("event: many").size(), 2 * LiveFeed::kEventsMax * text_of(1000).size());
}

TEST_F(LiveFeedTest, APageThatIsClosedMakesRoom) {
  const auto first = open(1);
  open(1);
  EXPECT_TRUE(feed_.has_room());
  open(1);
  EXPECT_FALSE(feed_.has_room());
  EXPECT_FALSE(open(1)->is_open()) << "it was turned away";
  first->close();
  bool has_room = false;
  for (int i = 0; i < 2000 && !has_room; ++i) {
    has_room = feed_.has_room();
    std::this_thread::sleep_for(milliseconds(1));
  }
  EXPECT_TRUE(has_room);
}

}  // namespace
}  // namespace rhumb::registry
