#include "registry/alerts/deliveries.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/alerts/test_alerts.h"
#include "registry/metrics.h"

namespace rhumb::registry {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class DeliveryTest : public AlertTest {
 protected:
  Delivery newest() {
    const Result<DeliveryPage> page = read_value<DeliveryPage>(
        *registry_.store(), [](Session& session) { return list_deliveries(session, 1, {}); });
    EXPECT_TRUE(page.has_value() && !page->deliveries.empty());
    return page && !page->deliveries.empty() ? page->deliveries.front() : Delivery();
  }
  Webhook stored(int64_t id = 1) {
    return *read_value<Webhook>(*registry_.store(),
                                [id](Session& session) { return load_webhook(session, 1, id); });
  }
  static Page page_of(int64_t number, std::optional<int64_t> after) {
    Page page;
    page.number = number;
    page.size = 2;
    page.after = after;
    return page;
  }
  void ping(int64_t id = 1) {
    ASSERT_TRUE(ping_webhook(*registry_, registry_.caller(), id).has_value());
  }
};

TEST_F(DeliveryTest, IsSentOnceAndRemembered) {
  webhook();
  ping();
  EXPECT_EQ(newest().attempts, 0);
  EXPECT_EQ(told(), "ping");
  EXPECT_EQ(told(), "");
  const Delivery delivery = newest();
  EXPECT_TRUE(delivery.delivered);
  EXPECT_EQ(delivery.attempts, 1);
  EXPECT_EQ(delivery.status, 200);
  EXPECT_EQ(delivery.request, "POST");
  EXPECT_EQ(delivery.response, "HTTP 200");
  EXPECT_FALSE(delivery.due_at.has_value());
}

TEST_F(DeliveryTest, WaitsInTheMetricsUntilItWasTaken) {
  auto metrics = [this](int64_t org_id) {
    return *read_value<std::string>(*registry_.store(), [&](Session& session) {
      return format_store_metrics(session, org_id, registry_->now());
    });
  };
  webhook();
  ping();
  pass(seconds(70));
  const std::string waiting = metrics(1);
  EXPECT_THAT(waiting, testing::HasSubstr("\nrhumb_webhook_deliveries_waiting 1\n"));
  EXPECT_THAT(waiting, testing::HasSubstr("\nrhumb_webhook_oldest_waiting_seconds 70\n"));
  EXPECT_THAT(metrics(2), testing::HasSubstr("\nrhumb_webhook_deliveries_waiting 0\n"));
  ASSERT_EQ(told(), "ping");
  const std::string taken = metrics(1);
  EXPECT_THAT(taken, testing::HasSubstr("\nrhumb_webhook_deliveries_waiting 0\n"));
  EXPECT_THAT(taken, testing::HasSubstr("\nrhumb_webhook_oldest_waiting_seconds 0\n"));
}

TEST_F(DeliveryTest, IsTriedAgainAsTheScheduleSaysAndThenGivenUp) {
  webhook();
  sender_.answer = FakeSender::refusal();
  ping();
  EXPECT_EQ(told(), "ping");
  std::string guid = sender_.sent.front().guid;
  for (const int wait : {1, 5, 30, 120, 360}) {
    pass(minutes(wait) - seconds(1));
    EXPECT_EQ(told(), "") << wait;
    pass(seconds(1));
    EXPECT_EQ(told(), "ping") << wait;
    EXPECT_EQ(sender_.sent.front().guid, guid);
  }
  pass(hours(48));
  EXPECT_EQ(told(), "");
  EXPECT_EQ(newest().attempts, 6);
  EXPECT_FALSE(newest().delivered);
}

TEST_F(DeliveryTest, WaitsAsLongAsTheReceiverAsks) {
  webhook();
  sender_.answer = FakeSender::refusal(429);
  sender_.answer.retry_after_ns = std::chrono::nanoseconds(minutes(10)).count();
  ping();
  EXPECT_EQ(told(), "ping");
  pass(minutes(9));
  EXPECT_EQ(told(), "");
  pass(minutes(1));
  EXPECT_EQ(told(), "ping");
}

TEST_F(DeliveryTest, AFailingWebhookIsDisabledAfterThreeDays) {
  webhook();
  sender_.answer = FakeSender::refusal();
  ping();
  EXPECT_EQ(told(), "ping");
  EXPECT_TRUE(stored().failing_since.has_value());
  pass(hours(71));
  ping();
  EXPECT_NE(told(), "");
  EXPECT_TRUE(stored().enabled);
  pass(hours(1) + seconds(1));
  ping();
  EXPECT_NE(told(), "");
  const Webhook webhook = stored();
  EXPECT_FALSE(webhook.enabled);
  EXPECT_EQ(webhook.disabled_reason,
            "it has failed for three days, last with: the receiver answered with status 500");
  EXPECT_EQ(
      registry_.scalar("SELECT count(*) FROM audit WHERE action = 'webhook.disable'").number(), 1);
  pass(hours(24));
  EXPECT_EQ(told(), "");
  ASSERT_TRUE(registry_.push("app", "", {"1"}));
  EXPECT_EQ(told(), "");
  EXPECT_EQ(ping_webhook(*registry_, registry_.caller(), 1).error().message(),
            "webhook 1 is disabled; enable it first");
  ASSERT_TRUE(update_webhook(*registry_, registry_.caller(), 1, {.enabled = true}));
  EXPECT_FALSE(stored().disabled_reason.has_value());
  sender_.answer = FakeSender::ok();
  ASSERT_TRUE(registry_.push("app", "", {"1", "2"}));
  EXPECT_EQ(told(), "dir.pushed");
}

TEST_F(DeliveryTest, OneThatWorksAgainIsNotFailing) {
  webhook();
  sender_.answer = FakeSender::refusal();
  ping();
  EXPECT_EQ(told(), "ping");
  sender_.answer = FakeSender::ok();
  pass(minutes(1));
  EXPECT_EQ(told(), "ping");
  EXPECT_FALSE(stored().failing_since.has_value());
}

TEST_F(DeliveryTest, ManyMessagesWaitForTheNextMinute) {
  registry_->alert_settings.messages_per_minute = 3;
  webhook();
  webhook();
  for (int i = 0; i < 5; ++i) {
    ping();
  }
  ping(2);
  EXPECT_EQ(sender_.sent.size(), 0U);
  EXPECT_EQ(told(), "ping ping ping ping") << "three of one, and the other is not held up";
  pass(minutes(1));
  EXPECT_EQ(told(), "ping ping");
}

TEST_F(DeliveryTest, AClaimKeepsOthersAwayUntilItsOwnerIsGone) {
  webhook();
  ping();
  const auto claim = [this] {
    return *write_value<std::vector<ClaimedDelivery>>(*registry_.store(), [this](Session& session) {
      return claim_due(session, {.webhook_id = 1, .org_id = 1}, {}, registry_->now());
    });
  };
  const auto note = [this](const ClaimedDelivery& claimed, const AttemptOutcome& outcome) {
    return *write_value<NotedAttempt>(*registry_.store(), [&](Session& session) {
      return note_attempt(*registry_, session, claimed, outcome);
    });
  };
  const std::vector<ClaimedDelivery> first = claim();
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(claim().size(), 0U);
  pass(seconds(59));
  EXPECT_EQ(claim().size(), 0U);
  pass(seconds(2));
  const std::vector<ClaimedDelivery> second = claim();
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].guid, first[0].guid);
  // Whoever was gone for too long has nothing to say about it any more.
  EXPECT_FALSE(note(first[0], FakeSender::refusal()).is_ours);
  EXPECT_TRUE(note(second[0], FakeSender::ok()).is_ours);
  EXPECT_TRUE(newest().delivered);
  EXPECT_EQ(newest().attempts, 1);
}

TEST_F(DeliveryTest, WhatIsDeletedOrDisabledMeanwhileIsNotTriedAgain) {
  webhook();
  sender_.answer = FakeSender::refusal();
  ping();
  ASSERT_TRUE(update_webhook(*registry_, registry_.caller(), 1, {.enabled = false}));
  EXPECT_EQ(told(), "");
  ASSERT_TRUE(update_webhook(*registry_, registry_.caller(), 1, {.enabled = true}));
  EXPECT_EQ(told(), "") << "what was not sent then stays unsent";
  ping();
  ASSERT_TRUE(delete_webhook(*registry_, registry_.caller(), 1));
  EXPECT_EQ(told(), "");
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM webhook_deliveries").number(), 0);
}

TEST_F(DeliveryTest, PagesGoOnWhereTheyEndedThoughNewOnesCome) {
  webhook();
  for (int i = 0; i < 5; ++i) {
    ping();
  }
  const auto list = [this](const Page& page) {
    return *read_value<DeliveryPage>(*registry_.store(), [&page](Session& session) {
      return list_deliveries(session, 1, page);
    });
  };
  const DeliveryPage first = list(page_of(1, {}));
  ASSERT_EQ(first.deliveries.size(), 2U);
  EXPECT_EQ(first.deliveries[0].id, 5);
  EXPECT_TRUE(first.facts.has_next);
  EXPECT_EQ(first.facts.total, 5);
  ping();
  const DeliveryPage second = list(page_of(1, first.facts.end));
  ASSERT_EQ(second.deliveries.size(), 2U);
  EXPECT_EQ(second.deliveries[0].id, 3);
  const DeliveryPage last = list(page_of(1, second.facts.end));
  ASSERT_EQ(last.deliveries.size(), 1U);
  EXPECT_FALSE(last.facts.has_next);
  EXPECT_EQ(list(page_of(9, {})).deliveries.size(), 0U);
}

/// Sleeps as long as it is told to for each webhook.
class SlowSender : public AlertSender {
 public:
  AttemptOutcome send(const ClaimedDelivery& delivery) override {
    const bool is_slow = delivery.webhook.id <= slow;
    for (int i = 0; is_slow && i < 200 && !released; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(25));
    }
    const std::lock_guard lock(mutex);
    ++sent[delivery.webhook.id];
    return is_slow ? FakeSender::refusal() : FakeSender::ok();
  }
  int64_t count(int64_t webhook_id) {
    const std::lock_guard lock(mutex);
    return sent[webhook_id];
  }

  int64_t slow = 0;
  std::atomic<bool> released = false;
  std::mutex mutex;
  std::map<int64_t, int64_t> sent;
};

TEST_F(DeliveryTest, SlowReceiversHoldUpNobodyElse) {
  SlowSender slow;
  slow.slow = 6;
  for (int i = 0; i < 7; ++i) {
    webhook({.repo = "r" + std::to_string(i) + "*"});
  }
  for (int64_t id = 1; id <= 6; ++id) {
    ping(id);
    ping(id);
  }
  {
    AlertWorker worker(*registry_, slow,
                       {.threads = 8, .failing_max = 2, .pause = std::chrono::milliseconds(10)});
    for (int i = 0; i < 3; ++i) {
      ping(7);
    }
    for (int i = 0; i < 400 && slow.count(7) < 3; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_EQ(slow.count(7), 3);
    EXPECT_EQ(slow.count(1), 0);
    slow.released = true;
  }
  EXPECT_GE(slow.count(1), 1) << "what was under way is finished";
}

}  // namespace
}  // namespace rhumb::registry
