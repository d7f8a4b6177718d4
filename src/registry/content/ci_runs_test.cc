#include "registry/content/ci_runs.h"

#include <gtest/gtest.h>

#include "registry/api/test_api.h"

namespace rhumb::registry {
namespace {

constexpr const char* kLint =
    "mutation reportMigrationLint($input: ReportMigrationLintInput!) {\n"
    "  reportMigrationLint(input: $input) {\n    url\n  }\n}";
constexpr const char* kCreateReport =
    "mutation CreateReport($input: CreateReportInput!) { createReport(input: $input) { runID url "
    "cloudReports { text diagnostics { text code pos } } } }";
constexpr const char* kRuns =
    "query q($input: CIRunsInput) { ciRuns(input: $input) { runs { id } pageInfo { total } } }";

class CiRunsTest : public ApiTest {
 protected:
  static Json report(const char* branch = "main", const char* status = "SUCCESSFUL") {
    return Json::object({{"context", Json::object({{"branch", branch}, {"commit", "c0ffee"}})},
                         {"slug", "app"},
                         {"status", status}});
  }
  std::string url(const Json& report) {
    return input(kLint, report).at("reportMigrationLint").string_or_empty("url");
  }
  std::string list(Json filter) {
    const Json found = input(kRuns, std::move(filter)).at("ciRuns");
    std::string out;
    for (const Json& run : found.at("runs").as_array()) {
      out += run.string_or_empty("id") + " ";
    }
    return out + "/ " + std::to_string(found.at("pageInfo").find_int("total").value_or(-1));
  }
};

TEST_F(CiRunsTest, AreReportedAndShown) {
  ASSERT_TRUE(registry_.push("app", "", {"1"}));
  Json full = report();
  full.set("envName", "ci");
  full.set("driver", "SQLITE");
  full.set("atlasVersion", "v1");
  full.set("base", "atlas://app");
  full.set("dir", tar({{"1_a.sql", "A"}}));
  full.set(
      "payload",
      Json::object({{"Files", Json::array({Json::object(
                                  {{"Name", "1_a.sql"}, {"Text", "mysql://root:pass@h/d"}})})}}));
  full.set("fromHCL", "schema a");
  full.set("toHCL", "schema b");
  EXPECT_EQ(url(full), "https://registry.test/ci-runs/1");
  EXPECT_EQ(
      text(data("{ ciRun(id: 1) { id status link base context { branch commit } payload "
                "fromHCL toHCL repo { slug } } }")),
      R"j({"ciRun":{"id":"1","status":"SUCCESSFUL",)j"
      R"j("link":"https://registry.test/ci-runs/1","base":"atlas://app",)j"
      R"j("context":{"branch":"main","commit":"c0ffee"},"payload":{"Files":[{"Name":"1_a.sql",)j"
      R"j("Text":"mysql://root:xxxxx@h/d"}]},"fromHCL":"schema a","toHCL":"schema b",)j"
      R"j("repo":{"slug":"app"}}})j");
  EXPECT_EQ(text(data("{ repo(input: {slug: \"app\"}) { ciRuns { runs { id } } } }")),
            R"j({"repo":{"ciRuns":{"runs":[{"id":"1"}]}}})j");
  EXPECT_EQ(registry_.scalar("SELECT version FROM ci_run_versions").text(), "1");
  EXPECT_EQ(audited(), "repo.create dir.push ci.report");
}

TEST_F(CiRunsTest, AsPublishedClientsSendThem) {
  EXPECT_EQ(url(Json::object()), "https://registry.test/ci-runs/1");
  EXPECT_EQ(url(Json::object({{"context", Json::object({{"repo", "o/r"}})}, {"fromTheFuture", 1}})),
            "https://registry.test/ci-runs/2");
  EXPECT_EQ(
      text(data("{ ciRun(id: 2) { status payload base fromHCL repo { id } context { repo } } }")),
      R"j({"ciRun":{"status":"UNKNOWN","payload":{},"base":null,"fromHCL":null,)j"
      R"j("repo":null,"context":{"repo":"o/r"}}})j");
}

TEST_F(CiRunsTest, AReportThatIsSentAgainIsOne) {
  EXPECT_EQ(url(report()), "https://registry.test/ci-runs/1");
  registry_.clock().advance(std::chrono::minutes(9));
  EXPECT_EQ(url(report()), "https://registry.test/ci-runs/1");
  EXPECT_EQ(url(report("other")), "https://registry.test/ci-runs/2");
  registry_.clock().advance(std::chrono::minutes(2));
  EXPECT_EQ(url(report()), "https://registry.test/ci-runs/3") << "the pipeline ran again";
  registry_.caller().origin.actor.name = "another";
  EXPECT_EQ(url(report()), "https://registry.test/ci-runs/4");
}

TEST_F(CiRunsTest, BelongToTheirRepositoryAsSoonAsItIsThere) {
  url(report());
  EXPECT_EQ(list(Json::object({{"repo", "app"}})), "/ 0");
  ASSERT_TRUE(registry_.push("app", "", {"1"}));
  EXPECT_EQ(list(Json::object({{"repo", "app"}})), "1 / 1");
}

TEST_F(CiRunsTest, Lists) {
  ASSERT_TRUE(registry_.push("app", "", {"1"}));
  ASSERT_TRUE(registry_.push("web", "", {"1"}));
  url(report("main"));
  url(report("main", "FAILED"));
  Json other = report("feature", "FAILED");
  other.set("slug", "web");
  url(other);
  EXPECT_EQ(list(Json()), "3 2 1 / 3");
  EXPECT_EQ(list(Json::object({{"repo", "app"}})), "2 1 / 2");
  EXPECT_EQ(list(Json::object({{"statuses", Json::array({"FAILED"})}})), "3 2 / 2");
  EXPECT_EQ(list(Json::object({{"branch", "feature"}})), "3 / 1");
  EXPECT_EQ(list(Json::object({{"repo", "none"}})), "/ 0");
  EXPECT_EQ(list(Json::object({{"page", Json::object({{"page", 2}, {"pageSize", 2}})}})), "1 / 3");
  EXPECT_TRUE(input_failure(kRuns, Json::object({{"page", Json::object({{"page", 0}})}}))
                  .starts_with("INVALID page"));
  leave_organization();
  EXPECT_EQ(list(Json()), "/ 0");
  EXPECT_EQ(failure("{ ciRun(id: 1) { id } }"), "NOT_FOUND ci run not found");
}

TEST_F(CiRunsTest, OfTheFirstAction) {
  ASSERT_TRUE(registry_.push("shop/migrations", "", {"1"}));
  const Json legacy =
      Json::object({{"envName", "CI"},
                    {"projectName", "shop/migrations"},
                    {"branch", "main"},
                    {"commit", "c0ffee"},
                    {"url", "https://ci/1"},
                    {"status", "FAILED"},
                    {"payload", codec::base64_encode(codec::as_bytes("{\"a\":1}"))}});
  EXPECT_EQ(text(input(kCreateReport, legacy)),
            R"j({"createReport":{"runID":"1","url":"https://registry.test/ci-runs/1",)j"
            R"j("cloudReports":[]}})j");
  EXPECT_EQ(text(data("{ ciRun(id: 1) { status payload context { branch url } repo { slug } } }")),
            R"j({"ciRun":{"status":"FAILED","payload":{"a":1},"context":{"branch":"main",)j"
            R"j("url":"https://ci/1"},"repo":{"slug":"shop/migrations"}}})j");
  expect_checked(kCreateReport, legacy,
                 {"envName", "projectName", "branch", "commit", "url", "status"});
  Json bad = legacy;
  bad.set("payload", codec::base64_encode(codec::as_bytes("{")));
  EXPECT_TRUE(input_failure(kCreateReport, bad).starts_with("INVALID payload: "));
  bad.set("payload", "%");
  EXPECT_TRUE(input_failure(kCreateReport, bad).starts_with("INVALID"));
}

TEST_F(CiRunsTest, BadReportsAreRefusedAndWriteNothing) {
  const auto refused = [this](const char* member, Json value) {
    Json bad = report();
    bad.set(member, std::move(value));
    return input_failure(kLint, bad);
  };
  const std::string long_text(256, 'x');
  for (const char* member : {"slug", "envName", "driver", "atlasVersion"}) {
    EXPECT_EQ(refused(member, long_text),
              std::string("INVALID ") + member + " must not be longer than 255 bytes");
    EXPECT_TRUE(refused(member, 7).starts_with("INVALID variable")) << member;
  }
  EXPECT_EQ(refused("context", Json::object({{"branch", long_text}})),
            "INVALID context.branch must not be longer than 255 bytes");
  EXPECT_TRUE(refused("status", "GREEN").starts_with("INVALID variable"));
  EXPECT_TRUE(refused("dir", "AAAA").starts_with("INVALID dir: "));
  EXPECT_EQ(refused("toHCL", std::string((8U << 20U) + 1, 'x')), "LIMIT toHCL: larger than 8 MiB");
  EXPECT_EQ(refused("payload", std::string((8U << 20U) + 1, 'x')),
            "LIMIT payload: larger than 8 MiB");
  allow_only({"report:write"});
  EXPECT_EQ(input_failure(kLint, report()), "FORBIDDEN permission \"ci:write\" is required");
  EXPECT_EQ(failure("{ ciRuns { runs { id } } }"),
            "FORBIDDEN permission \"cloud:read\" is required");
  EXPECT_EQ(failure("{ ciRun(id: 1) { id } }"), "FORBIDDEN permission \"cloud:read\" is required");
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM ci_runs").number(), 0);
}

}  // namespace
}  // namespace rhumb::registry
