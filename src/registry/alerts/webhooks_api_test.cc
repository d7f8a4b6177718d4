#include <gtest/gtest.h>

#include "registry/alerts/alert_worker.h"
#include "registry/alerts/test_alerts.h"
#include "registry/api/test_api.h"

namespace rhumb::registry {
namespace {

constexpr const char* kCreate =
    "mutation c($input: WebhookInput!) { createWebhook(input: $input) { id repo type url hasSecret "
    "events envs statuses enabled disabledReason } }";
constexpr const char* kList = "{ webhooks { id repo url enabled } }";

class WebhookApiTest : public ApiTest {
 protected:
  Json good() {
    return Json::object(
        {{"url", "https://x.example/hook?token=t0ken"}, {"secret", "s3cret-value"}});
  }
  void create() { input(kCreate, good()); }
  std::string update_failure(Json value) {
    return failure(
        "mutation u($input: WebhookInput!) { updateWebhook(id: 1, input: $input) { id } }",
        Json::object({{"input", std::move(value)}}));
  }
  Json update(Json value) {
    return data(
        "mutation u($input: WebhookInput!) { updateWebhook(id: 1, input: $input) { repo url "
        "hasSecret events envs statuses enabled disabledReason } }",
        Json::object({{"input", std::move(value)}}));
  }
};

TEST_F(WebhookApiTest, AreMadeChangedListedAndRemoved) {
  ASSERT_TRUE(registry_.push("app", "", {"1"}));
  EXPECT_EQ(text(input(kCreate, good())),
            R"j({"createWebhook":{"id":"1","repo":null,"type":"GENERIC","url":)j"
            R"j("https://x.example/hook?token=xxxxx","hasSecret":true,"events":[],"envs":[],)j"
            R"j("statuses":[],"enabled":true,"disabledReason":null}})j");
  EXPECT_EQ(text(update(Json::object({{"repo", "app"},
                                      {"events", Json::array({"deployment.failed"})},
                                      {"envs", Json::array({"prod*"})},
                                      {"statuses", Json::array({"FAILED"})}}))),
            R"j({"updateWebhook":{"repo":"app","url":"https://x.example/hook?token=xxxxx",)j"
            R"j("hasSecret":true,"events":["deployment.failed"],"envs":["prod*"],)j"
            R"j("statuses":["FAILED"],"enabled":true,"disabledReason":null}})j");
  EXPECT_EQ(
      text(update(Json::object({{"repo", nullptr}, {"secret", nullptr}, {"enabled", false}}))),
      R"j({"updateWebhook":{"repo":null,"url":"https://x.example/hook?token=xxxxx",)j"
      R"j("hasSecret":false,"events":["deployment.failed"],"envs":["prod*"],)j"
      R"j("statuses":["FAILED"],"enabled":false,"disabledReason":"disabled by admin"}})j");
  EXPECT_EQ(
      text(data(kList)),
      R"({"webhooks":[{"id":"1","repo":null,"url":"https://x.example/hook?token=xxxxx","enabled":false}]})");
  EXPECT_EQ(text(data("mutation { deleteWebhook(id: 1) { success } }")),
            R"({"deleteWebhook":{"success":true}})");
  EXPECT_EQ(text(data(kList)), R"({"webhooks":[]})");
  EXPECT_EQ(audited(),
            "repo.create dir.push webhook.create webhook.update webhook.update webhook.delete");
}

TEST_F(WebhookApiTest, NoSecretIsStoredOrShownInClear) {
  create();
  update(
      Json::object({{"secret", "an0ther-value"}, {"url", "https://x.example/hook?token=t0ken2"}}));
  for (const char* secret : {"s3cret-value", "an0ther-value", "t0ken"}) {
    for (const char* column : {"url_shown", "url_sealed", "secret_sealed"}) {
      EXPECT_EQ(
          registry_.store().count_with(std::string("SELECT ") + column + " FROM webhooks", secret),
          0);
    }
    EXPECT_EQ(
        registry_.store().count_with(
            "SELECT coalesce(before_json, '') || coalesce(after_json, '') FROM audit", secret),
        0);
  }
}

TEST_F(WebhookApiTest, AreOfOneRepositoryOrOfEvery) {
  ASSERT_TRUE(registry_.push("app", "", {"1"}));
  ASSERT_TRUE(registry_.push("other", "", {"1"}));
  for (const char* repo : {"app", "a*", "o*"}) {
    Json value = good();
    value.set("repo", repo);
    input(kCreate, value);
  }
  create();
  EXPECT_EQ(text(data("{ webhooks(repo: \"app\") { id } }")),
            R"({"webhooks":[{"id":"1"},{"id":"2"},{"id":"4"}]})");
  EXPECT_EQ(text(data("{ webhooks(repo: \"nobody\") { id } }")), R"({"webhooks":[]})");
  EXPECT_EQ(text(data("{ repo(input: {slug: \"other\"}) { webhooks { id repo } } }")),
            R"({"repo":{"webhooks":[{"id":"3","repo":"o*"},{"id":"4","repo":null}]}})");
}

TEST_F(WebhookApiTest, WhatIsWrongIsRefused) {
  const struct {
    const char* member;
    Json value;
    const char* message;
  } cases[] = {
      {"url", nullptr, "INVALID url is required"},
      {"url", "", "INVALID url must have from 1 to 4096 bytes"},
      {"url", std::string(5000, 'x'), "INVALID url must have from 1 to 4096 bytes"},
      {"url", "ftp://x.example", "INVALID url must be http:// or https:// with a host"},
      {"url", "http://127.0.0.1/x",
       "INVALID url: 127.0.0.1 is a loopback address; whoever runs the registry can allow it with "
       "--webhook-allow"},
      {"repo", "nobody", "NOT_FOUND repository \"nobody\" not found"},
      {"repo", std::string(300, 'x'), "INVALID repo must not be longer than 255 bytes"},
      {"events", Json::array({""}), "INVALID events must not be empty"},
      {"envs", Json::array({std::string(300, 'x')}),
       "INVALID envs must not be longer than 255 bytes"},
      {"statuses", Json::array({"OK"}),
       "INVALID unknown status \"OK\"; there are PASSED, FAILED, NO_ACTION, DRY_RUN, SYNCED, "
       "PENDING, "
       "SUCCESSFUL, APPROVED, PENDING_USER, ABORTED"},
      {"secret", std::string(2000, 'x'), "INVALID secret must not be longer than 1024 bytes"},
      {"sensitivePart", std::string(5000, 'x'), "INVALID url must have from 1 to 4096 bytes"},
      {"type", "EMAIL",
       "INVALID this server has no mail server; start it with --smtp-url and --smtp-from"},
  };
  for (const auto& c : cases) {
    Json value = good();
    value.set(c.member, c.value);
    EXPECT_EQ(input_failure(kCreate, value), c.message) << c.member;
  }
  Json value = good();
  value.set("events", Json::array({"deployment"}));
  EXPECT_TRUE(input_failure(kCreate, value)
                  .starts_with("INVALID unknown event \"deployment\"; there are ping, "));
  Json many = Json::array();
  for (int i = 0; i < 101; ++i) {
    many.push_back("prod");
  }
  value = good();
  value.set("envs", many);
  EXPECT_EQ(input_failure(kCreate, value), "LIMIT envs: at most 100");
  value = good();
  value.set("type", "WORKPLACE");
  value.erase("secret");
  EXPECT_EQ(input_failure(kCreate, value),
            "INVALID secret is required: the access token of the Workplace integration");
  for (const char* member : {"repo", "type", "url", "sensitivePart", "secret", "events", "envs",
                             "statuses", "enabled"}) {
    Json wrong = good();
    wrong.set(member, Json::array({Json::object()}));
    EXPECT_TRUE(input_failure(kCreate, wrong).starts_with("INVALID variable")) << member;
  }
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM webhooks").number(), 0);
  create();
  EXPECT_EQ(update_failure(Json::object({{"type", "SLACK"}})),
            "INVALID type of a webhook cannot be changed; make another one");
  EXPECT_EQ(update_failure(Json::object({{"sensitivePart", "x"}})),
            "INVALID sensitivePart needs the url that it belongs to");
  EXPECT_EQ(update_failure(Json::object({{"url", "x"}})),
            "INVALID url must be http:// or https:// with a host");
}

TEST_F(WebhookApiTest, WithoutAKeyThereAreNone) {
  registry_->seal = StoreSeal();
  EXPECT_EQ(input_failure(kCreate, good()),
            "INVALID this server has no key to keep secrets with; start it with --seal-key-file");
}

TEST_F(WebhookApiTest, ARepositoryHasTwentyFive) {
  for (size_t i = 0; i < kWebhooksMax; ++i) {
    create();
  }
  EXPECT_EQ(input_failure(kCreate, good()), "LIMIT a repository has at most 25 webhooks");
  ASSERT_TRUE(registry_.push("app", "", {"1"}));
  Json value = good();
  value.set("repo", "app");
  input(kCreate, value);
}

TEST_F(WebhookApiTest, OnlyAdministratorsChangeThemAndSeeWhatWasSent) {
  create();
  const Json one = Json::object({{"input", good()}});
  const char* refused = "FORBIDDEN permission \"admin\" is required";
  allow_only(known_scopes());
  EXPECT_EQ(failure(kCreate, one), refused);
  EXPECT_EQ(update_failure(good()), refused);
  for (const char* query :
       {"mutation { deleteWebhook(id: 1) { success } }", "mutation { pingWebhook(id: 1) { id } }",
        "mutation { redeliverWebhook(deliveryID: 1) { id } }",
        "{ webhookDeliveries(input: {webhookID: 1}) { pageInfo { total } } }",
        "{ webhooks { deliveries { pageInfo { total } } } }"}) {
    EXPECT_EQ(failure(query), refused) << query;
  }
  EXPECT_EQ(failure(kList), "");
  allow_only({"report:write"});
  EXPECT_EQ(failure(kList), "FORBIDDEN permission \"cloud:read\" is required");
}

TEST_F(WebhookApiTest, OfAnotherOrganizationAreNotThere) {
  create();
  data("mutation { pingWebhook(id: 1) { id } }");
  leave_organization();
  EXPECT_EQ(text(data(kList)), R"({"webhooks":[]})");
  EXPECT_EQ(update_failure(good()), "NOT_FOUND webhook not found");
  for (const char* query :
       {"mutation { deleteWebhook(id: 1) { success } }", "mutation { pingWebhook(id: 1) { id } }",
        "{ webhookDeliveries(input: {webhookID: 1}) { pageInfo { total } } }",
        "mutation { deleteWebhook(id: \"x\") { success } }"}) {
    EXPECT_EQ(failure(query), "NOT_FOUND webhook not found") << query;
  }
  EXPECT_EQ(failure("mutation { redeliverWebhook(deliveryID: 1) { id } }"),
            "NOT_FOUND delivery not found");
}

TEST_F(WebhookApiTest, DeliveriesTellWhatWasSent) {
  create();
  EXPECT_EQ(
      text(data("mutation { pingWebhook(id: 1) { id event attempt delivered status error } }")),
      R"({"pingWebhook":{"id":"1","event":"ping","attempt":0,"delivered":false,"status":null,"error":null}})");
  FakeSender sender;
  sender.answer = FakeSender::refusal(503);
  ASSERT_EQ(*deliver_due(*registry_, sender), 1U);
  EXPECT_EQ(
      text(data("{ webhookDeliveries(input: {webhookID: 1}) { deliveries { id event attempt "
                "delivered status "
                "request response error } pageInfo { total hasNextPage } } }")),
      R"({"webhookDeliveries":{"deliveries":[{"id":"1","event":"ping","attempt":1,"delivered":false,)"
      R"("status":503,"request":"POST","response":null,"error":"the receiver answered with status 503"}],)"
      R"("pageInfo":{"total":1,"hasNextPage":false}}})");
  sender.answer = FakeSender::ok();
  EXPECT_EQ(text(data("mutation { redeliverWebhook(deliveryID: 1) { id event attempt } }")),
            R"({"redeliverWebhook":{"id":"2","event":"ping","attempt":0}})");
  ASSERT_EQ(*deliver_due(*registry_, sender), 1U);
  EXPECT_EQ(
      text(data("{ webhooks { deliveries(page: {pageSize: 1}) { deliveries { id delivered } "
                "pageInfo { total } } } }")),
      R"({"webhooks":[{"deliveries":{"deliveries":[{"id":"2","delivered":true}],"pageInfo":{"total":2}}}]})");
  EXPECT_EQ(audited(), "webhook.create webhook.ping webhook.redeliver");
}

}  // namespace
}  // namespace rhumb::registry
