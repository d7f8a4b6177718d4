#include "registry_api/client.h"

#include <gtest/gtest.h>

#include <deque>

#include "codec/base64.h"
#include "codec/hex.h"

namespace rhumb::registry_api {
namespace {

using codec::Json;

struct Sent {
  std::string url;
  HttpHeaders headers;
  std::string body;
};

/// Answers from a script and remembers what was asked.
class ScriptedTransport final : public Transport {
 public:
  Result<HttpReply> post(const std::string& url,
                         const HttpHeaders& headers,
                         const std::string& body) override {
    sent.push_back(Sent{url, headers, body});
    if (replies.empty()) {
      return Error(ErrorCode::kUnavailable, "connection refused");
    }
    HttpReply reply = replies.front();
    replies.pop_front();
    return reply;
  }
  Result<void> wait(std::chrono::milliseconds duration) override {
    waits.push_back(duration.count());
    return {};
  }

  std::deque<HttpReply> replies;
  std::vector<Sent> sent;
  std::vector<int64_t> waits;
};

class ClientTest : public testing::Test {
 protected:
  void answer(int status, std::string body, HttpHeaders headers = {}) {
    transport_.replies.push_back(HttpReply{status, std::move(headers), std::move(body)});
  }
  std::string identify_error() {
    Result<Identity> identity = client_.identify();
    return identity ? "" : identity.error().message();
  }

  ScriptedTransport transport_;
  RegistryClient client_{transport_, {"https://r.example/query?x=1", "tok", "Atlas/v1"}};
};

TEST_F(ClientTest, SendsTheRequestAsClientsDo) {
  answer(200, R"({"data":{"me":{"name":"ci","org":"acme"}}})");
  Result<Identity> identity = client_.identify();
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->name, "ci");
  EXPECT_EQ(identity->org, "acme");
  ASSERT_EQ(transport_.sent.size(), 1U);
  EXPECT_EQ(transport_.sent[0].url, "https://r.example/query?x=1");
  EXPECT_EQ(transport_.sent[0].headers[0].second, "Bearer tok");
  EXPECT_EQ(transport_.sent[0].body,
            R"({"query":"query Bot {\n  me {\n    name\n    org\n  }\n}"})");
}

TEST_F(ClientTest, ReadsTheDetailsOfAToken) {
  answer(200, R"({"data":{"me":{"name":"ci","org":"acme","kind":"BOT","orgName":"Acme Inc.",
                 "roles":["DEPLOYER"],"scopes":["report:write",7,"dir:push"],"expiresAt":null}}})");
  Result<IdentityDetails> details = client_.identify_in_detail();
  ASSERT_TRUE(details);
  EXPECT_EQ(details->kind, "BOT");
  EXPECT_EQ(details->org_name, "Acme Inc.");
  EXPECT_EQ(details->roles, std::vector<std::string>{"DEPLOYER"});
  EXPECT_EQ(details->scopes, (std::vector<std::string>{"report:write", "dir:push"}));
  EXPECT_EQ(details->expires_at, "");
}

TEST_F(ClientTest, AnswersThatStillMeanConnected) {
  answer(200, "");
  answer(200, R"({"data":null})");
  answer(200, R"({"data":{}})");
  for (int i = 0; i < 3; ++i) {
    Result<Identity> identity = client_.identify();
    ASSERT_TRUE(identity) << i;
    EXPECT_EQ(identity->org, "");
  }
}

TEST_F(ClientTest, ErrorTexts) {
  struct Case {
    const char* name;
    int status;
    const char* body;
    const char* want;
  };
  const Case cases[] = {
      {"refused token", 401, "anything", "Unauthorized"},
      {"path and message", 200, R"({"errors":[{"message":"not found","path":["dirState"]}]})",
       "dirState not found"},
      {"no path", 200, R"({"errors":[{"message":"bad"}]})", "bad"},
      {"index in the path", 200, R"({"errors":[{"message":"m","path":["a","files",0]}]})",
       "a.files[0] m"},
      {"several", 200, R"({"errors":[{"message":"a"},{"message":"b","path":["x"]}]})",
       "a\ninput: x b"},
      {"locations", 200, R"({"errors":[{"message":"m","locations":[{"line":3,"column":1}]}]})",
       "3: m"},
      {"errors beside data", 200, R"({"data":{"me":{}},"errors":[{"message":"a"}]})", "a"},
      {"other status with errors", 422, R"({"errors":[{"message":"a"}]})", "a"},
      {"other status", 418, " tea\n", "unexpected error code 418: tea"},
      {"other 2xx", 204, "", "unexpected error code 204: "},
      {"not implemented is not retried", 501, "", "unexpected error code 501: "},
  };
  for (const Case& c : cases) {
    answer(c.status, c.body);
    EXPECT_EQ(identify_error(), c.want) << c.name;
  }
  EXPECT_TRUE(transport_.waits.empty());
  for (const char* body : {"<html>", "[]", R"("x")", R"({"errors":"x"})", R"({"data":[]})",
                           R"({"data":{"me":"x"}})"}) {
    answer(200, body);
    EXPECT_TRUE(identify_error().starts_with("decoding response: ")) << body;
  }
  for (const char* body : {"null", R"({"data":null,"errors":null})", R"({"data":{"me":null}})"}) {
    answer(200, body);
    EXPECT_EQ(identify_error(), "") << body;
  }
  answer(200, R"({"Errors":[{"message":"a"}]})");
  EXPECT_EQ(identify_error(), "a");
}

TEST_F(ClientTest, RetriesServerErrorsWithGrowingWaits) {
  for (int i = 0; i < 4; ++i) {
    answer(503, "");
  }
  answer(200, "");
  EXPECT_EQ(identify_error(), "");
  EXPECT_EQ(transport_.waits, (std::vector<int64_t>{1000, 2000, 4000, 8000}));
  EXPECT_EQ(transport_.sent.front().body, transport_.sent.back().body);
}

TEST_F(ClientTest, RetryAfterIsFollowed) {
  answer(429, "", {{"retry-after", "3"}});
  answer(200, "");
  EXPECT_EQ(identify_error(), "");
  EXPECT_EQ(transport_.waits, (std::vector<int64_t>{3000}));
}

TEST_F(ClientTest, GivesUpAfterFiveAttempts) {
  EXPECT_EQ(identify_error(),
            "POST https://r.example/query?x=1 giving up after 5 attempt(s): connection refused");
  EXPECT_EQ(transport_.sent.size(), 5U);
}

TEST_F(ClientTest, LoopbackIsRetriedAtOnce) {
  RegistryClient local(transport_, {"http://127.0.0.1:8484/query", "t", "u"});
  EXPECT_FALSE(local.identify());
  EXPECT_EQ(transport_.waits, (std::vector<int64_t>{0, 0, 0, 0}));
}

TEST_F(ClientTest, FeaturesAreLearntFromAnyReply) {
  EXPECT_FALSE(client_.has_feature("live"));
  answer(200, "", {{"X-Registry-Features", "ext, live"}});
  EXPECT_EQ(identify_error(), "");
  EXPECT_TRUE(client_.has_feature("ext"));
  EXPECT_TRUE(client_.has_feature("live"));
  EXPECT_FALSE(client_.has_feature("policy"));
}

TEST_F(ClientTest, DirectoryWithoutContentIsNeverEmpty) {
  answer(200, R"({"data":{"dirState":null}})");
  answer(200, "");
  answer(200, R"({"data":{"DirState":{"Content":"aGk="}}})");
  EXPECT_FALSE(client_.read_directory("app", ""));
  EXPECT_FALSE(client_.read_directory("app", ""));
  Result<std::string> archive = client_.read_directory("app", "v1");
  ASSERT_TRUE(archive);
  EXPECT_EQ(*archive, "hi");
  EXPECT_NE(transport_.sent[0].body.find(R"("variables":{"input":{"slug":"app"}})"),
            std::string::npos);
  EXPECT_NE(transport_.sent[2].body.find(R"({"slug":"app","tag":"v1"})"), std::string::npos);
}

TEST_F(ClientTest, PushesTaggedAndUntagged) {
  answer(200, "");
  answer(200, R"({"data":{"pushDir":{"url":"https://r/dirs/1/tags/2"}}})");
  DirectoryPush push;
  push.slug = "app";
  push.driver = "SQLITE";
  push.archive = "tar";
  push.added_archive = "add";
  push.deleted = {"1.sql"};
  Result<std::string> url = client_.push_directory(push);
  ASSERT_TRUE(url);
  EXPECT_EQ(*url, "");
  push.tag = "sha";
  push.context = RunContext{};
  push.context->branch = "main";
  url = client_.push_directory(push);
  ASSERT_TRUE(url);
  EXPECT_EQ(*url, "https://r/dirs/1/tags/2");
  EXPECT_NE(transport_.sent[0].body.find(
                R"({"slug":"app","driver":"SQLITE","dir":"dGFy","add":"YWRk","delete":["1.sql"]})"),
            std::string::npos);
  EXPECT_NE(
      transport_.sent[1].body.find(
          R"({"slug":"app","tag":"sha","driver":"SQLITE","dir":"dGFy","context":{"branch":"main"}})"),
      std::string::npos);
}

TEST_F(ClientTest, ServersThatSayNothingOfRevertsNeedNoApproval) {
  for (const char* body :
       {"", "{}", R"({"data":{"dir":null}})", R"({"data":{"dir":{"protectedFlows":null}}})",
        R"({"data":{"dir":{"protectedFlows":{"migrateDown":false}}}})"}) {
    answer(200, body);
    const Result<bool> needed = client_.needs_approval("app");
    ASSERT_TRUE(needed) << body;
    EXPECT_FALSE(*needed) << body;
  }
  answer(200, R"({"data":{"Dir":{"ProtectedFlows":{"MigrateDown":true}}}})");
  EXPECT_TRUE(client_.needs_approval("app").value());
  answer(200, R"({"errors":[{"message":"no"}]})");
  EXPECT_FALSE(client_.needs_approval("app"));
}

TEST_F(ClientTest, PlansOfReverts) {
  answer(200, R"({"data":{"migratePlanByExtID":null}})");
  EXPECT_EQ(client_.find_plan("x").value(), std::nullopt);
  answer(200, R"({"data":{"migratePlanByExtID":{"url":"u","status":"ABORTED"}}})");
  const auto plan = client_.find_plan("x");
  ASSERT_TRUE(plan && *plan);
  EXPECT_EQ((*plan)->url, "u");
  EXPECT_EQ((*plan)->status, PlanStatus::kAborted);
  answer(200, R"({"data":{"migratePlanByExtID":{"url":"u","status":"MAYBE"}}})");
  EXPECT_EQ(client_.find_plan("x").error().message(),
            "decoding response: \"MAYBE\" is no status of a plan");
  answer(200, R"({"data":{"createMigrateDownPlan":{"url":"page"}}})");
  EXPECT_EQ(client_.create_plan(RevertPlan{}).value(), "page");
}

TEST_F(ClientTest, WhatIsAppliedToATarget) {
  answer(200, R"({"data":{"migrateTargetByExtID":null}})");
  EXPECT_TRUE(client_.read_applied({.id = "x"}).value().empty());
  answer(200, R"({"data":{"migrateTargetByExtID":{"applied":[{"name":"1_a.sql","version":"1",)"
              R"("hash":"h","content":"c"},{"name":"2_b.sql","version":"2","content":null}]}}})");
  const auto applied = client_.read_applied({.id = "x"});
  ASSERT_TRUE(applied);
  ASSERT_EQ(applied->size(), 2U);
  EXPECT_EQ((*applied)[0].hash + (*applied)[0].content, "hc");
  EXPECT_EQ((*applied)[1].hash + (*applied)[1].content, "");
}

TEST(Documents, WordsThatGatewaysRouteBy) {
  struct Case {
    Document document;
    std::vector<const char*> with;
    std::vector<const char*> without;
  };
  const Case cases[] = {
      {kMe, {"query Bot", "me"}, {}},
      {kDirState, {"query dirState"}, {"me", "Bot"}},
      {kDirs, {"query dirs"}, {"reportMigrationLint"}},
      {kDiffSyncDir, {"diffSyncDir"}, {"pushDir", "query"}},
      {kPushDir, {"pushDir"}, {"diffSyncDir", "query"}},
      {kReportMigration, {"mutation ReportMigration", "reportMigration"}, {"Set", "Down", "query"}},
      {kReportMigrationSet, {"mutation ReportMigrationSet", "reportMigrationSet"}, {"query"}},
      {kProtectedFlows,
       {"query protectedFlows"},
       {"migratePlanByExtID", "migrateTargetByExtID", "dirState", "Bot"}},
      {kMigrateTarget,
       {"query migrateTargetByExtID"},
       {"protectedFlows", "migratePlanByExtID", "dirState", "Bot"}},
      {kMigratePlan,
       {"query migratePlanByExtID"},
       {"protectedFlows", "migrateTargetByExtID", "dirState", "Bot"}},
      {kCreateMigrateDownPlan,
       {"mutation CreateMigrateDownPlan"},
       {"query", "protectedFlows", "ByExtID", "ReportMigration", "dirState", "Bot"}},
      {kReportMigrationDown,
       {"mutation ReportMigrationDown"},
       {"query", "protectedFlows", "ByExtID", "DownPlan", "dirState", "Bot"}},
      {kBeginMigrationSet, {"mutation beginMigrationSet"}, {"query", "eportMigration"}},
      {kApproveMigratePlan, {"mutation approveMigratePlan"}, {"query"}},
      {kAbortMigratePlan, {"mutation abortMigratePlan"}, {"query"}},
      {kUpdateRepo, {"mutation updateRepo"}, {"query"}},
      {kCreateBot, {"mutation createBot"}, {"query"}},
      {kCreateRepo, {"mutation createRepo"}, {"query"}},
      {kCreateToken, {"mutation createToken"}, {"query"}},
      {kRevokeToken, {"mutation revokeToken"}, {"query"}},
      {kCreateWebhook, {"mutation createWebhook"}, {"query"}},
      {kUpdateWebhook, {"mutation updateWebhook"}, {"query"}},
      {kDeleteWebhook, {"mutation deleteWebhook"}, {"query"}},
      {kPingWebhook, {"mutation pingWebhook"}, {"query"}},
      {kRedeliverWebhook, {"mutation redeliverWebhook"}, {"query"}},
  };
  for (const Case& c : cases) {
    for (const char* word : c.with) {
      EXPECT_NE(c.document.text.find(word), std::string_view::npos) << word;
    }
    for (const char* word : c.without) {
      EXPECT_EQ(c.document.text.find(word), std::string_view::npos) << word;
    }
  }
}

}  // namespace
}  // namespace rhumb::registry_api
