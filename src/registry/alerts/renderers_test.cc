#include "registry/alerts/renderers.h"

#include <gtest/gtest.h>

#include "registry/alerts/alert_text.h"
#include "registry/alerts/webhook_address.h"

namespace rhumb::registry {
namespace {

using codec::Json;

Json parse(std::string_view text) {
  Result<Json> parsed = codec::parse_json(text);
  EXPECT_TRUE(parsed.has_value()) << text;
  return parsed ? *std::move(parsed) : Json();
}

Json failure() {
  return parse(
      R"j({"id":"7","event":"deployment.failed","time":"2026-01-02T03:04:05Z","org":"default",
      "repo":{"slug":"app","type":"MIGRATION_DIRECTORY","url":"https://r/repos/app"},
      "actor":{"kind":"BOT","id":"1","name":"ci"},"url":"https://r/deployments/9",
      "deployment":{"id":"9","status":"FAILED","kind":"APPLY","env":"prod","count":1,
      "databases":["shop"],"fromVersion":"1","toVersion":"3",
      "failure":{"file":"3_c.sql","statement":"ALTER TABLE a ADD b <int>;","text":"no such table: a"}}})j");
}

TEST(AlertText, SaysWhatWhereWhyAndWhatNext) {
  const AlertText text = describe_alert(failure());
  EXPECT_EQ(text.title, "app: deployment of database \"shop\" in \"prod\" to version 3 failed");
  EXPECT_EQ(text.tone, AlertTone::kBad);
  EXPECT_EQ(text.statement, "ALTER TABLE a ADD b <int>;");
  EXPECT_EQ(text.error, "no such table: a");
  EXPECT_EQ(text.url, "https://r/deployments/9");
  EXPECT_EQ(plain_text(failure()),
            "app: deployment of database \"shop\" in \"prod\" to version 3 failed\n"
            "\n"
            "  Version:  1 → 3\n"
            "  File:     3_c.sql\n"
            "  By:       ci\n"
            "\n"
            "  ALTER TABLE a ADD b <int>;\n"
            "\n"
            "  no such table: a\n"
            "\n"
            "Open the run, mend the file and push it; 'migrate apply' goes on where this run "
            "stopped.\n"
            "\n"
            "https://r/deployments/9\n");
}

TEST(AlertText, TitlesOfEveryKind) {
  const struct {
    const char* body;
    const char* title;
  } cases[] = {
      {R"({"event":"ping","org":"default"})", "This is a test message of the registry"},
      {R"({"repo":{"slug":"app"},"deployment":{"status":"PASSED","env":"prod","toVersion":"3","count":4,"databases":["a","b"]}})",
       "app: deployment of 4 databases in \"prod\" to version 3 passed"},
      {R"({"repo":{"slug":"app"},"deployment":{"status":"PASSED","kind":"DOWN","env":"prod","toVersion":"1","count":1,"databases":["a"]}})",
       "app: revert of database \"a\" in \"prod\" to version 1 passed"},
      {R"({"repo":{"slug":"app"},"deployment":{"status":"NO_ACTION","count":1,"databases":["a"]}})",
       "app: deployment of database \"a\" had nothing to do"},
      {R"({"repo":{"slug":"app"},"deployment":{"status":"DRY_RUN","env":"prod","count":1,"databases":["a"]}})",
       "app: dry deployment of database \"a\" in \"prod\""},
      {R"({"repo":{"slug":"app"},"deploymentSet":{"status":"FAILED","env":"prod","planned":10,"succeeded":7,"completed":9,"failed":2}})",
       "app: deployment in \"prod\" failed: 7 of 10 databases succeeded"},
      {R"({"repo":{"slug":"app"},"deploymentSet":{"status":"PASSED","env":"prod","planned":10,"succeeded":10,"completed":10}})",
       "app: deployment of 10 databases in \"prod\": 10 of 10 databases succeeded"},
      {R"({"repo":{"slug":"app"},"database":{"status":"PENDING","env":"prod","count":3,"latestVersion":"5","databases":["a","b","c"]}})",
       "app: 3 databases in \"prod\" are behind version 5"},
      {R"({"repo":{"slug":"app"},"database":{"status":"FAILED","env":"prod","count":1,"databases":["a"]}})",
       "app: the last deployment of database \"a\" in \"prod\" failed"},
      {R"({"repo":{"slug":"app"},"database":{"status":"SYNCED","env":"prod","count":1,"databases":["a"]}})",
       "app: database \"a\" in \"prod\" is at the latest version"},
      {R"({"event":"dir.pushed","repo":{"slug":"app"},"push":{"tag":"latest","version":"3"}})",
       "app: version 3 was pushed as \"latest\""},
      {R"({"event":"tag.moved","repo":{"slug":"app"},"push":{"tag":"v1","version":"3"}})",
       "app: tag \"v1\" was moved to version 3"},
      {R"({"repo":{"slug":"app"},"ciRun":{"status":"FAILED"}})",
       "app: the check of changes failed"},
      {R"({"repo":{"slug":"shop"},"plan":{"status":"PENDING","name":"add"}})",
       "shop: plan \"add\" waits for approval"},
      {R"({"repo":{"slug":"app"},"down":{"status":"PENDING_USER","env":"prod","databases":["a"]}})",
       "app: a revert of database \"a\" in \"prod\" waits for approval"},
      {R"({"repo":{"slug":"app"},"down":{"status":"ABORTED","env":"prod","databases":["a"]}})",
       "app: a revert of database \"a\" in \"prod\" will not be made"},
      {R"({"event":"drift.detected","repo":{"slug":"app"},"drift":{"env":"prod","version":"3","databases":["a"]}})",
       "app: database \"a\" in \"prod\" is not what version 3 makes of it"},
      {R"({"event":"drift.resolved","repo":{"slug":"app"},"drift":{"env":"prod","databases":["a"]}})",
       "app: database \"a\" in \"prod\" is again what it should be"},
      {R"({"repo":{"slug":"app"},"policy":{"env":"prod","version":"3","databases":["a"],"count":1}})",
       "app: deployment of database \"a\" in \"prod\" to version 3 went against a policy"},
      {R"({"token":{"prefix":"rgb_","lastFour":"1234","owner":"ci","expiresAt":"2026-01-02T03:04:05Z"}})",
       "The token rgb_...1234 of \"ci\" ends at 2026-01-02T03:04:05Z"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(describe_alert(parse(c.body)).title, c.title) << c.body;
  }
}

/// From GitHub's documentation "Validating webhook deliveries", and RFC 2202 test case 2.
TEST(Signature, IsThatOfKnownExamples) {
  EXPECT_EQ(sign_body("It's a Secret to Everybody", "Hello, World!").sha256,
            "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
  EXPECT_EQ(sign_body("Jefe", "what do ya want for nothing?").sha1,
            "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
}

std::string header(const WebhookRequest& request, std::string_view name) {
  return std::string(http::header_or_empty(request.headers, name));
}

TEST(Renderer, GenericIsTheContractAndSigned) {
  const Json body = failure();
  const RenderedAlert alert{.event = "deployment.failed", .guid = "g-1", .body = body};
  const WebhookRequest request =
      render_request(WebhookType::kGeneric, alert, {"https://x.example/hook", "s3cret"});
  EXPECT_EQ(request.url, "https://x.example/hook");
  EXPECT_EQ(parse(request.body), body);
  EXPECT_EQ(header(request, "X-Registry-Event"), "deployment.failed");
  EXPECT_EQ(header(request, "X-Registry-Delivery"), "g-1");
  EXPECT_EQ(header(request, "Content-Type"), "application/json");
  EXPECT_EQ(header(request, "X-Hub-Signature"), sign_body("s3cret", request.body).sha1);
  EXPECT_EQ(header(request, "X-Hub-Signature-256"), sign_body("s3cret", request.body).sha256);
  const WebhookRequest unsigned_request =
      render_request(WebhookType::kGeneric, alert, {"https://x.example/hook", ""});
  EXPECT_EQ(header(unsigned_request, "X-Hub-Signature"), "");
}

TEST(Renderer, SlackEscapesAndLinks) {
  const std::string body = codec::format_json(slack_body(failure()), {.escape_html = false});
  EXPECT_NE(body.find("ALTER TABLE a ADD b &lt;int&gt;;"), std::string::npos) << body;
  EXPECT_NE(body.find("<https://r/deployments/9|Open in the registry>"), std::string::npos);
  EXPECT_NE(body.find(R"("color":"#c62828")"), std::string::npos);
}

TEST(Renderer, TeamsIsAnAdaptiveCard) {
  const Json body = teams_body(failure());
  EXPECT_EQ(body.string_or_empty("type"), "message");
  const Json& attachment = body.at("attachments").at(0);
  EXPECT_EQ(attachment.string_or_empty("contentType"), "application/vnd.microsoft.card.adaptive");
  const Json& card = attachment.at("content");
  EXPECT_EQ(card.string_or_empty("type"), "AdaptiveCard");
  EXPECT_EQ(card.at("actions").at(0).string_or_empty("url"), "https://r/deployments/9");
}

TEST(Renderer, DiscordCallsNobody) {
  const Json body = discord_body(failure());
  EXPECT_EQ(codec::format_json(body.at("allowed_mentions")), R"({"parse":[]})");
  EXPECT_EQ(body.at("embeds").at(0).string_or_empty("url"), "https://r/deployments/9");
}

TEST(Renderer, WorkplaceCarriesItsTokenAndNoSignature) {
  const Json body = failure();
  const WebhookRequest request =
      render_request(WebhookType::kWorkplace, {.event = "ping", .guid = "g", .body = body},
                     {"https://w/1/feed", "tok"});
  EXPECT_EQ(header(request, "Authorization"), "Bearer tok");
  EXPECT_EQ(header(request, "X-Hub-Signature-256"), "");
}

TEST(Renderer, TextsStayWithinWhatServicesTake) {
  Json body = failure();
  body.find("deployment")->find("failure")->set("text", std::string(5000, 'x') + "```");
  for (const Json& rendered : {slack_body(body), discord_body(body)}) {
    EXPECT_LT(codec::format_json(rendered).size(), 6000U);
  }
}

TEST(Renderer, AMailIsForPeople) {
  const Json body = failure();
  const Result<http::Mail> mail =
      render_mail({.event = "deployment.failed", .guid = "g-1", .body = body, .created_at = 0},
                  "mailto:a@b.example,c@d.example", "Rhumb <rhumb@registry.example>");
  ASSERT_TRUE(mail.has_value()) << mail.error().message();
  EXPECT_EQ(mail->to, (std::vector<std::string>{"a@b.example", "c@d.example"}));
  EXPECT_EQ(mail->message_id, "g-1@registry.example");
  EXPECT_EQ(mail->subject, "app: deployment of database \"shop\" in \"prod\" to version 3 failed");
  EXPECT_FALSE(render_mail({.event = "ping", .guid = "g", .body = body}, "mailto:a@b", "nobody")
                   .has_value());
}

TEST(WebhookAddress, HidesWhatNobodyMaySee) {
  const struct {
    WebhookType type;
    const char* url;
    const char* sensitive;
    const char* sent;
    const char* shown;
  } cases[] = {
      {WebhookType::kGeneric, "https://x.example/a?b=c", "", "https://x.example/a?b=c",
       "https://x.example/a?b=c"},
      {WebhookType::kGeneric, "https://u:pw@x.example/a?token=t", "",
       "https://u:pw@x.example/a?token=t", "https://u:xxxxx@x.example/a?token=xxxxx"},
      {WebhookType::kGeneric, "https://x.example/a/", "s3cret", "https://x.example/a/s3cret",
       "https://x.example/a/xxxxx"},
      {WebhookType::kGeneric, "https://x.example/s3cret/b", "s3cret", "https://x.example/s3cret/b",
       "https://x.example/xxxxx/b"},
      {WebhookType::kSlack, "https://hooks.slack.example/services/T/B/x", "",
       "https://hooks.slack.example/services/T/B/x", "https://hooks.slack.example/xxxxx"},
      {WebhookType::kEmail, "mailto:a@b.example", "", "mailto:a@b.example", "mailto:a@b.example"},
  };
  for (const auto& c : cases) {
    const Result<WebhookAddress> address = read_webhook_address(c.type, c.url, c.sensitive, {});
    ASSERT_TRUE(address.has_value()) << c.url << address.error().message();
    EXPECT_EQ(address->url, c.sent);
    EXPECT_EQ(address->shown, c.shown);
  }
}

TEST(WebhookAddress, RefusesWhatIsNone) {
  for (const char* url :
       {"", "x", "ftp://x.example", "https://", "https:///x", "file:///etc/passwd", "https://x y",
        "https://x.example/\r\nHost: y", "javascript:alert(1)", "mailto:a@b"}) {
    EXPECT_FALSE(read_webhook_address(WebhookType::kGeneric, url, "", {}).has_value()) << url;
  }
  for (const char* url :
       {"https://x.example", "mailto:", "mailto:a", "mailto:a@b,", "mailto:a@b\r\nBcc:c@d"}) {
    EXPECT_FALSE(read_webhook_address(WebhookType::kEmail, url, "", {}).has_value()) << url;
  }
  EXPECT_EQ(read_webhook_address(WebhookType::kEmail,
                                 "mailto:a@b,a@b,a@b,a@b,a@b,a@b,a@b,a@b,a@b,a@b,a@b", "", {})
                .error()
                .code(),
            ErrorCode::kLimit);
  for (const char* host :
       {"127.0.0.1", "10.1.2.3:8080", "[::1]", "[::ffff:169.254.169.254]", "169.254.169.254"}) {
    const auto refused =
        read_webhook_address(WebhookType::kGeneric, std::string("http://") + host + "/x", "", {});
    ASSERT_FALSE(refused.has_value()) << host;
    EXPECT_NE(refused.error().message().find("--webhook-allow"), std::string::npos);
  }
  const http::AddressGuard guard({*http::IpRange::parse("10.0.0.0/8")});
  EXPECT_TRUE(
      read_webhook_address(WebhookType::kGeneric, "http://10.1.2.3/x", "", guard).has_value());
}

}  // namespace
}  // namespace rhumb::registry
