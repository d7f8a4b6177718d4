#include "report/delivery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "sys/clock.h"
#include "sys/files.h"

namespace rhumb::report {
namespace {

using registry_api::HttpHeaders;
using registry_api::HttpReply;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Answers with the given statuses in turn, the last one for ever; 0 is no answer.
class ScriptedTransport final : public registry_api::Transport {
 public:
  explicit ScriptedTransport(std::deque<int> statuses) : statuses_(std::move(statuses)) {}

  Result<HttpReply> post(const std::string& /*url*/,
                         const HttpHeaders& /*headers*/,
                         const std::string& body) override {
    bodies_.push_back(body);
    const int status = statuses_.front();
    if (statuses_.size() > 1) {
      statuses_.pop_front();
    }
    if (status == 0) {
      return Error(ErrorCode::kUnavailable, "connection refused");
    }
    const std::string ok = R"({"data":{"reportMigration":{"url":"http://r/deployments/1"}}})";
    return HttpReply{.status = status, .headers = {}, .body = status == 200 ? ok : "sorry"};
  }
  Result<void> wait(std::chrono::milliseconds duration) override {
    waits_.push_back(duration.count());
    return {};
  }

  std::vector<std::string> bodies_;
  std::vector<int64_t> waits_;

 private:
  std::deque<int> statuses_;
};

class DeliveryTest : public ::testing::Test {
 protected:
  struct Wires {
    explicit Wires(std::deque<int> statuses, sys::Clock& clock)
        : scripted(std::move(statuses)), recording(scripted, clock) {}
    ScriptedTransport scripted;
    RecordingTransport recording;
    registry_api::RegistryClient client{
        recording, {.endpoint = "http://r.example/query", .token = "t", .user_agent = "Atlas/v1"}};
  };

  Delivery delivery(Wires& wires, const Spool* spool) {
    return {wires.client, wires.recording, "http://r.example/query", spool};
  }

  sys::TemporaryDirectory home_ = sys::TemporaryDirectory::create().value();
  sys::FakeClock clock_;
  Spool spool_{home_.path(), clock_};
  registry_api::MigrationReport report_ = [] {
    registry_api::MigrationReport report;
    report.env_name = "prod";
    report.dir_name = "app";
    return report;
  }();
};

TEST_F(DeliveryTest, DeliversAndTellsThePage) {
  Wires wires({200}, clock_);
  const DeliveryOutcome outcome =
      delivery(wires, &spool_).send(Delivery::outgoing(report_, "id-1"));
  EXPECT_EQ(outcome.state, DeliveryState::kDelivered);
  EXPECT_EQ(outcome.url, "http://r/deployments/1");
  EXPECT_THAT(spool_.list().value(), IsEmpty());
}

struct KeptCase {
  const char* name;
  int status;
  DeliveryState state;
  size_t attempts;
};

TEST_F(DeliveryTest, KeepsWhatGotNoRealAnswer) {
  const KeptCase cases[] = {
      {"no answer", 0, DeliveryState::kKept, 5},
      {"unauthorized", 401, DeliveryState::kKept, 1},
      {"forbidden", 403, DeliveryState::kKept, 1},
      {"busy", 429, DeliveryState::kKept, 5},
      {"broken", 500, DeliveryState::kKept, 5},
      {"not implemented", 501, DeliveryState::kKept, 1},
      {"bad input", 400, DeliveryState::kRejected, 1},
      {"too large", 413, DeliveryState::kRejected, 1},
      {"unknown member", 422, DeliveryState::kRejected, 1},
  };
  for (const KeptCase& c : cases) {
    Wires wires({c.status}, clock_);
    const DeliveryOutcome outcome =
        delivery(wires, &spool_).send(Delivery::outgoing(report_, "id-1"));
    EXPECT_EQ(outcome.state, c.state) << c.name;
    EXPECT_THAT(wires.scripted.bodies_, SizeIs(c.attempts)) << c.name;
    EXPECT_EQ(spool_.list().value().size(), c.state == DeliveryState::kKept ? 1U : 0U) << c.name;
    for (const std::string& name : spool_.list().value()) {
      ASSERT_TRUE(spool_.remove(name).has_value());
    }
  }
}

TEST_F(DeliveryTest, WithoutASpoolTheReportIsLostAndSaidSo) {
  Wires wires({500}, clock_);
  const DeliveryOutcome outcome =
      delivery(wires, nullptr).send(Delivery::outgoing(report_, "id-1"));
  EXPECT_EQ(outcome.state, DeliveryState::kLost);
  EXPECT_EQ(outcome.error, "unexpected error code 500: sorry");
}

TEST_F(DeliveryTest, WaitsLongerEachTime) {
  Wires wires({500}, clock_);
  delivery(wires, nullptr).send(Delivery::outgoing(report_, "id-1"));
  EXPECT_THAT(wires.scripted.waits_, ElementsAre(1000, 2000, 4000, 8000));
}

TEST_F(DeliveryTest, TheBudgetEndsTheAttempts) {
  Wires wires({500}, clock_);
  wires.recording.limit(std::chrono::seconds(2));
  delivery(wires, nullptr).send(Delivery::outgoing(report_, "id-1"));
  EXPECT_THAT(wires.scripted.waits_, ElementsAre(1000, 2000));
}

TEST_F(DeliveryTest, FlushSendsTheSameBytesAndEmptiesTheSpool) {
  Wires broken({500}, clock_);
  delivery(broken, &spool_).send(Delivery::outgoing(report_, "id-1"));
  Wires working({200}, clock_);
  const Delivery::Flushed flushed = delivery(working, &spool_).flush().value();
  EXPECT_EQ(flushed.delivered, 1U);
  EXPECT_EQ(flushed.left, 0U);
  EXPECT_THAT(spool_.list().value(), IsEmpty());
  EXPECT_EQ(working.scripted.bodies_.front(), broken.scripted.bodies_.front());
}

TEST_F(DeliveryTest, FlushDropsWhatTheRegistryRefusesWithAWarning) {
  Wires broken({500}, clock_);
  delivery(broken, &spool_).send(Delivery::outgoing(report_, "id-1"));
  Wires refusing({422}, clock_);
  const Delivery::Flushed flushed = delivery(refusing, &spool_).flush().value();
  EXPECT_THAT(flushed.warnings, ElementsAre(HasSubstr("id-1")));
  EXPECT_THAT(spool_.list().value(), IsEmpty());
}

TEST_F(DeliveryTest, FlushLeavesReportsOfOtherEndpoints) {
  ASSERT_TRUE(spool_
                  .put({.id = "x",
                        .endpoint = "http://elsewhere/query",
                        .operation = "reportMigration",
                        .body = "{}"})
                  .has_value());
  Wires wires({200}, clock_);
  const Delivery::Flushed flushed = delivery(wires, &spool_).flush().value();
  EXPECT_EQ(flushed.delivered, 0U);
  EXPECT_EQ(flushed.left, 1U);
  EXPECT_THAT(wires.scripted.bodies_, IsEmpty());
}

}  // namespace
}  // namespace rhumb::report
