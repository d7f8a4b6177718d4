#include "registry/ingest/applied_versions.h"

#include <gtest/gtest.h>

#include "registry/store/bodies.h"
#include "registry/test_registry.h"

namespace rhumb::registry {
namespace {

using registry_api::MigrationReport;
using std::chrono::minutes;

class AppliedVersionsTest : public testing::Test {
 protected:
  /// A deployment of those versions from an empty history or the one before.
  void applied(const std::vector<std::string>& versions, const std::string& dir_hash = "") {
    MigrationReport report = registry_.report("a", "", versions.back());
    report.files->clear();
    for (const std::string& version : versions) {
      registry_api::DeployedFile& file = report.files->emplace_back();
      file.name = version + "_x.sql";
      file.content = "SELECT '(sensitive)';";
      file.applied = 1;
    }
    if (!dir_hash.empty()) {
      report.extras.dir_hash = dir_hash;
    }
    store(std::move(report));
  }
  void reverted(const std::string& to) {
    MigrationReport report = registry_.report("a", "", "9");
    report.to_version = report.current_version = to;
    registry_.clock().advance(minutes(1));
    ASSERT_TRUE(ingest_revert(*registry_, registry_.caller(), {.plan_id = {}, .run = report}));
  }
  void store(MigrationReport report) {
    registry_.clock().advance(minutes(1));
    report.start = report.end = registry_.clock().now();
    const Result<IngestOutcome> outcome = registry_.ingest(std::move(report));
    ASSERT_TRUE(outcome) << outcome.error().message();
  }
  /// `version=content` of each, in order; `?` for what was never pushed.
  std::string known(TargetSelector selector = {.org_id = 1, .ext_id = "a"}) {
    const Result<std::string> text =
        read_value<std::string>(*registry_.store(), [&](Session& session) -> Result<std::string> {
          const std::optional<FoundTarget> target = TRY(find_target(session, selector));
          if (!target) {
            return std::string("unknown");
          }
          const std::vector<AppliedVersion> versions = TRY(read_applied(session, *target));
          std::string out;
          for (const AppliedVersion& version : versions) {
            EXPECT_EQ(version.hash.empty(), !version.body.has_value());
            out += version.version + "=";
            const std::string content =
                version.body ? TRY(read_body(session, *version.body)) : std::string("?\n");
            out += content;
          }
          return out;
        });
    return text ? *text : text.error().message();
  }

  TestRegistry registry_;
};

TEST_F(AppliedVersionsTest, FilesAreThoseThatWerePushedNotThoseOfReports) {
  applied({"1"});
  EXPECT_EQ(known(), "1=?\n");
  registry_.clock().advance(minutes(1));
  ASSERT_TRUE(registry_.push("app", "", {"1", "2"}));
  applied({"2"});
  EXPECT_EQ(known(), "1=?\n2=SELECT 2;\n");
  applied({"1"});
  EXPECT_EQ(known(), "1=SELECT 1;\n2=SELECT 2;\n");
}

TEST_F(AppliedVersionsTest, VersionThatTheDirectoryNoLongerHoldsIsKnownByTheStateItRanFrom) {
  const Result<PushOutcome> old = registry_.push("app", "", {"1", "2"});
  ASSERT_TRUE(old);
  registry_.clock().advance(minutes(1));
  ASSERT_TRUE(registry_.push("app", "", {"1", "3"}));
  applied({"1", "2"}, old->hash);
  EXPECT_EQ(known(), "1=SELECT 1;\n2=SELECT 2;\n");
  registry_.clock().advance(minutes(1));
  ASSERT_TRUE(registry_.push("app", "", {"1"}));
  EXPECT_EQ(known(), "1=SELECT 1;\n2=SELECT 2;\n");
}

TEST_F(AppliedVersionsTest, RevertsTakeTheNewestAwayAndDryRunsNothing) {
  applied({"1", "2", "3"});
  MigrationReport dry = registry_.report("a", "3", "1");
  dry.dry_run = true;
  ASSERT_TRUE(ingest_revert(*registry_, registry_.caller(), {.plan_id = {}, .run = dry}));
  EXPECT_EQ(known(), "1=?\n2=?\n3=?\n");
  reverted("1");
  EXPECT_EQ(known(), "1=?\n");
  applied({"2"});
  EXPECT_EQ(known(), "1=?\n2=?\n");
  reverted("");
  EXPECT_EQ(known(), "");
}

TEST_F(AppliedVersionsTest, WhatFailedIsNotApplied) {
  MigrationReport report = registry_.report("a", "", "2");
  report.current_version = "1";
  report.files->front().name = "1_x.sql";
  report.files->push_back(report.files->front());
  report.files->back().name = "2_x.sql";
  report.files->back().error = {"SELECT 2", "boom"};
  store(report);
  EXPECT_EQ(known(), "1=?\n");
  report.current_version = "";  // rolled back with the other one
  store(report);
  EXPECT_EQ(known(), "1=?\n");
}

TEST_F(AppliedVersionsTest, TargetsAreFoundByWhatIsKnownOfThem) {
  EXPECT_EQ(known(), "unknown");
  applied({"1"});
  EXPECT_EQ(known({.org_id = 1, .ext_id = "a", .schema = "main", .repo = "app", .env = "prod"}),
            "1=?\n");
  for (const TargetSelector& other :
       {TargetSelector{.org_id = 2, .ext_id = "a"}, TargetSelector{.org_id = 1, .ext_id = ""},
        TargetSelector{.org_id = 1, .ext_id = "b"},
        TargetSelector{.org_id = 1, .ext_id = "a", .schema = "other"},
        TargetSelector{.org_id = 1, .ext_id = "a", .repo = "other"},
        TargetSelector{.org_id = 1, .ext_id = "a", .env = "other"}}) {
    EXPECT_EQ(known(other), "unknown");
  }
}

}  // namespace
}  // namespace rhumb::registry
