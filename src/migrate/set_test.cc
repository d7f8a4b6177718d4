#include "migrate/set.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/text.h"
#include "migrate/status.h"
#include "migrate/test_run.h"

namespace rhumb::migrate {
namespace {

std::vector<SetFile> files_of(std::string_view versions) {
  std::vector<SetFile> files;
  for (const std::string_view version : split(versions, ' ')) {
    if (!version.empty()) {
      files.push_back({.version = std::string(version), .description = "x", .hash = "h"});
    }
  }
  return files;
}

// `1 2!`: complete, failed half-way.
std::vector<Revision> revisions_of(std::string_view text) {
  std::vector<Revision> revisions;
  for (std::string_view word : split(text, ' ')) {
    if (word.empty()) {
      continue;
    }
    const bool failed = word.ends_with('!');
    word.remove_suffix(failed ? 1 : 0);
    revisions.push_back({.version = std::string(word),
                         .description = "x",
                         .applied = 1,
                         .total = failed ? 2 : 1,
                         .error = failed ? "no such table" : ""});
  }
  return revisions;
}

std::string describe(const SetPlan& plan) {
  std::string text = plan.result.current + ":";
  for (const SetChange& change : plan.result.changes) {
    text += fmt::format(" {}{}", change.added ? "+" : "-", change.version);
  }
  for (const Revision& row : plan.resolve) {
    text += fmt::format(" {}={}", row.version, row.type);
  }
  return text;
}

struct Case {
  const char* name;
  const char* files;
  const char* revisions;
  std::optional<std::string> version;
  const char* want;  // current, changes, resolved rows; or the error
};

TEST(PlanSet, MovesTheCurrentVersion) {
  const Case cases[] = {
      {"forward on an empty history", "1 2 3", "", "2", "2: +1 +2"},
      {"forward", "1 2 3", "1", "3", "3: +2 +3"},
      {"backward", "1 2 3", "1 2 3", "1", "1: -2 -3"},
      {"to where it is", "1 2", "1 2", "2", "2:"},
      {"gaps are not filled", "1 2 3 4", "1 3", "4", "4: +4"},
      {"the failed version", "1 2", "1!", "1", "1: +1 1=6"},
      {"past a failed version", "1 2 3 4", "1 2!", "4", "4: +3 +4 2=6"},
      {"past one in the middle", "1 2 3 4", "1 2! 3", "4", "4: +4 2=6"},
      {"before a failed version", "1 2", "1 2!", "1", "1: -2"},
      {"no argument: the last file", "1 2", "1", std::nullopt, "2: +2"},
      {"no argument, no files", "", "1 2", std::nullopt, ": -1 -2"},
      {"rows and marks mix", "1 3", "2", "1", "1: +1 -2"},
      {"no argument, no history", "1 2", "", std::nullopt, "accepts 1 arg(s), received 0"},
      {"unknown", "1 2", "1", "9", "migration with version \"9\" not found"},
      {"row without a file", "2", "1 2", "1", "migration with version \"1\" not found"},
      {"empty", "1", "", "", "migration with version \"\" not found"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto plan = plan_set(files_of(c.files), revisions_of(c.revisions), c.version, {}, "v");
    EXPECT_EQ(plan ? describe(*plan) : plan.error().message(), c.want);
  }
}

TEST(PlanSet, MarkedRowsAreResolvedAndComplete) {
  const auto plan = plan_set(files_of("1"), {}, "1", {.at = {}, .offset = {}}, "Atlas CLI - x");
  ASSERT_TRUE(plan.has_value());
  ASSERT_EQ(plan->mark.size(), 1U);
  EXPECT_EQ(plan->mark[0].type, 4U);
  EXPECT_EQ(plan->mark[0].applied, 0);
  EXPECT_EQ(plan->mark[0].total, 0);
  EXPECT_EQ(plan->mark[0].hash, "h");
  EXPECT_EQ(plan->mark[0].operator_version, "Atlas CLI - x");
}

class SetTest : public RunTest {
 protected:
  std::string set(const std::vector<std::string>& arguments) {
    const DirectoryFiles files = load_files(directory_).value();
    SetOptions options{.arguments = arguments, .holder = "set test", .operator_version = "v"};
    const Result<SetResult> result = set_version(database(), files, options, clock_);
    return result ? result->current : result.error().message();
  }
};

TEST_F(SetTest, ChangesRowsButNoTables) {
  put("1_a.sql", "CREATE TABLE a (id int);");
  put("2_b.sql", "CREATE TABLE b (id int);\nDROP TABLE nope;");
  put("3_c.sql", "CREATE TABLE c (id int);");
  EXPECT_EQ(set({}), "accepts 1 arg(s), received 0");
  EXPECT_EQ(set({"1", "2"}), "accepts 1 arg(s), received 2");
  EXPECT_EQ(history(), "") << "the table is there by then";
  options_.tx_mode = "none";
  EXPECT_NE(apply(), "");
  EXPECT_EQ(set({"3"}), "3");
  EXPECT_EQ(rows("SELECT version, type, applied, total, hash <> '' FROM atlas_schema_revisions"),
            "1|2|1|1|1\n2|6|1|2|1\n3|4|0|0|1\n");
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(set({"1"}), "1");
  EXPECT_EQ(history(), "1|1|1|\n");
  EXPECT_EQ(tables(), "a\nb\n");
}

TEST_F(SetTest, DoesNotWaitForTheLock) {
  put("1_a.sql", "SELECT 1;");
  const auto other = driver::sqlite::must_open(folder_.file("app.db"));
  const auto held = other->lock({.name = "atlas_migrate_execute", .timeout = {}, .holder = "x"});
  EXPECT_EQ(set({"1"}),
            "acquiring database lock: sql/sqlite: lock on \"atlas_migrate_execute\" already taken "
            "(held by x)");
}

TEST_F(SetTest, StatusReadsWithoutWriting) {
  put("1_a.sql", "CREATE TABLE a (id int);");
  put("2_b.sql", "CREATE TABLE b (id int);\nDROP TABLE nope;\nSELECT 1;");
  const auto status = [this] {
    return read_status(database(), *load_files(directory_), "").value();
  };
  EXPECT_EQ(status().next, "1");
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
  options_.tx_mode = "none";
  EXPECT_NE(apply(), "");
  EXPECT_EQ(status().count, 1);
  EXPECT_EQ(status().total, 3);
  EXPECT_EQ(status().error, "no such table: nope");
  EXPECT_EQ(status().sql, "DROP TABLE nope;");
}

}  // namespace
}  // namespace rhumb::migrate
