#include "migrate/revert_plan.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "migrate/row_intent.h"

namespace rhumb::migrate {
namespace {

Revision row(const std::string& version) {
  return {.version = version, .applied = 2, .total = 2};
}

std::vector<FileEntry> files(const std::vector<std::string>& versions) {
  std::vector<FileEntry> entries;
  for (const std::string& version : versions) {
    entries.push_back({.name = version + "_x.sql", .version = version});
  }
  return entries;
}

/// `3 2`: the versions to revert; `(3)`: only its row; or the error.
std::string plan(const std::vector<std::string>& versions,
                 const std::vector<Revision>& revisions,
                 const RevertLimits& limits = {}) {
  const Result<std::vector<RevertStep>> steps = plan_revert(files(versions), revisions, limits);
  if (!steps) {
    return steps.error().message();
  }
  std::vector<std::string> words;
  for (const RevertStep& step : *steps) {
    EXPECT_EQ(versions[step.file], revisions[step.row].version);
    words.push_back(step.row_only ? "(" + versions[step.file] + ")" : versions[step.file]);
  }
  return join(words, " ");
}

TEST(RevertPlan, GoesAsFarAsItIsTold) {
  const std::vector<Revision> applied = {row("1"), row("2"), row("3")};
  struct Case {
    const char* name;
    RevertLimits limits;
    const char* want;
  };
  const std::vector<Case> cases = {
      {"one by default", {}, "3"},
      {"amount", {.amount = 2}, "3 2"},
      {"all", {.amount = 3}, "3 2 1"},
      {"more than there are", {.amount = 4}, "cannot revert 4 migrations: 3 are applied"},
      {"to a version", {.to_version = "1"}, "3 2"},
      {"to the current one", {.to_version = "3"}, ""},
      {"to a pending one", {.to_version = "4"}, ""},
      {"to none", {.to_version = "7"}, "migration version \"7\" not found"},
      {"to one that was passed over",
       {.to_version = "0"},
       "cannot revert to version \"0\": it is not in the history of this database"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(plan({"0", "1", "2", "3", "4"}, applied, c.limits), c.want) << c.name;
  }
  EXPECT_EQ(plan({"1"}, {}), "");
  EXPECT_EQ(plan({"1"}, {}, {.amount = 5}), "");
  EXPECT_EQ(plan({"1"}, {}, {.to_version = "1"}), "");
}

TEST(RevertPlan, ACheckpointStandsForTheFilesBeforeIt) {
  std::vector<FileEntry> entries = files({"1", "2", "3", "4"});
  entries[2].checkpoint = true;
  struct Case {
    const char* name;
    std::vector<Revision> applied;
    const char* want;
  };
  const std::vector<Case> cases = {
      {"began before it", {row("1"), row("2"), row("4")}, "1"},
      {"has not come so far", {row("1"), row("2")}, "0"},
      {"began with it", {row("3"), row("4")}, "1"},
      {"began behind it",
       {row("4")},
       "cannot revert to version \"3\": it is not in the history of this database"},
      {"empty", {}, "0"},
  };
  for (const Case& c : cases) {
    const Result<std::vector<RevertStep>> steps =
        plan_revert(entries, c.applied, {.to_version = "3"});
    EXPECT_EQ(steps ? std::to_string(steps->size()) : steps.error().message(), c.want) << c.name;
  }
}

TEST(RevertPlan, RefusesWhatItsFilesCannotUndo) {
  Revision baseline = row("1");
  baseline.type = revision_type::kBaseline;
  EXPECT_EQ(
      plan({"1"}, {baseline}),
      "cannot revert version \"1\": it is the baseline of this database, which began with it");
  EXPECT_EQ(plan({"1"}, {row("1"), row("2")}), "migration version \"2\" not found");
  EXPECT_EQ(plan({"1", "3"}, {row("1"), row("2"), row("3")}, {.amount = 2}),
            "migration version \"2\" not found");
  EXPECT_EQ(plan({"1", "3"}, {row("1"), row("2"), row("3")}), "3");

  Revision partial = row("2");
  partial.applied = 1;
  partial.error = "no such table: x";
  EXPECT_EQ(
      plan({"1", "2"}, {row("1"), partial}),
      "cannot revert version \"2\": it is applied in part (1 of 2 statements), and what undoes "
      "it undoes the whole file\n"
      "  migrate apply: finish it, then revert it\n"
      "  migrate set 1: leave it out of the history, once it is undone by hand");
  Revision resolved = partial;
  resolved.type |= revision_type::kResolved;
  EXPECT_EQ(plan({"1", "2"}, {row("1"), resolved}), "2");
  Revision failed_at_once = partial;
  failed_at_once.applied = 0;
  EXPECT_EQ(plan({"1", "2"}, {row("1"), failed_at_once}, {.amount = 2}), "(2) 1");
  Revision started = failed_at_once;
  started.error =
      format_intent({.statement = 1, .total = 2, .started_at = "t", .holder = "apply a@b:1"});
  EXPECT_TRUE(plan({"2"}, {started}).starts_with("cannot revert version \"2\": it is applied in"));
}

TEST(RevertPlan, TheOrderOfTheDirectoryCounts) {
  const std::string want =
      "cannot tell which version is the newest: the history of this database has \"9\" behind "
      "\"10\", the directory has them the other way round";
  EXPECT_EQ(plan({"9", "10"}, {row("10"), row("9")}), want);
  EXPECT_EQ(plan({"9", "10"}, {row("10"), row("9")}, {.amount = 2}), want);
  EXPECT_EQ(plan({"9", "10", "a"}, {row("10"), row("9"), row("a")}), "a");
  // A repeated file has no version and stands last in its directory, first in the history.
  EXPECT_EQ(plan({"1", "2", ""}, {row(""), row("1"), row("2")}), "2");
}

}  // namespace
}  // namespace rhumb::migrate
