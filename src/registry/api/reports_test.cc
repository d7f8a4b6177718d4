#include <fmt/format.h>
#include <gtest/gtest.h>

#include "registry/api/test_api.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr const char* kReport =
    "mutation ReportMigration($input: ReportMigrationInput!) {\n reportMigration(input: $input) "
    "{ url success } }";
constexpr const char* kReportSet =
    "mutation ReportMigrationSet($input: ReportMigrationSetInput!) { reportMigrationSet(input: "
    "$input) { url success } }";

TEST_F(ApiTest, ReportsIgnoreWhatTheyDoNotKnow) {
  Json report = registry_api::to_json(registry_.report("a", "", "2"));
  report.set("fromTheFuture", 1);
  report.find("files")->as_array()[0].set("alsoNew", Json::object());
  EXPECT_EQ(
      text(input(kReport, report)),
      R"j({"reportMigration":{"url":"https://registry.test/deployments/1","success":true}})j");
  report.set("files", Json());
  report.set("endTime", "2026-11-23T23:56:07.1+01:00");
  EXPECT_EQ(
      text(input(kReport, report)),
      R"j({"reportMigration":{"url":"https://registry.test/deployments/2","success":true}})j");
  const Json set = Json::object({{"id", "s"},
                                 {"planned", 1},
                                 {"startTime", "2026-11-23T22:56:07Z"},
                                 {"endTime", "2026-11-23T22:56:08Z"},
                                 {"error", "Error: x"},
                                 {"log", Json()},
                                 {"completed", Json()}});
  EXPECT_EQ(
      text(input(kReportSet, set)),
      R"j({"reportMigrationSet":{"url":"https://registry.test/deployments/sets/3","success":true}})j");
}

/// As it comes over HTTP: its entries are still text when the request runs.
TEST_F(ApiTest, ReportSetsThatAreStillText) {
  registry_api::MigrationSetReport set;
  set.id = "s";
  set.planned = 2;
  set.start = set.end = registry_.clock().now();
  set.completed = {registry_.report("a", "", "1"), registry_.report("b", "", "1")};
  const auto send = [this](const char* document, const Json& input) {
    const std::string body = codec::format_json(
        Json::object({{"query", document}, {"variables", Json::object({{"input", input}})}}));
    const Result<graphql::Request> request = graphql::parse_request(body, kSetEntries);
    EXPECT_TRUE(request && request->late);
    RequestContext context(*registry_, registry_.caller());
    return text(graphql::to_json(engine_->execute(*request, context), ""));
  };
  const Json good = registry_api::to_json(set);
  Json bad = good;
  bad.find("completed")->as_array()[1].find("target")->erase("url");
  EXPECT_EQ(send(kReportSet, bad),
            R"j({"data":null,"errors":[{"message":"variable \"input\".completed[1].target.url is )j"
            R"j(missing; it must be of type String!","extensions":{"code":"INVALID"}}]})j");
  EXPECT_EQ(audited(), "") << "it was refused before anything ran";
  EXPECT_EQ(send("mutation m($input: ReportMigrationSetInput!) { a: reportMigrationSet(input: "
                 "$input) { url } b: reportMigrationSet(input: $input) { url } }",
                 good),
            R"j({"data":{"a":{"url":"https://registry.test/deployments/sets/1"},)j"
            R"j("b":{"url":"https://registry.test/deployments/sets/1"}}})j");
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM events").number(), 3);
  EXPECT_EQ(
      registry_.scalar("SELECT count(*) FROM audit WHERE action = 'deployment.report'").number(),
      1);
}

/// Whatever else is wrong with them, and wherever.
TEST_F(ApiTest, ReportSetsThatAreNoJson) {
  for (const char* entries : {R"([{"target":nul}])", R"([{"noReport":1},{"x":2}}])", "[{} {}]"}) {
    for (const char* document : {kReportSet, "{ me { name } }", "{ nope }"}) {
      const std::string body = fmt::format(
          R"({{"query":"{}","variables":{{"input":{{"completed":{}}}}}}})", document, entries);
      const Result<Json> whole = codec::parse_json(body);
      const Result<graphql::Request> request = graphql::parse_request(body, kSetEntries);
      if (!request) {  // it was seen at once
        EXPECT_EQ(request.error().message(), whole.error().message()) << body;
        continue;
      }
      RequestContext context(*registry_, registry_.caller());
      const graphql::Response response = engine_->execute(*request, context);
      EXPECT_EQ(graphql::http_status(response), 400) << body;
      EXPECT_EQ(response.errors.front().error.message(), whole.error().message()) << body;
    }
  }
}

TEST_F(ApiTest, ReportInputs) {
  const Json good = registry_api::to_json(registry_.report("a", "", "2"));
  for (const char* member :
       {"projectName", "envName", "dirName", "atlasVersion", "target", "startTime", "endTime",
        "fromVersion", "toVersion", "currentVersion", "log"}) {
    Json without = good;
    without.erase(member);
    EXPECT_TRUE(input_failure(kReport, without).starts_with("INVALID variable")) << member;
    Json wrong = good;
    wrong.set(member, 7);
    EXPECT_TRUE(input_failure(kReport, wrong).starts_with("INVALID variable")) << member;
  }
  Json wrong = good;
  wrong.set("endTime", "yesterday");
  EXPECT_TRUE(input_failure(kReport, wrong).starts_with("INVALID"));
  wrong = good;
  wrong.set("envName", std::string(256, 'e'));
  EXPECT_EQ(input_failure(kReport, wrong), "INVALID envName must not be longer than 255 bytes");
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM events").number(), 0);
  EXPECT_EQ(
      registry_.scalar("SELECT count(*) FROM audit WHERE action = 'request.refused'").number(), 1);
}

}  // namespace
}  // namespace rhumb::registry
