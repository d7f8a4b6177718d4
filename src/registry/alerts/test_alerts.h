#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "registry/alerts/alert_worker.h"
#include "registry/alerts/deliveries.h"
#include "registry/alerts/webhook_changes.h"
#include "registry/test_registry.h"

namespace rhumb::registry {

/// Notes what it is given and says what it is told to; for tests only.
class FakeSender : public AlertSender {
 public:
  AttemptOutcome send(const ClaimedDelivery& delivery) override {
    sent.push_back(delivery);
    return answer;
  }

  static AttemptOutcome ok() {
    AttemptOutcome outcome;
    outcome.delivered = true;
    outcome.status = 200;
    outcome.request = "POST";
    outcome.response = "HTTP 200";
    return outcome;
  }
  static AttemptOutcome refusal(int64_t status = 500) {
    AttemptOutcome outcome;
    outcome.status = status;
    outcome.request = "POST";
    outcome.error = "the receiver answered with status " + std::to_string(status);
    return outcome;
  }

  std::vector<ClaimedDelivery> sent;
  AttemptOutcome answer = ok();
};

/// A registry with webhooks that tell a FakeSender; for tests only.
class AlertTest : public testing::Test {
 protected:
  Webhook webhook(WebhookWish wish = {}) {
    if (!wish.url) {
      wish.url = "https://hooks.example.com/x";
    }
    const Result<Webhook> made = create_webhook(*registry_, registry_.caller(), wish);
    EXPECT_TRUE(made.has_value()) << (made ? "" : made.error().message());
    return made.value_or(Webhook());
  }

  /// Sends what is due. The events that were sent, in order.
  std::string told() {
    sender_.sent.clear();
    const Result<size_t> sent = deliver_due(*registry_, sender_);
    EXPECT_TRUE(sent.has_value()) << (sent ? "" : sent.error().message());
    std::string out;
    for (const ClaimedDelivery& delivery : sender_.sent) {
      out += (out.empty() ? "" : " ") + delivery.event;
    }
    return out;
  }
  /// The part of the body of what was sent last, or of another place.
  codec::Json part(const std::string& name, size_t place = SIZE_MAX) {
    if (sender_.sent.empty()) {
      return {};
    }
    const size_t last = sender_.sent.size() - 1;
    const codec::Json* found = sender_.sent.at(std::min(place, last)).body.find(name);
    return found == nullptr ? codec::Json() : *found;
  }
  void pass(std::chrono::nanoseconds time) { registry_.clock().advance(time); }

  registry_api::MigrationReport failing(const std::string& id, const std::string& error = "boom") {
    registry_api::MigrationReport report = registry_.report(id, "", "2");
    report.current_version = "1";
    report.files->at(0).error = registry_api::StatementError{"SELECT 2;", error};
    report.error = error;
    return report;
  }

  TestRegistry registry_;
  FakeSender sender_;
};

}  // namespace rhumb::registry
