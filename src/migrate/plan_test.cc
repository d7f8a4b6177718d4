#include "migrate/plan.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace rhumb::migrate {
namespace {

// `1 2c 3`: files by version, `c` marks a checkpoint.
std::vector<FileEntry> files_of(std::string_view text) {
  std::vector<FileEntry> files;
  for (std::string_view word : split(text, ' ')) {
    if (word.empty()) {
      continue;
    }
    const bool checkpoint = word.ends_with('c');
    word.remove_suffix(checkpoint ? 1 : 0);
    files.push_back({.name = std::string(word) + "_x.sql",
                     .version = std::string(word),
                     .description = "x",
                     .checkpoint = checkpoint});
  }
  return files;
}

// `1 2! 3~ 4*`: complete, failed half-way, partial without an error, resolved.
std::vector<Revision> revisions_of(std::string_view text) {
  std::vector<Revision> revisions;
  for (std::string_view word : split(text, ' ')) {
    if (word.empty()) {
      continue;
    }
    Revision revision{.description = "x", .applied = 1, .total = 1};
    switch (word.back()) {
      case '!':
        revision.error = "no such table";
        revision.total = 2;
        break;
      case '~':
        revision.total = 2;
        break;
      case '*':
        revision.type = 6;
        revision.total = 2;
        revision.error = "no such table";
        break;
      default:
        revision.version = word;
        break;
    }
    if (revision.version.empty()) {
      revision.version = word.substr(0, word.size() - 1);
    }
    revisions.push_back(revision);
  }
  return revisions;
}

std::string versions_of(const std::vector<FileEntry>& files, const std::vector<size_t>& indexes) {
  std::vector<std::string> versions;
  for (const size_t index : indexes) {
    versions.push_back(files[index].version);
  }
  return join(versions, " ");
}

struct Case {
  const char* name;
  const char* files;
  const char* revisions;
  ExecOrder order;
  const char* pending;
  const char* late = "";
};

constexpr ExecOrder kLinear = ExecOrder::kLinear;
constexpr ExecOrder kSkip = ExecOrder::kLinearSkip;
constexpr ExecOrder kFree = ExecOrder::kNonLinear;

TEST(ComputePending, ComparesFilesWithHistory) {
  const Case cases[] = {
      {"first run", "1 2 3", "", kLinear, "1 2 3"},
      {"nothing at all", "", "", kLinear, ""},
      {"first run from the last checkpoint", "1 2c 3 4c 5", "", kLinear, "4 5"},
      {"later run", "1 2 3", "1", kLinear, "2 3"},
      {"up to date", "1 2", "1 2", kLinear, ""},
      {"checkpoints are passed over", "1 2 3c 4 5c", "1 2", kLinear, "4"},
      {"only checkpoints left", "3c 5c", "1 2", kLinear, ""},
      {"history ahead of the directory", "1 2", "1 2 3", kLinear, ""},
      {"all files are newer", "5 6", "3", kLinear, "5 6"},
      {"rows without files", "2 3", "1 2", kLinear, "3"},
      {"directory is empty", "", "1", kLinear, ""},
      {"directory is empty, last failed", "", "1!", kLinear, ""},
      {"text order of versions", "1 10 2", "1 2", kLinear, "", "10"},
      {"late file", "1 2 3", "1 3", kLinear, "", "2"},
      {"late file skipped", "1 2 3 4", "1 3", kSkip, "4"},
      {"late file first", "1 2 3 4", "1 3", kFree, "2 4", "2"},
      {"late file and new one", "1 2 3 4", "1 3", kLinear, "4", "2"},
      {"files before the first row do not count", "1 2 3 4", "3", kLinear, "4"},
      {"last one partial", "1 2 3", "1 2!", kLinear, "2 3"},
      {"last one partial without an error", "1 2 3", "1 2~", kLinear, "2 3"},
      {"last one resolved", "1 2 3", "1 2*", kLinear, "3"},
      {"partial in the middle", "1 2 3 4", "1 2! 3", kLinear, "2 4"},
      {"partial in the middle, late file", "1 2 22 3 4", "1 2! 3", kFree, "2 22 4", "22"},
      {"resolved in the middle", "1 2 3 4", "1 2* 3", kLinear, "4"},
      {"no error in the middle: an older program grew the file", "1 2 3 4", "1 2~ 3", kLinear, "4"},
      {"partial checkpoint", "1 2c 3 4c 5", "2!", kLinear, "2 3 5"},
      {"complete checkpoint", "1 2c 3", "2", kLinear, "3"},
      {"baseline row", "1 2 3", "2", kLinear, "3"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto files = files_of(c.files);
    const auto plan = compute_pending(files, revisions_of(c.revisions), {.order = c.order});
    ASSERT_TRUE(plan.has_value()) << plan.error().message();
    EXPECT_EQ(versions_of(files, plan->pending), c.pending);
    EXPECT_EQ(versions_of(files, plan->out_of_order), c.late);
  }
}

TEST(ComputePending, BaselineLeavesOutCheckpointsAndEarlierFiles) {
  const auto files = files_of("1 2c 3 4");
  const auto plan = compute_pending(files, {}, {.baseline = "1", .dirt = "found table \"t\""});
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->baseline, 0U);
  EXPECT_EQ(versions_of(files, plan->pending), "3 4");
  const auto ignored = compute_pending(files, revisions_of("3"), {.baseline = "77"});
  ASSERT_TRUE(ignored.has_value());
  EXPECT_FALSE(ignored->baseline.has_value());
}

struct ErrorCase {
  const char* name;
  const char* files;
  const char* revisions;
  PlanOptions options;
  const char* error;
};

TEST(ComputePending, Refuses) {
  const ErrorCase cases[] = {
      {"not clean",
       "1",
       "",
       {.dirt = "found multiple tables: 2"},
       "sql/migrate: connected database is not clean: found multiple tables: 2. baseline version "
       "or "
       "allow-dirty is required"},
      {"unknown baseline", "1", "", {.baseline = "9"}, "baseline version \"9\" not found"},
      {"baseline names a checkpoint",
       "1 2c",
       "",
       {.baseline = "2"},
       "baseline version \"2\" not found"},
      {"partial file gone",
       "2 3",
       "1!",
       {},
       "sql/migrate: missing migration: revision \"1_x.sql\" is partially applied but migration "
       "file "
       "was not found"},
      {"partial file in the middle gone",
       "1 3",
       "1 2! 3",
       {},
       "sql/migrate: missing migration: revision \"2_x.sql\" is partially applied but migration "
       "file "
       "was not found"},
  };
  for (const ErrorCase& c : cases) {
    SCOPED_TRACE(c.name);
    const auto plan = compute_pending(files_of(c.files), revisions_of(c.revisions), c.options);
    ASSERT_FALSE(plan.has_value());
    EXPECT_EQ(plan.error().message(), c.error);
  }
}

TEST(ComputePending, DirtMayBeAllowed) {
  EXPECT_TRUE(
      compute_pending(files_of("1"), {}, {.allow_dirty = true, .dirt = "found table \"t\""}));
}

TEST(Plan, NamesLateFiles) {
  const auto files = files_of("1 2");
  EXPECT_EQ(out_of_order_error(files, {1}).message(),
            "migration file 2_x.sql was added out of order. See: "
            "https://atlasgo.io/versioned/apply#non-linear-error");
  EXPECT_EQ(out_of_order_error(files, {0, 1}).message(),
            "migration files 1_x.sql, 2_x.sql were added out of order. See: "
            "https://atlasgo.io/versioned/apply#non-linear-error");
}

TEST(Plan, ReadsExecutionOrders) {
  EXPECT_EQ(*parse_exec_order(""), kLinear);
  EXPECT_EQ(*parse_exec_order("non-linear"), kFree);
  EXPECT_EQ(parse_exec_order("LINEAR").error().message(), "unknown execution order: \"LINEAR\"");
}

TEST(Plan, EqualVersionsAreNamed) {
  EXPECT_TRUE(check_equal_versions(files_of("1 2")).has_value());
  auto files = files_of("1 2 1");
  files[2].name = "1_y.sql";
  EXPECT_EQ(
      check_equal_versions(files).error().message(),
      "sql/migrate: files \"1_x.sql\" and \"1_y.sql\" have the same version \"1\": rename one "
      "of them");
}

struct LimitCase {
  const char* name;
  const char* files;
  const char* revisions;
  std::vector<size_t> pending;
  PlanLimits limits;
  const char* left;
};

TEST(Plan, LimitsByAmountAndVersion) {
  const LimitCase cases[] = {
      {"none", "1 2 3", "", {0, 1, 2}, {}, "1 2 3"},
      {"amount", "1 2 3", "", {0, 1, 2}, {.amount = 2}, "1 2"},
      {"large amount", "1 2 3", "", {0, 1, 2}, {.amount = 9}, "1 2 3"},
      {"version", "1 2 3", "", {0, 1, 2}, {.to_version = "2"}, "1 2"},
      {"below the current version", "1 2 3", "1 2", {2}, {.to_version = "1"}, ""},
      {"the current version", "1 2 3", "1 2", {2}, {.to_version = "2"}, ""},
      {"amount is shorter", "1 2 3", "", {0, 1, 2}, {.amount = 1, .to_version = "2"}, "1"},
      {"version is shorter", "1 2 3", "", {0, 1, 2}, {.amount = 3, .to_version = "1"}, "1"},
  };
  for (const LimitCase& c : cases) {
    SCOPED_TRACE(c.name);
    const auto files = files_of(c.files);
    PendingPlan plan{.pending = c.pending, .out_of_order = {}, .baseline = {}};
    const auto cut = limit_pending(plan, files, revisions_of(c.revisions), c.limits);
    ASSERT_TRUE(cut.has_value());
    EXPECT_EQ(versions_of(files, plan.pending), c.left);
    EXPECT_EQ(*cut, c.pending.size() - plan.pending.size());
  }
  PendingPlan plan;
  EXPECT_EQ(limit_pending(plan, files_of("1"), {}, {.to_version = "9"}).error().message(),
            "migration version \"9\" not found");
}

}  // namespace
}  // namespace rhumb::migrate
