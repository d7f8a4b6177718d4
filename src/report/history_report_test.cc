#include "report/history_report.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "codec/json.h"

namespace rhumb::report {
namespace {

using history::EntryState;
using history::History;
using history::HistoryEntry;
using history::Tool;
using registry_api::MigrationReport;

sys::Instant second(int64_t count) {
  return sys::Instant(std::chrono::seconds(count));
}

HistoryEntry entry(std::string version, std::optional<sys::Instant> at, EntryState state = {}) {
  return {.version = std::move(version), .state = state, .at = at};
}

class HistoryReportTest : public testing::Test {
 protected:
  HistoryReportTest() {
    facts_.env_name = "prod";
    facts_.dir_name = "shop";
    facts_.target = {.id = "id", .schema = "main", .url = "sqlite://app.db"};
    facts_.actor = "me@here";
    facts_.now = second(1000);
    facts_.mask_error = [](std::string_view text) { return replace_all(text, "'s'", "(masked)"); };
    facts_.mask_words = [](std::string_view text) { return std::string(text); };
  }

  std::vector<MigrationReport> make(const History& history) {
    facts_.files.resize(history.log.size());
    return make_history_reports(history, facts_);
  }

  /// `start-end: from -> to, current; files; error` of each report.
  std::string summary(const History& history) {
    std::string text;
    for (const MigrationReport& report : make(history)) {
      std::vector<std::string> files;
      for (const registry_api::DeployedFile& file : *report.files) {
        files.push_back(file.name + (file.error ? "!" : ""));
      }
      const auto seconds = [](const registry_api::OptionalTime& time) {
        return std::to_string(
            std::chrono::floor<std::chrono::seconds>(*time).time_since_epoch().count());
      };
      text += seconds(report.start) + "-" + seconds(report.end) + ": " + report.from_version +
              " -> " + report.to_version + ", " + report.current_version + "; " + join(files, " ") +
              "; " + report.error.value_or("") + "\n";
    }
    return text;
  }

  HistoryFacts facts_;
};

TEST_F(HistoryReportTest, MakesADeploymentOfEachInstant) {
  History history{.tool = Tool::kGoose, .table = "goose_db_version"};
  history.log = {entry("1", second(10)), entry("2", second(10)), entry("3", second(20)),
                 entry("3", second(30), EntryState::kReverted), entry("4", std::nullopt)};
  EXPECT_EQ(summary(history),
            "10-10:  -> 2, 2; 1 2; \n"
            "20-20: 2 -> 3, 3; 3; \n"
            "30-30: 3 -> 4, 4; 4; \n");
  history.log.pop_back();
  EXPECT_EQ(make(history).back().to_version, "2");
  EXPECT_TRUE(make(history).back().files->empty());
}

TEST_F(HistoryReportTest, TellsWhatFailed) {
  History history{.tool = Tool::kFlyway, .table = "t"};
  history.log = {entry("1", second(10)), entry("2", second(20), EntryState::kFailed)};
  history.log[0].duration = std::chrono::seconds(3);
  history.log[1].script = "V2__x.sql";
  history.log[1].detail = "bad value 's'";
  EXPECT_EQ(summary(history),
            "7-10:  -> 1, 1; 1; \n"
            "20-20: 1 -> 2, 1; V2__x.sql!; flyway: version \"2\" failed: bad value (masked)\n");
  EXPECT_EQ(make(history)[1].files->front().error->text, "bad value (masked)");
  EXPECT_EQ(make(history)[1].log,
            "Imported from the history of flyway (t):\n\n"
            "  -- version 2: failed at 1970-01-01T00:00:20Z: bad value (masked)\n");
}

TEST_F(HistoryReportTest, TellsWhereADatabaseIsWithoutTimes) {
  History history{.tool = Tool::kGolangMigrate, .table = "schema_migrations"};
  history.log = {entry("7", std::nullopt)};
  EXPECT_EQ(summary(history), "1000-1000:  -> 7, 7; ; \n");
  history.log[0].state = EntryState::kFailed;
  history.log[0].detail = "dirty";
  EXPECT_EQ(summary(history), "1000-1000:  -> , ; ; golang-migrate: version \"7\" failed: dirty\n");
}

TEST_F(HistoryReportTest, NamesOurFilesAndVersions) {
  History history{.tool = Tool::kGoose};
  history.log = {entry("1", second(10)), entry("2", second(20))};
  const migrate::FileEntry file{.name = "00001_a.sql", .version = "00001"};
  facts_.files = {&file, nullptr};
  EXPECT_EQ(summary(history),
            "10-10:  -> 00001, 00001; 00001_a.sql; \n"
            "20-20: 00001 -> 2, 2; 2; \n");
}

TEST_F(HistoryReportTest, IsTheSameWhoeverMakesIt) {
  History history{.tool = Tool::kFlyway};
  history.log = {entry("1", second(10)), entry("2", second(20))};
  const std::vector<MigrationReport> first = make(history);
  facts_.now = second(5000);
  EXPECT_EQ(make(history), first);
  EXPECT_EQ(first[0].extras, registry_api::ReportExtras{});
  EXPECT_EQ(history_report_id(first[0]), history_report_id(make(history)[0]));
  EXPECT_NE(history_report_id(first[0]), history_report_id(first[1]));
  facts_.with_extras = true;
  facts_.provisional_target = true;
  EXPECT_EQ(make(history)[0].extras.provisional_target, true);
  EXPECT_EQ(make(history)[0].extras.report_id, std::nullopt);
}

TEST_F(HistoryReportTest, HasNothingToTellOfAnEmptyHistory) {
  EXPECT_TRUE(make({.tool = Tool::kFlyway}).empty());
  EXPECT_EQ(summary({.tool = Tool::kDbmate}), "1000-1000:  -> , ; ; \n");
}

}  // namespace
}  // namespace rhumb::report
