#include "registry/alerts/alert_sender.h"

#include <gtest/gtest.h>

#include <mutex>

#include "http/client.h"
#include "http/server.h"
#include "registry/alerts/renderers.h"
#include "registry/alerts/test_alerts.h"

namespace rhumb::registry {
namespace {

/// A receiver on this machine.
class NetworkSenderTest : public AlertTest {
 protected:
  void SetUp() override {
    if (!http::Client::create()) {
      GTEST_SKIP() << "libcurl is not installed";
    }
    http::ServerOptions options;
    options.io_threads = 1;
    server_ = *http::Server::start(std::move(options), [this](const http::Request& request) {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
      return answer_;
    });
    registry_->alert_settings.guard = http::AddressGuard({*http::IpRange::parse("127.0.0.0/8")});
  }

  Delivery send(const std::string& path, WebhookWish wish = {}) {
    wish.url = server_->base_url() + path;
    return deliver(std::move(wish));
  }
  Delivery deliver(WebhookWish wish) {
    const Webhook made = webhook(std::move(wish));
    EXPECT_TRUE(ping_webhook(*registry_, registry_.caller(), made.id));
    NetworkSender sender(registry_->alert_settings, registry_->seal, [] { return false; });
    EXPECT_EQ(deliver_due(*registry_, sender).value_or(0), 1U);
    return read_value<DeliveryPage>(
               *registry_.store(),
               [&made](Session& session) { return list_deliveries(session, made.id, {}); })
        ->deliveries.front();
  }

  std::mutex mutex_;  // guards what follows
  std::vector<http::Request> requests_;
  http::Response answer_ = http::text_response(200, "thanks");
  std::unique_ptr<http::Server> server_;
};

TEST_F(NetworkSenderTest, PostsASignedBody) {
  const Delivery delivery = send("/hook", {.secret = "s3cret-value"});
  EXPECT_TRUE(delivery.delivered) << delivery.error.value_or("");
  EXPECT_EQ(delivery.status, 200);
  ASSERT_EQ(requests_.size(), 1U);
  const http::Request& request = requests_.front();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.header("X-Registry-Event"), "ping");
  EXPECT_EQ(request.header("X-Registry-Delivery"), delivery.guid);
  EXPECT_EQ(request.header("X-Hub-Signature-256"), sign_body("s3cret-value", request.body).sha256);
  EXPECT_EQ(codec::parse_json(request.body)->string_or_empty("event"), "ping");
  EXPECT_NE(delivery.request.find("X-Registry-Event: ping"), std::string::npos);
  EXPECT_NE(delivery.response->find("thanks"), std::string::npos);
}

TEST_F(NetworkSenderTest, WhatIsKeptHoldsNoSecretWhateverTheReceiverSays) {
  answer_ = http::text_response(500, "you sent /t0ken-path to me with s3cret-value \xff and \x01");
  const Delivery delivery = send("/", {.sensitive_part = "t0ken-path", .secret = "s3cret-value"});
  EXPECT_FALSE(delivery.delivered);
  for (const std::string& kept : {delivery.request, *delivery.response, *delivery.error}) {
    EXPECT_EQ(kept.find("t0ken"), std::string::npos) << kept;
    EXPECT_EQ(kept.find("s3cret"), std::string::npos) << kept;
  }
  EXPECT_EQ(requests_.front().path, "/t0ken-path");
}

TEST_F(NetworkSenderTest, FollowsNoRedirect) {
  answer_ = http::redirect_response("/elsewhere");
  const Delivery delivery = send("/hook");
  EXPECT_FALSE(delivery.delivered);
  EXPECT_EQ(delivery.status, 303);
  EXPECT_NE(delivery.error->find("redirects (status 303)"), std::string::npos);
  EXPECT_EQ(requests_.size(), 1U);
}

TEST_F(NetworkSenderTest, ConnectsToNobodysOwnNetwork) {
  registry_->alert_settings.guard = {};
  const std::string port = server_->base_url().substr(server_->base_url().rfind(':'));
  for (const std::string host : {"localhost", "2130706433", "0x7f000001", "127.1"}) {
    const Delivery delivery = deliver({.url = "http://" + host + port + "/x"});
    EXPECT_FALSE(delivery.delivered);
    EXPECT_NE(delivery.error->find("is a loopback address"), std::string::npos) << *delivery.error;
  }
  EXPECT_TRUE(requests_.empty());
}

TEST_F(NetworkSenderTest, ReachesTheOutsideThroughTheProxy) {
  registry_->alert_settings.guard = {};
  registry_->alert_settings.proxy = server_->base_url();
  const Delivery delivery = deliver({.url = "http://hooks.example.invalid/x"});
  EXPECT_TRUE(delivery.delivered) << delivery.error.value_or("");
  ASSERT_EQ(requests_.size(), 1U);
  EXPECT_EQ(requests_.front().target, "http://hooks.example.invalid/x");
  answer_ = http::text_response(407, "who are you");
  EXPECT_EQ(deliver({.url = "http://hooks.example.invalid/y"}).error,
            "the receiver, or the proxy, answered with status 407");
}

TEST_F(NetworkSenderTest, AsksTheProxyForNothingInside) {
  registry_->alert_settings.guard = {};
  registry_->alert_settings.proxy = server_->base_url();
  for (const std::string host : {"localhost", "127.1", "vault", "\u2460\u2461\u2466.0.0.1"}) {
    const Delivery delivery = deliver({.url = "http://" + host + "/x"});
    EXPECT_FALSE(delivery.delivered) << host;
    EXPECT_FALSE(delivery.status) << host;
  }
  EXPECT_TRUE(requests_.empty());
}

TEST_F(NetworkSenderTest, ReachesWhatIsAllowedInsideWithoutTheProxy) {
  registry_->alert_settings.proxy = "http://127.0.0.1:1";
  const Delivery delivery = send("/hook");
  EXPECT_TRUE(delivery.delivered) << delivery.error.value_or("");
  EXPECT_EQ(requests_.front().target, "/hook");
}

TEST_F(NetworkSenderTest, AnotherKeyOpensNothing) {
  const Webhook made = webhook({.url = server_->base_url() + "/x"});
  registry_->seal = StoreSeal(codec::SealKey{std::byte{1}}, "/srv/seal.key");
  ASSERT_TRUE(ping_webhook(*registry_, registry_.caller(), made.id));
  NetworkSender sender(registry_->alert_settings, registry_->seal, [] { return false; });
  EXPECT_EQ(deliver_due(*registry_, sender).value_or(0), 1U);
  EXPECT_EQ(registry_.scalar("SELECT error FROM webhook_deliveries").text(),
            "the address cannot be opened: the text was sealed with another key (the key of this "
            "server is in /srv/seal.key); give the server the key it was sealed with, or enter the "
            "address again");
  EXPECT_TRUE(requests_.empty());
}

}  // namespace
}  // namespace rhumb::registry
