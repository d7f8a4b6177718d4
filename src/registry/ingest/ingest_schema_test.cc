#include <gtest/gtest.h>

#include "registry/api/test_api.h"
#include "registry/ingest/rebuild.h"
#include "registry_api/documents.h"

namespace rhumb::registry {
namespace {

constexpr const char* kReport =
    "mutation ReportSchemaApply($input: ReportSchemaApplyInput!) { reportSchemaApply(input: "
    "$input) { url } }";
constexpr const char* kReportSet =
    "mutation ReportSchemaApplySet($input: ReportSchemaApplySetInput!) { "
    "reportSchemaApplySet(input: $input) { url } }";

class SchemaReportsTest : public ApiTest {
 protected:
  SchemaReportsTest() {
    for (const char* version : {"v1", "v2"}) {
      input("mutation p($input: PushSchemaInput!) { pushSchema(input: $input) { version } }",
            Json::object({{"slug", "app"},
                          {"hcl", version},
                          {"hash", std::string("hash-") + version},
                          {"version", version}}));
    }
  }
  /// A report of a run that ended now and took the database `id` from one version to another.
  Json report(const char* id, const char* from, const char* to) {
    registry_.clock().advance(std::chrono::minutes(1));
    Json out = registry_api::to_json(registry_.report(id, "", "1"));
    for (const char* member : {"dirName", "fromVersion", "toVersion", "currentVersion"}) {
      out.erase(member);
    }
    out.set("schemaSlug", "app");
    out.set("fromHash", std::string("hash-") + from);
    out.set("toHash", std::string("hash-") + to);
    return out;
  }
  std::string send(const Json& report) {
    const std::string refused = input_failure(kReport, report);
    return refused.empty() ? input(kReport, report).at("reportSchemaApply").string_or_empty("url")
                           : refused;
  }
  static Json set_of(std::vector<Json> completed, int planned) {
    return Json::object({{"id", "s"},
                         {"planned", planned},
                         {"startTime", "2026-11-23T22:56:07Z"},
                         {"endTime", "2026-11-23T22:56:08Z"},
                         {"completed", Json::array_of(std::move(completed))}});
  }
  std::string migrations(const char* filter) {
    const Json found = data(std::string("{ migrations(input: {") + filter +
                            "}) { migrations { id } pageInfo { total } } }")
                           .at("migrations");
    std::string out;
    for (const Json& event : found.at("migrations").as_array()) {
      out += event.string_or_empty("id") + " ";
    }
    return out + "/ " + std::to_string(found.at("pageInfo").find_int("total").value_or(-1));
  }
};

TEST_F(SchemaReportsTest, AreEventsOfTheirKind) {
  EXPECT_EQ(send(report("a", "v1", "v2")), "https://registry.test/deployments/1");
  EXPECT_EQ(text(data("{ migration(id: 1) { kind type repoName version fromVersion toVersion "
                      "currentVersion status databaseName link files { name } plan { name } } }")),
            R"j({"migration":{"kind":"SCHEMA_APPLY","type":"SCHEMA","repoName":"app",)j"
            R"j("version":"v2","fromVersion":"v1","toVersion":"v2","currentVersion":"v2",)j"
            R"j("status":"PASSED","databaseName":"a.db",)j"
            R"j("link":"https://registry.test/deployments/1","files":[{"name":"1_x.sql"}],)j"
            R"j("plan":null}})j");
  EXPECT_EQ(registry_.database("a"), "SYNCED v2");
  EXPECT_EQ(
      registry_.scalar("SELECT after_json FROM audit WHERE action = 'deployment.report'").text(),
      R"j({"repo":"app","env":"prod","target":"sqlite://a.db","status":"PASSED",)j"
      R"j("version":"v2","kind":"SCHEMA_APPLY"})j");
}

TEST_F(SchemaReportsTest, VersionsThatAreSentWin) {
  Json sent = report("a", "v1", "v2");
  sent.set("fromVersion", "mine");
  sent.set("toVersion", "theirs");
  send(sent);
  EXPECT_EQ(registry_.database("a"), "PENDING theirs");
  EXPECT_EQ(registry_.scalar("SELECT from_version FROM events").text(), "mine");
  EXPECT_EQ(registry_.scalar("SELECT unknown_version FROM databases").number(), 1);
}

TEST_F(SchemaReportsTest, DatabasesStandWhereTheirLastRunLeftThem) {
  send(report("a", "none", "v1"));
  EXPECT_EQ(registry_.database("a"), "PENDING v1");
  EXPECT_TRUE(registry_.scalar("SELECT pending_files FROM databases").is_null());
  Json failed = report("a", "v1", "v2");
  failed.set("error", "boom");
  send(failed);
  EXPECT_EQ(registry_.database("a"), "FAILED v1");
  Json dry = report("a", "v1", "v2");
  dry.set("dryRun", true);
  send(dry);
  EXPECT_EQ(registry_.database("a"), "FAILED v1");
  send(report("a", "v1", "v2"));
  EXPECT_EQ(registry_.database("a"), "SYNCED v2");
  Json same = report("a", "v2", "v2");
  same.set("files", Json::array());
  send(same);
  EXPECT_EQ(registry_.scalar("SELECT status FROM events ORDER BY id DESC LIMIT 1").text(),
            "NO_ACTION");
  send(report("a", "v2", "of a file"));
  EXPECT_EQ(registry_.scalar("SELECT status || current_version FROM databases").text(), "PENDING");
  const Result<RebuildReport> rebuilt = write_value<RebuildReport>(
      *registry_.store(), [](Session& session) { return rebuild_projections(session); });
  ASSERT_TRUE(rebuilt);
  EXPECT_EQ(rebuilt->difference_count, 0);
}

TEST_F(SchemaReportsTest, OneThatIsSentAgainIsOne) {
  Json sent = report("a", "v1", "v2");
  EXPECT_EQ(send(sent), "https://registry.test/deployments/1");
  EXPECT_EQ(send(sent), "https://registry.test/deployments/1");
  sent.set("reportID", "id-1");
  EXPECT_EQ(send(sent), "https://registry.test/deployments/2");
  sent.set("toHash", "hash-v1");
  EXPECT_EQ(send(sent), "CONFLICT reportID \"id-1\" was used for another report; send a new id");
}

TEST_F(SchemaReportsTest, NameThePlanTheyCarriedOut) {
  input(
      "mutation c($input: CreateDeclarativePlanInput!) { createDeclarativePlan(input: $input) { "
      "url } }",
      Json::object({{"name", "p"},
                    {"schemaSlug", "app"},
                    {"status", "APPROVED"},
                    {"fromHash", "hash-v1"},
                    {"toHash", "hash-v2"},
                    {"migration", "CREATE"}}));
  Json sent = report("a", "v1", "v2");
  sent.set("planURL", "atlas://app/plans/p");
  send(sent);
  Json other = report("b", "v1", "v2");
  other.set("planURL", "atlas://app/plans/gone");
  send(other);
  EXPECT_EQ(text(data("{ migrations { migrations { plan { name status } } } }")),
            R"j({"migrations":{"migrations":[{"plan":null},{"plan":{"name":"p",)j"
            R"j("status":"APPROVED"}}]}})j");
}

TEST_F(SchemaReportsTest, Sets) {
  const Json set = set_of({report("a", "v1", "v2"), report("b", "v1", "v2")}, 3);
  const char* want =
      R"j({"reportSchemaApplySet":{"url":"https://registry.test/deployments/sets/1"}})j";
  EXPECT_EQ(text(input(kReportSet, set)), want);
  EXPECT_EQ(text(input(kReportSet, set)), want) << "again";
  EXPECT_EQ(text(data("{ migration(id: 1) { kind type status targetsSucceeded targetsTotal version "
                      "targets { migrations { id kind currentVersion } } } }")),
            R"j({"migration":{"kind":"SCHEMA_APPLY","type":"SCHEMA","status":"FAILED",)j"
            R"j("targetsSucceeded":2,"targetsTotal":3,"version":"v2","targets":{"migrations":[)j"
            R"j({"id":"2","kind":"SCHEMA_APPLY","currentVersion":"v2"},)j"
            R"j({"id":"3","kind":"SCHEMA_APPLY","currentVersion":"v2"}]}}})j");
  Json more = set;
  more.find("completed")->push_back(report("c", "v1", "v2"));
  EXPECT_EQ(text(input(kReportSet, more)), want);
  EXPECT_EQ(registry_.scalar("SELECT status FROM events WHERE id = 1").text(), "PASSED");
  Json other_kind = Json::object({{"id", "s"},
                                  {"planned", 3},
                                  {"startTime", "2026-11-23T22:56:07Z"},
                                  {"endTime", "2026-11-23T22:56:08Z"}});
  EXPECT_EQ(
      input_failure("mutation m($input: ReportMigrationSetInput!) { reportMigrationSet(input: "
                    "$input) { url } }",
                    other_kind),
      "CONFLICT set id \"s\" was used for another run; send a new id");
}

TEST_F(SchemaReportsTest, ASetThatDidNotStartBelongsNowhere) {
  Json set = set_of({}, 1);
  set.set("error", "boom");
  EXPECT_EQ(input_failure(kReportSet, set), "");
  EXPECT_EQ(text(data("{ migration(id: 1) { kind type status error repoName } }")),
            R"j({"migration":{"kind":"SCHEMA_APPLY","type":"SCHEMA","status":"FAILED",)j"
            R"j("error":"boom","repoName":".atlas"}})j");
}

TEST_F(SchemaReportsTest, ListsTellThemApart) {
  send(report("a", "v1", "v2"));
  registry_api::MigrationReport apply = registry_.report("b", "", "1");
  apply.dir_name = "files";
  ASSERT_TRUE(registry_.ingest(apply));
  EXPECT_EQ(migrations("types: [SCHEMA]"), "1 / 1");
  EXPECT_EQ(migrations("types: [MIGRATION_DIRECTORY]"), "2 / 1");
  EXPECT_EQ(migrations("types: [SCHEMA, MIGRATION_DIRECTORY]"), "2 1 / 2");
  EXPECT_EQ(migrations("kinds: [APPLY], types: [SCHEMA]"), "/ 0");
  EXPECT_EQ(migrations("kinds: [SCHEMA_APPLY]"), "1 / 1");
  EXPECT_EQ(migrations("kinds: [APPLY], name: \"db\""), "2 / 1");
}

TEST_F(SchemaReportsTest, MakeTheRepositoryTheyName) {
  Json sent = report("a", "x", "y");
  sent.set("schemaSlug", "new");
  send(sent);
  EXPECT_EQ(text(data("{ repo(input: {slug: \"new\"}) { type reportOnly } }")),
            R"j({"repo":{"type":"SCHEMA","reportOnly":true}})j");
  allow_only({"report:write"});
  sent = report("a", "x", "y");
  sent.set("schemaSlug", "newer");
  EXPECT_EQ(send(sent), "FORBIDDEN permission \"repo:create\" is required");
}

TEST_F(SchemaReportsTest, BadInputIsRefusedAndWritesNothing) {
  const Json good = report("a", "v1", "v2");
  expect_checked(kReport, good,
                 {"projectName", "envName", "schemaSlug", "atlasVersion", "target", "startTime",
                  "endTime", "log"});
  const auto refused = [&](const char* member, Json value) {
    Json bad = good;
    bad.set(member, std::move(value));
    return send(bad);
  };
  const std::string long_text(256, 'x');
  for (const char* member :
       {"fromHash", "toHash", "planURL", "fromVersion", "toVersion", "envName"}) {
    EXPECT_EQ(refused(member, long_text),
              std::string("INVALID ") + member + " must not be longer than 255 bytes");
  }
  ASSERT_TRUE(registry_.push("files", "", {"1"}));
  EXPECT_EQ(refused("schemaSlug", "files"),
            "CONFLICT repository \"files\" holds a directory, not a schema");
  registry_api::MigrationReport apply = registry_.report("b", "", "1");
  const Result<IngestOutcome> wrong = registry_.ingest(apply);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message(), "repository \"app\" holds a schema, not a directory");
  allow_only({"schema:push"});
  EXPECT_EQ(send(good), "FORBIDDEN permission \"report:write\" is required");
  EXPECT_EQ(input_failure(kReportSet, set_of({good}, 1)),
            "FORBIDDEN permission \"report:write\" is required");
  leave_organization();
  EXPECT_EQ(send(good), "FORBIDDEN permission \"repo:create\" is required");
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM events").number(), 0);
}

}  // namespace
}  // namespace rhumb::registry
