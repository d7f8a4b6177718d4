#include "registry/content/retention.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "base/text.h"
#include "registry/audit/redact_value.h"
#include "registry/content/repo_settings.h"
#include "registry/store/bodies.h"
#include "registry/store/tables.h"
#include "registry/test_registry.h"

namespace rhumb::registry {
namespace {

class RetentionTest : public testing::Test {
 protected:
  /// A deployment of another file each day, the last one today.
  void deploy_days(int days) {
    for (int day = 1; day <= days; ++day) {
      registry_api::MigrationReport report =
          registry_.report("db", std::to_string(day - 1), std::to_string(day));
      report.log = "day " + std::to_string(day);
      ASSERT_TRUE(registry_.ingest(report));
      registry_.clock().advance(std::chrono::hours(24));
    }
  }
  void keep(int64_t days) {
    RepoChange change;
    change.retention_days = days;
    ASSERT_TRUE(update_repo(*registry_, registry_.caller(), 1, change));
  }
  int64_t apply() { return apply_retention(*registry_.store(), registry_->now()).value().events; }
  int64_t count(const char* sql) { return registry_.scalar(sql).number(); }
  std::string file(int64_t event) {
    const Value sha = registry_.scalar("SELECT body FROM event_files WHERE event_id = ?", {event});
    return read_value<std::string>(*registry_.store(),
                                   [&](Session& session) { return read_body(session, sha); })
        .value();
  }

  TestRegistry registry_;
};

TEST_F(RetentionTest, NothingGoesUnlessSomebodySaysSo) {
  deploy_days(5);
  registry_.clock().advance(std::chrono::hours(24 * 1000));
  EXPECT_EQ(apply(), 0);
  EXPECT_EQ(count("SELECT count(*) FROM events WHERE log_body IS NOT NULL"), 5);
}

TEST_F(RetentionTest, LogsAndFilesGoAndDeploymentsStay) {
  deploy_days(5);
  keep(2);
  EXPECT_EQ(apply(), 3) << "the two of the last 48 hours stay";
  EXPECT_EQ(apply(), 0) << "again";
  EXPECT_EQ(count("SELECT count(*) FROM events"), 5);
  EXPECT_EQ(count("SELECT count(*) FROM events WHERE log_body IS NULL"), 3);
  EXPECT_EQ(file(3), kExpiredText);
  EXPECT_EQ(file(4), "SELECT 4;\n");
  EXPECT_EQ(registry_.database("db"), "SYNCED 5");
  registry_.clock().advance(std::chrono::hours(24));
  EXPECT_EQ(apply(), 1) << "a day later";
  keep(0);
  registry_.clock().advance(std::chrono::hours(24 * 100));
  EXPECT_EQ(apply(), 0) << "taken back";
}

TEST_F(RetentionTest, WhatARepositoryDoesNotSayItsOrganizationSays) {
  deploy_days(4);
  ASSERT_TRUE(registry_.store()->write(
      [](Session& session) { return session.run("UPDATE organizations SET retention_days = 3"); }));
  EXPECT_EQ(apply(), 1);
  keep(1);
  EXPECT_EQ(apply(), 2);
}

TEST_F(RetentionTest, TextsThatNothingRefersToAreVacuumed) {
  ASSERT_TRUE(registry_.push("app", "", {"1", "2"}));
  deploy_days(3);
  keep(1);
  EXPECT_EQ(apply(), 2);
  const int64_t before = count("SELECT count(*) FROM bodies");
  const Result<VacuumReport> report = write_value<VacuumReport>(
      *registry_.store(), [](Session& session) { return vacuum_bodies(session); });
  ASSERT_TRUE(report);
  EXPECT_EQ(report->bodies, 2) << "two logs; the files are in the directory as well";
  EXPECT_EQ(count("SELECT count(*) FROM bodies"), before - 2);
  EXPECT_EQ(file(3), "SELECT 3;\n");
}

/// Whatever refers to a body keeps it: a column that is forgotten would lose what it refers to.
TEST_F(RetentionTest, EveryColumnThatRefersToABodyIsKnown) {
  std::set<std::string> known;
  for (const RedactedTable& table : redacted_tables()) {
    for (const std::string_view column : split(table.bodies, ' ')) {
      known.insert(fmt::format("{}.{}", table.name, column));
    }
  }
  std::set<std::string> found;
  const Result<void> read = registry_.store()->read([&](Session& session) -> Result<void> {
    for (const Table& table : TRY(list_tables(session))) {
      for (const std::string& column : table.columns) {
        if ((column == "body" || column.ends_with("_body")) && table.name != "alerts") {
          found.insert(table.name + "." + column);
        }
      }
    }
    return {};
  });
  ASSERT_TRUE(read);
  known.erase("");
  std::erase_if(known, [](const std::string& name) { return name.ends_with('.'); });
  EXPECT_EQ(found, known);
}

}  // namespace
}  // namespace rhumb::registry
