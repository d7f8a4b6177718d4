#include "migrate/set.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/text.h"

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
      {"the failed version", "1 2", "1!", "1", "1: 1=6"},
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

}  // namespace
}  // namespace rhumb::migrate
