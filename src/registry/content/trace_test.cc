#include "registry/content/trace.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "registry/api/test_api.h"
#include "registry/content/ci_runs.h"
#include "registry/content/ephemeral.h"

namespace rhumb::registry {
namespace {

constexpr const char* kTrace =
    "query q($input: TraceInput!) { trace(input: $input) { repo { slug } version pushes { tag "
    "version actor { name } } ciRuns { id } environments { name total reached firstAt lastAt "
    "ephemeralHours migrations { id status } } ephemeralLeftOut } }";

class TraceTest : public ApiTest {
 protected:
  Json trace(const char* version) {
    return input(kTrace, Json::object({{"repo", "app"}, {"version", version}})).at("trace");
  }
  std::string refused(const char* repo, const char* version) {
    return input_failure(kTrace, Json::object({{"repo", repo}, {"version", version}}));
  }
  void apply(const char* id, const char* env, const char* to, bool fails = false) {
    registry_.clock().advance(std::chrono::minutes(1));
    registry_api::MigrationReport report = registry_.report(id, "", to);
    report.env_name = env;
    if (fails) {
      report.error = "boom";
      report.current_version = "1";
    }
    ASSERT_TRUE(registry_.ingest(report));
  }
  /// `name reached/total: events` of each environment.
  static std::string environments(const Json& trace) {
    std::string out;
    for (const Json& env : trace.at("environments").as_array()) {
      out += fmt::format("{} {}/{}:", env.string_or_empty("name"),
                         env.find_int("reached").value_or(-1), env.find_int("total").value_or(-1));
      for (const Json& event : env.at("migrations").as_array()) {
        out += fmt::format(" {} {}", event.string_or_empty("id"), event.string_or_empty("status"));
      }
      out += "; ";
    }
    return out;
  }
};

TEST_F(TraceTest, AVersionOnItsWay) {
  ASSERT_TRUE(registry_.push("app", "", {"1"}));
  CiReport linted;
  linted.slug = "app";
  linted.payload = Json::object({{"Files", Json::array({Json::object({{"Name", "2_x.sql"}})})}});
  ASSERT_TRUE(store_ci_run(*registry_, registry_.caller(), linted));
  ASSERT_TRUE(registry_.push("app", "", {"1", "2"}));
  ASSERT_TRUE(registry_.push("app", "v2", {"1", "2"}));
  ASSERT_TRUE(registry_.push("app", "", {"1", "2", "3"}));
  apply("s1", "staging", "2");
  apply("s2", "staging", "1");
  apply("s2", "staging", "3");
  apply("p1", "prod", "2", true);
  apply("p1", "prod", "2");
  apply("p2", "prod", "1");
  const Json two = trace("2");
  EXPECT_EQ(text(two.at("pushes")), R"j([{"tag":"latest","version":"2","actor":{"name":"admin"}},)j"
                                    R"j({"tag":"v2","version":"2","actor":{"name":"admin"}}])j");
  EXPECT_EQ(text(two.at("ciRuns")), R"j([{"id":"1"}])j");
  EXPECT_EQ(environments(two), "prod 1/2: 4 FAILED 5 PASSED; staging 2/2: 1 PASSED; ");
  EXPECT_EQ(text(two.at("environments").at(1).at("firstAt")),
            text(two.at("environments").at(1).at("lastAt")));
  EXPECT_EQ(environments(trace("3")), "prod 0/2:; staging 1/2: 3 PASSED; ");
  EXPECT_EQ(text(trace("3").at("ciRuns")), "[]");
  EXPECT_EQ(environments(trace("1")), "prod 2/2: 6 PASSED; staging 2/2: 2 PASSED; ");
}

TEST_F(TraceTest, SetsCountAsOneEvent) {
  registry_api::MigrationSetReport set;
  set.id = "s";
  set.planned = 2;
  set.start = set.end = registry_.clock().now();
  set.completed = {registry_.report("a", "", "1"), registry_.report("b", "", "1")};
  ASSERT_TRUE(ingest_set(*registry_, registry_.caller(), set));
  EXPECT_EQ(environments(trace("1")), "prod 2/2: 1 PASSED; ");
  EXPECT_EQ(text(trace("1").at("pushes")), "[]");
}

TEST_F(TraceTest, APushOfSeveralVersionsBringsEach) {
  ASSERT_TRUE(registry_.push("app", "", {"1", "2"}));
  ASSERT_TRUE(registry_.push("app", "t", {"1", "2", "3"}));
  EXPECT_EQ(text(trace("1").at("pushes")),
            R"j([{"tag":"latest","version":"2","actor":{"name":"admin"}}])j");
}

TEST_F(TraceTest, OfASchema) {
  input("mutation p($input: PushSchemaInput!) { pushSchema(input: $input) { version } }",
        Json::object({{"slug", "app"}, {"hcl", "A"}, {"hash", "h"}, {"version", "v1"}}));
  registry_api::SchemaApplyReport report;
  report.run = registry_.report("a", "", "v1");
  ASSERT_TRUE(ingest_schema_apply(*registry_, registry_.caller(), report));
  EXPECT_EQ(environments(trace("v1")), "prod 1/1: 1 PASSED; ");
}

TEST_F(TraceTest, EnvironmentsThatComeAndGoAreShownWhenAskedFor) {
  ASSERT_TRUE(set_ephemeral(*registry_, registry_.caller(), {.glob = "pr-*", .hours = 72}));
  apply("a", "prod", "1");
  apply("b", "pr-1", "2");
  apply("c", "pr-2", "1");
  Json two = trace("2");
  EXPECT_EQ(environments(two), "prod 0/1:; ");
  EXPECT_EQ(two.find_int("ephemeralLeftOut"), 2);
  two = input(kTrace, Json::object({{"repo", "app"}, {"version", "2"}, {"includeEphemeral", true}}))
            .at("trace");
  EXPECT_EQ(environments(two), "pr-1 1/1: 2 PASSED; pr-2 0/1:; prod 0/1:; ");
  EXPECT_EQ(two.find_int("ephemeralLeftOut"), 0);
  EXPECT_EQ(text(two.at("environments").at(0).at("ephemeralHours")), "72");
  EXPECT_EQ(text(two.at("environments").at(2).at("ephemeralHours")), "null");
  ASSERT_TRUE(remove_ephemeral(*registry_, registry_.caller(), "pr-*"));
  EXPECT_EQ(environments(trace("2")), "pr-1 1/1: 2 PASSED; pr-2 0/1:; prod 0/1:; ");
}

TEST_F(TraceTest, OfATag) {
  ASSERT_TRUE(registry_.push("app", "t", {"1", "2"}));
  const Json tagged = input(kTrace, Json::object({{"repo", "app"}, {"tag", "t"}}));
  EXPECT_EQ(tagged.at("trace").string_or_empty("version"), "2");
}

TEST_F(TraceTest, BadInputIsRefused) {
  ASSERT_TRUE(registry_.push("app", "", {"1"}));
  expect_checked(kTrace, Json::object({{"repo", "app"}, {"version", "1"}}), {"repo"});
  EXPECT_EQ(refused("app", ""), "INVALID exactly one of version and tag must be given");
  EXPECT_TRUE(
      refused("app", std::string(256, '1').c_str()).starts_with("INVALID version must not"));
  EXPECT_EQ(input_failure(kTrace, Json::object({{"repo", "app"}, {"tag", "none"}})),
            "NOT_FOUND tag \"none\" not found in dir \"app\"");
  EXPECT_EQ(text(input(kTrace, Json::object({{"repo", "none"}, {"version", "1"}}))),
            R"j({"trace":null})j");
  EXPECT_EQ(text(trace("2").at("pushes")), "[]") << "not yet";
  allow_only({"dir:read"});
  EXPECT_EQ(refused("app", "1"), "FORBIDDEN permission \"cloud:read\" is required");
  allow_only({"cloud:read"});
  leave_organization();
  EXPECT_EQ(text(input(kTrace, Json::object({{"repo", "app"}, {"version", "1"}}))),
            R"j({"trace":null})j");
}

}  // namespace
}  // namespace rhumb::registry
