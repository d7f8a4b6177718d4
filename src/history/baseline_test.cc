#include "history/baseline.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "migrate/format.h"

namespace rhumb::history {
namespace {

using migrate::Format;

/// Files by their names, in the order of the format.
KnownFiles files_of(std::string_view names, Format format = Format::kAtlas) {
  std::vector<std::string> list;
  for (const std::string_view name : split(names, ' ')) {
    list.emplace_back(name);
  }
  KnownFiles known;
  for (const std::string& name : migrate::order_files(list, format)) {
    known.files.push_back({.name = name,
                           .version = migrate::file_version(name, format),
                           .description = migrate::file_description(name, format)});
  }
  return known;
}

/// Entries from words: `version`, `version!` failed, `version-` reverted, `version=` declared;
/// `version:script` and `scope>version` say more.
History history_of(Tool tool, std::string_view words) {
  History history{.tool = tool};
  for (const std::string_view word : split(words, ' ')) {
    HistoryEntry entry;
    std::string text(word);
    const std::string_view marks = "!-=";
    const size_t mark = text.empty() ? std::string_view::npos : marks.find(text.back());
    if (mark != std::string_view::npos) {
      entry.state = mark == 0   ? EntryState::kFailed
                    : mark == 1 ? EntryState::kReverted
                                : EntryState::kBaseline;
      text.pop_back();
    }
    if (const auto halves = cut(text, ">")) {
      entry.scope = halves->first;
      text = std::string(halves->second);
    }
    if (const auto halves = cut(text, ":")) {
      entry.script = halves->second;
      text = std::string(halves->first);
    }
    entry.version = text;
    history.log.push_back(entry);
  }
  return history;
}

/// `file rows` of the plan, `unknown: ...` behind it, or the error.
std::string plan_text(const History& history, const KnownFiles& known) {
  const Result<BaselinePlan> plan = plan_baseline(history, stand(history.tool, history.log), known);
  if (!plan) {
    return plan.error().message();
  }
  std::vector<std::string> rows;
  for (const size_t row : plan->rows) {
    rows.push_back(known.files[row].version);
  }
  return known.files[plan->file].name + " rows " + join(rows, ",") +
         (plan->unknown.empty() ? "" : " unknown: " + join(plan->unknown, ","));
}

struct Case {
  std::string_view name;
  Tool tool;
  std::string_view history;
  std::string_view files;
  Format format = Format::kAtlas;
  std::string_view want;
};

constexpr Case kCases[] = {
    {"the newest that has a file",
     Tool::kDbmate,
     "1 2 3",
     "1_a.sql 2_b.sql",
     {},
     "2_b.sql rows 2 unknown: 3"},
    {"files behind it are pending",
     Tool::kDbmate,
     "1 2",
     "1_a.sql 2_b.sql 3_c.sql",
     {},
     "2_b.sql rows 2"},
    {"leading zeros", Tool::kGoose, "1 2", "00001_a.sql 00002_b.sql", Format::kGoose,
     "00002_b.sql rows 00002"},
    {"a reverted version is pending", Tool::kGoose, "1 2 2-", "00001_a.sql 00002_b.sql",
     Format::kGoose, "00001_a.sql rows 00001"},
    {"the newest version speaks for all", Tool::kGolangMigrate, "2",
     "1_a.up.sql 2_b.up.sql 3_c.up.sql 1_a.down.sql", Format::kGolangMigrate, "2_b.up.sql rows 2"},
    {"by script", Tool::kFlyway, "2.1:V2_1__b.sql", "V2_1__b.sql", Format::kFlyway,
     "V2_1__b.sql rows 2_1"},
    {"by the version that import writes",
     Tool::kFlyway,
     "1:V1__a.sql 2.1:V2.1__b.sql",
     "1_a.sql 2.1_b.sql",
     {},
     "2.1_b.sql rows 2.1"},
    {"a declared version has no file", Tool::kFlyway, "2= 3:V3__c.sql",
     "V1__a.sql V2__b.sql V3__c.sql V4__d.sql", Format::kFlyway, "V3__c.sql rows 3"},
    {"only a declared version", Tool::kFlyway, "2=", "V1__a.sql V2__b.sql V3__c.sql",
     Format::kFlyway, "V2__b.sql rows 2"},
    {"versions of several digits", Tool::kFlyway,
     "1:V1__a.sql 2:V2__b.sql 9:V9__c.sql 10:V10__d.sql",
     "V1__a.sql V2__b.sql V9__c.sql V10__d.sql V11__e.sql", Format::kFlyway,
     "V10__d.sql rows 10,2,9"},
    {"by the change's name",
     Tool::kSqitch,
     "app>users app>pets",
     "1_users.sql 2_pets.sql 3_x.sql",
     {},
     "2_pets.sql rows 2"},
    {"a prisma name",
     Tool::kPrisma,
     "20240101:20240101_init",
     "20240101_init.sql",
     {},
     "20240101_init.sql rows 20240101"},
    {"alembic's revision is the version",
     Tool::kAlembic,
     "bbb222",
     "aaa111_a.sql bbb222_b.sql",
     {},
     "bbb222_b.sql rows bbb222"},

    {"a failed version", Tool::kFlyway, "1 2!", "V1__a.sql V2__b.sql", Format::kFlyway,
     "version \"2\" of flyway failed half-way, so nobody knows what the database has of it; clean "
     "up what it left behind and run 'flyway repair', or declare the version yourself with "
     "'migrate "
     "set'"},
    {"dirty", Tool::kGolangMigrate, "2!", "1_a.up.sql", Format::kGolangMigrate,
     "version \"2\" of golang-migrate failed half-way, so nobody knows what the database has of "
     "it; clean up what it left behind and run 'migrate force VERSION', or declare the version "
     "yourself with 'migrate set'"},
    {"a version that was passed over",
     Tool::kDbmate,
     "1 3",
     "1_a.sql 2_b.sql 3_c.sql",
     {},
     "dbmate has not applied 2_b.sql, which stands before 3_c.sql; with that baseline it would "
     "never run: apply it with dbmate first"},
    {"nothing has a file",
     Tool::kDbmate,
     "7 8",
     "1_a.sql",
     {},
     "the directory has no file of the versions that dbmate has applied (7, 8); make it from the "
     "tool's files with 'migrate import', or pass another --dir"},
    {"one head has no file",
     Tool::kAlembic,
     "aaa zzz",
     "aaa_a.sql",
     {},
     "the directory has no file of the versions that alembic has applied (zzz); make it from the "
     "tool's files with 'migrate import', or pass another --dir"},
    {"several apps",
     Tool::kDjango,
     "auth>0001 shop>0001",
     "0001_initial.sql",
     {},
     "the history is that of several (auth, shop); choose the one that the directory is for with "
     "--scope"},
};

TEST(PlanBaseline, FindsTheLastFileOrSaysWhyNot) {
  for (const Case& c : kCases) {
    EXPECT_EQ(plan_text(history_of(c.tool, c.history), files_of(c.files, c.format)), c.want)
        << c.name;
  }
}

TEST(PlanBaseline, RefusesWhileTheToolIsAtWork) {
  History history = history_of(Tool::kLiquibase, "1:1_a.sql");
  history.running = "host since today";
  EXPECT_EQ(plan_text(history, files_of("1_a.sql")),
            "liquibase is at work: its lock is held by host since today; wait for it, or give the "
            "lock back with 'liquibase release-locks'");
}

TEST(PlanBaseline, CountsAFileOnlyWithAllItsChangesets) {
  History history = history_of(Tool::kLiquibase, "1:db/1_a.sql 2:db/1_a.sql 3:db/2_b.sql");
  for (HistoryEntry& entry : history.log) {
    entry.by = "ann";
  }
  KnownFiles known = files_of("1_a.sql 2_b.sql");
  known.changesets = {{"ann:1", "ann:2"}, {"ann:3", "ann:4"}};
  EXPECT_EQ(plan_text(history, known), "1_a.sql rows 1");
  known.changesets[1].pop_back();
  EXPECT_EQ(plan_text(history, known), "2_b.sql rows 2");
}

TEST(FileMap, ReadsChangesetLines) {
  EXPECT_EQ(find_changesets("--liquibase formatted sql\n"
                            "--changeset ann:1 labels:x\nSELECT 1;\n"
                            "-- ChangeSet bob:\"a 2\" runOnChange:true\r\n"
                            "--changesets are fine\n--changeset\nSELECT '--changeset x:1';\n"),
            (std::vector<std::string>{"ann:1", "bob:a 2"}));
}

}  // namespace
}  // namespace rhumb::history
