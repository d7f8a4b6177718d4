#include "registry/content/drifts.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>

#include "codec/sha256.h"
#include "registry/api/test_api.h"
#include "registry/content/snapshots.h"

namespace rhumb::registry {
namespace {

using std::chrono::minutes;

/// The directory `app`, whose versions give known states, and the database `a` at version 2.
class DriftsTest : public ApiTest {
 protected:
  DriftsTest() {
    PushRequest request;
    request.slug = "app";
    request.driver = "SQLITE";
    request.files = TestRegistry::directory({{"1_x.sql", "A"}, {"2_x.sql", "B"}, {"3_x.sql", "C"}});
    request.states = {{"1", "hash-1", "one"}, {"2", "hash-2", "two"}};
    EXPECT_TRUE(push_directory(*registry_, registry_.caller(), request));
    apply("2");
  }
  void apply(const char* version, const char* status = "", const char* diff = "") {
    registry_.clock().advance(minutes(1));
    registry_api::MigrationReport report = registry_.report("a", "2", version);
    report.target.url = "mysql://u:xxxxx@h/a";
    if (*status != '\0') {
      report.extras.drift = registry_api::Drift{status, diff};
    }
    ASSERT_TRUE(registry_.ingest(report));
  }
  void look(const std::string& hash, const std::function<void(SnapshotPush&)>& change = {}) {
    registry_.clock().advance(minutes(1));
    SnapshotPush push;
    push.scope.url = "mysql://u:pass@h/a";
    push.snapshot = NewSnapshot{hash, "schema"};
    if (change) {
      change(push);
    }
    const Result<SnapshotOutcome> pushed = push_snapshot(*registry_, registry_.caller(), push);
    EXPECT_TRUE(pushed) << (pushed ? "" : pushed.error().message());
  }
  /// `version expected actual source`, and whether it is over, of each, newest first.
  std::string drifts(const char* filter = "") {
    const Json found =
        data(std::string("{ drifts(input: {") + filter +
             "}) { drifts { version expectedHash actualHash source resolvedAt } } }");
    std::string out;
    for (const Json& drift : found.at("drifts").at("drifts").as_array()) {
      out += fmt::format("{} {} {} {}{}; ", drift.string_or_empty("version"),
                         drift.string_or_empty("expectedHash"), drift.string_or_empty("actualHash"),
                         drift.string_or_empty("source"),
                         drift.at("resolvedAt").is_null() ? "" : " over");
    }
    return out;
  }
  bool is_drifted() {
    return data("{ database(input: {id: 1}) { drifted } }").at("database").at("drifted").as_bool();
  }
};

TEST_F(DriftsTest, SnapshotsOpenAndEndThem) {
  EXPECT_FALSE(is_drifted());
  look("hash-2");
  EXPECT_EQ(drifts(), "");
  look("other");
  EXPECT_EQ(drifts(), "2 hash-2 other snapshot; ");
  EXPECT_TRUE(is_drifted());
  look("other");
  EXPECT_EQ(drifts(), "2 hash-2 other snapshot; ") << "nothing new";
  look("another");
  EXPECT_EQ(drifts(), "2 hash-2 another snapshot; 2 hash-2 other snapshot over; ");
  look("hash-2");
  EXPECT_EQ(drifts("open: true"), "");
  EXPECT_FALSE(is_drifted());
  EXPECT_EQ(drifts("open: false"),
            "2 hash-2 another snapshot over; 2 hash-2 other snapshot over; ");
}

TEST_F(DriftsTest, AgentsSendTheOlderForm) {
  look("h1:" + codec::base64_encode(codec::sha256("two")));
  EXPECT_EQ(drifts(), "");
  look("h1:other");
  EXPECT_EQ(drifts(),
            "2 h1:" + codec::base64_encode(codec::sha256("two")) + " h1:other snapshot; ");
}

TEST_F(DriftsTest, WhatCannotBeComparedTellsNothing) {
  look("other", [](SnapshotPush& push) { push.scope.exclude = {"logs"}; });
  look("other", [](SnapshotPush& push) { push.scope.schemas = {"main", "more"}; });
  look("other", [](SnapshotPush& push) { push.scope.schemas = {"elsewhere"}; });
  look("other", [](SnapshotPush& push) { push.scope.url = "mysql://u:pass@h/b"; });
  EXPECT_EQ(drifts(), "");
  look("other", [](SnapshotPush& push) { push.scope.schemas = {"main"}; });
  EXPECT_EQ(drifts(), "2 hash-2 other snapshot; ");
  apply("3");
  look("hash-2");
  EXPECT_EQ(drifts("open: true"), "2 hash-2 other snapshot; ") << "nothing is known of version 3";
}

TEST_F(DriftsTest, ExternalIdsNameDatabases) {
  look("other", [](SnapshotPush& push) {
    push.scope.url = "mysql://elsewhere/a";
    push.scope.ext_id = "a";
    push.scope.schemas = {"main"};
  });
  EXPECT_EQ(drifts(), "2 hash-2 other snapshot; ");
}

TEST_F(DriftsTest, DatabasesBetweenTwoVersionsAreNotCompared) {
  registry_.clock().advance(minutes(1));
  registry_api::MigrationReport failed = registry_.report("a", "2", "2");
  failed.target.url = "mysql://u:xxxxx@h/a";
  failed.error = "boom";
  ASSERT_TRUE(registry_.ingest(failed));
  look("other");
  EXPECT_EQ(drifts(), "");
}

TEST_F(DriftsTest, ReportsOpenAndEndThem) {
  apply("2", "DRIFTED", "ALTER TABLE t -- mysql://u:pass@h/d");
  EXPECT_EQ(drifts(), "2 hash-2  report; ");
  EXPECT_TRUE(is_drifted());
  EXPECT_EQ(text(data("{ drifts { drifts { diffSQL link database { name } } } }")),
            R"j({"drifts":{"drifts":[{"diffSQL":"ALTER TABLE t -- mysql://u:xxxxx@h/d",)j"
            R"j("link":"https://registry.test/databases/1#drift-1","database":{"name":"a"}}]}})j");
  apply("2", "DRIFTED", "ALTER TABLE t -- mysql://u:pass@h/d");
  EXPECT_EQ(drifts(), "2 hash-2  report; ");
  look("other");
  EXPECT_EQ(drifts(), "2 hash-2 other report; ") << "a snapshot tells how it is";
  EXPECT_EQ(text(data("{ migrations { migrations { id drift { id } } } }")),
            R"j({"migrations":{"migrations":[{"id":"3","drift":{"id":"1"}},{"id":"2",)j"
            R"j("drift":{"id":"1"}},{"id":"1","drift":null}]}})j");
  apply("2", "UNKNOWN");
  apply("2", "SKIPPED");
  EXPECT_TRUE(is_drifted());
  apply("2", "ok");
  EXPECT_FALSE(is_drifted());
  EXPECT_EQ(drifts(), "2 hash-2 other report over; ");
}

TEST_F(DriftsTest, LateReportsTellNothing) {
  registry_api::MigrationReport late = registry_.report("a", "2", "2");
  late.target.url = "mysql://u:xxxxx@h/a";
  late.end = *late.end - minutes(10);
  late.start = late.end;
  late.extras.drift = registry_api::Drift{"DRIFTED", "x"};
  ASSERT_TRUE(registry_.ingest(late));
  EXPECT_EQ(drifts(), "");
}

TEST_F(DriftsTest, Lists) {
  look("other");
  const char* databases =
      "query q($input: DatabasesInput) { databases(input: $input) { pageInfo { total } } }";
  const auto count = [&](bool drifted) {
    return text(input(databases, Json::object({{"drifted", drifted}}))
                    .at("databases")
                    .at("pageInfo")
                    .at("total"));
  };
  EXPECT_EQ(count(true), "1");
  EXPECT_EQ(count(false), "0");
  EXPECT_EQ(text(data("{ database(input: {id: 1}) { drifts(input: {open: true}) { drifts { id } "
                      "pageInfo { total } } } }")),
            R"j({"database":{"drifts":{"drifts":[{"id":"1"}],"pageInfo":{"total":1}}}})j");
  EXPECT_NE(drifts("repo: \"app\", envName: \"prod\""), "");
  EXPECT_EQ(drifts("repo: \"none\""), "");
  EXPECT_EQ(drifts("envName: \"none\""), "");
  leave_organization();
  EXPECT_EQ(drifts(), "");
  allow_only({"report:write"});
  EXPECT_EQ(failure("{ drifts { pageInfo { total } } }"),
            "FORBIDDEN permission \"cloud:read\" is required");
}

TEST(DriftStatus, Texts) {
  for (const char* none : {"", "UNKNOWN", "skipped"}) {
    EXPECT_EQ(parse_drift_status(none), std::nullopt) << none;
  }
  EXPECT_EQ(parse_drift_status("Ok"), false);
  EXPECT_EQ(parse_drift_status("DRIFTED"), true);
}

}  // namespace
}  // namespace rhumb::registry
