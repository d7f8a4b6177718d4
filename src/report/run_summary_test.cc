#include "report/run_summary.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "base/text.h"
#include "report/run_report.h"
#include "report/run_text.h"

namespace rhumb::report {
namespace {

using migrate::RunText;

RunText text(const std::string& shown, const std::string& reported) {
  return {.shown = shown, .reported = reported};
}

RunText same(const std::string& plain) {
  return text(plain, plain);
}

/// Feeds events with times one millisecond apart.
class Feeder {
 public:
  explicit Feeder(migrate::RunObserver& observer) : observer_(observer) {}

  void operator()(migrate::RunEventBody body) {
    time_ += std::chrono::milliseconds(1);
    observer_.on_event({.run_id = "run", .target = target, .time = time_, .body = std::move(body)});
  }

  size_t target = 0;

 private:
  migrate::RunObserver& observer_;
  Time time_{};
};

migrate::RunFile file_of(const std::string& version) {
  return {.name = version + "_x.sql", .version = version, .description = "x"};
}

/// Hides `'s'` from the registry.
class TestTexts final : public migrate::FileTexts {
 public:
  std::string content(std::string_view text, TextForm form) const override {
    return form == TextForm::kShown ? std::string(text) : replace_all(text, "'s'", "(sensitive)");
  }
  std::string statement(size_t /*number*/, std::string_view text, TextForm form) const override {
    return content(text, form);
  }
  std::string comment(std::string_view text, TextForm form) const override {
    return content(text, form);
  }
  RunText statement_error(size_t, std::string_view, std::string_view error) const override {
    return same(std::string(error));
  }
};

/// A run over files 1 and 2: the first passes with one statement, the second fails at its fifth.
class FailingRun {
 public:
  void feed(Feeder& feed) {
    feed(migrate::RunStarted{.command = "apply", .env = "prod"});
    feed(migrate::TargetStarted{.driver = "sqlite",
                                .url = "sqlite://a.db",
                                .schema = "main",
                                .dir_url = "file://m",
                                .identity = "id-a"});
    feed(migrate::Planned{.current = "0", .target = "2", .files = {first_, second_}});
    feed(migrate::FileStarted{.file = first_});
    start(feed, *first_, 1);
    feed(migrate::FileDone{.file = file_of("1")});
    feed(migrate::FileStarted{.file = second_, .skipped = 3});
    start(feed, *second_, 4);
    start(feed, *second_, 5, migrate::StatementResult::kFailed);
    feed(migrate::FileDone{.file = file_of("2"),
                           .result = migrate::FileResult::kFailed,
                           .error = text("bad s", "bad (sensitive)")});
    feed(migrate::TargetDone{.current = "1", .error = text("run: bad s", "run: bad (sensitive)")});
  }

 private:
  static std::shared_ptr<const migrate::PlannedFile> planned(const std::string& version,
                                                             const std::string& script) {
    return std::make_shared<migrate::PlannedFile>(migrate::PlannedFile::Source{
        .file = file_of(version),
        .content = script,
        .statements = migrate::FileStatements::create(script, sql::Dialect::kSqlite).value(),
        .texts = std::make_shared<TestTexts>()});
  }

  static void start(Feeder& feed,
                    const migrate::PlannedFile& file,
                    size_t number,
                    migrate::StatementResult result = migrate::StatementResult::kOk) {
    file.visit_statements(number - 1, 1, [&](const migrate::StatementText& statement) {
      feed(
          migrate::StatementStarted{.file = file.file().name, .number = number, .text = statement});
    });
    migrate::StatementDone done{.file = file.file().name, .number = number, .result = result};
    if (result != migrate::StatementResult::kOk) {
      done.statement = text("C 's';", "C (sensitive);");
      done.error = text("bad s", "bad (sensitive)");
    }
    feed(std::move(done));
  }

  std::shared_ptr<const migrate::PlannedFile> first_ = planned("1", "A;\n");
  std::shared_ptr<const migrate::PlannedFile> second_ = planned("2", "X; X; X;\nB;\nC 's';\n");
};

void feed_failing_run(Feeder& feed) {
  FailingRun().feed(feed);
}

TEST(RunSummary, AFileThatIsRunAgainCountsOnce) {
  RunSummary summary;
  Feeder feed(summary);
  feed_failing_run(feed);
  const size_t files = summary.targets()[0].files.size();
  const size_t statements = summary.targets()[0].statement_count();
  feed(migrate::FileRetried{.file = file_of("2")});
  EXPECT_EQ(summary.targets()[0].files.size(), files - 1);
  EXPECT_EQ(summary.targets()[0].statement_count(), statements - 1);
  EXPECT_EQ(summary.targets()[0].failed_file_count(), 0);
  feed(migrate::FileRetried{.file = file_of("2")});
  EXPECT_EQ(summary.targets()[0].files.size(), files - 1);
}

TEST(RunSummary, KeepsTheFiguresOfTheSlowestStatements) {
  RunSummary summary;
  Feeder feed(summary);
  feed_failing_run(feed);
  const std::string file = file_of("2").name;
  for (size_t number = 6; number <= 5 + kSlowestMax; ++number) {
    feed(migrate::StatementDone{.file = file,
                                .number = number,
                                .duration = std::chrono::microseconds(1 + number % 7),
                                .rows_affected = 2});
  }
  const std::vector<StatementFigures>& slowest = summary.targets()[0].files[1].slowest;
  ASSERT_EQ(slowest.size(), kSlowestMax);
  EXPECT_EQ(slowest.front().number, 6U) << "of equal ones the first";
  EXPECT_EQ(slowest.front().duration, std::chrono::microseconds(7));
  EXPECT_TRUE(std::ranges::is_sorted(slowest, std::ranges::greater(), &StatementFigures::duration));
}

TEST(RunSummary, TextShowsWhatRanAndWhatFailed) {
  RunSummary summary;
  Feeder feed(summary);
  feed_failing_run(feed);
  EXPECT_EQ(format_run_text(summary.targets()[0], TextForm::kShown, {}),
            "Migrating to version 2 from 0 (2 migrations in total):\n"
            "\n"
            "  -- migrating version 1\n"
            "    -> A;\n"
            "  -- ok (3ms)\n"
            "\n"
            "  -- migrating version 2\n"
            "    -> B;\n"
            "    -> C 's';\n"
            "    bad s\n"
            "\n"
            "  -------------------------\n"
            "  -- 12ms\n"
            "  -- 1 migration ok, 1 with errors\n"
            "  -- 2 sql statements ok, 1 with errors\n");
}

TEST(RunTextPrinter, PrintsPieceByPieceWhatTheReportSays) {
  std::ostringstream out;
  const Style style;
  RunTextPrinter printer(out, style, false);
  RunSummary summary;
  Feeder to_summary(summary);
  Feeder to_printer(printer);
  feed_failing_run(to_summary);
  feed_failing_run(to_printer);
  EXPECT_EQ(out.str(), format_run_text(summary.targets()[0], TextForm::kShown, style));
}

TEST(RunTextPrinter, VerboseTellsHowEachStatementRan) {
  std::ostringstream out;
  const Style style;
  RunTextPrinter printer(out, style, true);
  Feeder feed(printer);
  feed_failing_run(feed);
  const auto line = [&](migrate::StatementDone done) {
    out.str("");
    done.file = "2_x.sql";
    feed(done);
    return out.str();
  };
  using std::chrono::milliseconds;
  EXPECT_EQ(line({.duration = milliseconds(12)}), "       12ms\n");
  EXPECT_EQ(line({.duration = milliseconds(12), .rows_affected = 1, .lock_wait = milliseconds(0)}),
            "       12ms, 1 row\n");
  EXPECT_EQ(
      line({.duration = milliseconds(1500), .rows_affected = 7, .lock_wait = milliseconds(1200)}),
      "       1.5s, 7 rows, 1.2s waiting for locks\n");
}

TEST(RunSummary, NothingPendingIsOneLine) {
  RunSummary summary;
  Feeder feed(summary);
  feed(migrate::RunStarted{.command = "apply"});
  feed(migrate::TargetStarted{.driver = "sqlite"});
  feed(migrate::Planned{.current = "2"});
  feed(migrate::TargetDone{.current = "2"});
  EXPECT_EQ(format_run_text(summary.targets()[0], TextForm::kShown, {}),
            "No migration files to execute\n");
}

TEST(RunReport, HoldsOnlyReportedTexts) {
  RunSummary summary;
  Feeder feed(summary);
  feed_failing_run(feed);
  const PlannedTarget planned{.url = "sqlite://a.db", .dir_url = "file://m", .dir_name = "app"};
  const registry_api::MigrationReport report =
      make_migration_report(summary, summary.targets()[0], planned, {.operator_version = "v"});
  EXPECT_EQ(report.from_version, "0");
  EXPECT_EQ(report.to_version, "2");
  EXPECT_EQ(report.current_version, "1");
  EXPECT_EQ(report.error, "run: bad (sensitive)");
  ASSERT_EQ(report.files->size(), 2U);
  EXPECT_EQ((*report.files)[1].skipped, 3);
  EXPECT_EQ((*report.files)[1].applied, 2);
  EXPECT_EQ((*report.files)[1].error->text, "bad (sensitive)");
  EXPECT_EQ((*report.files)[1].content, "X; X; X;\nB;\nC (sensitive);\n");
  EXPECT_EQ(codec::format_json(registry_api::to_json(report)).find("'s'"), std::string::npos);
}

TEST(RunReport, SetListsTargetsThatHaveAResult) {
  RunSummary summary;
  Feeder feed(summary);
  feed_failing_run(feed);
  feed(migrate::RunDone{.error = text("run: bad s", "run: bad (sensitive)"), .not_started = 1});
  const std::vector<PlannedTarget> planned = {
      {.url = "sqlite://a.db", .dir_url = "file://m", .dir_name = "app"},
      {.url = "sqlite://b.db", .dir_url = "file://m", .dir_name = "app"}};
  const registry_api::MigrationSetReport set =
      make_set_report(summary, planned, "set-id", {.operator_version = "v", .with_extras = true});
  EXPECT_EQ(set.planned, 2);
  EXPECT_EQ(set.completed.size(), 1U);
  EXPECT_EQ(set.error, "Error: run: bad (sensitive)");
  ASSERT_EQ(set.log.size(), 3U);
  EXPECT_EQ(set.log[0].text, "Start migration for 2 targets");
  EXPECT_TRUE(set.log[1].error);
  EXPECT_EQ(set.log[2].text, "Not started: 1 targets");
  EXPECT_EQ(set.log[2].log[0].text, "sqlite://b.db");
}

TEST(RunReport, TargetWithoutResultIsNotCompleted) {
  RunSummary summary;
  Feeder feed(summary);
  feed(migrate::RunStarted{.command = "apply", .env = "prod"});
  feed(migrate::RunDone{.error = same("unable to open"), .not_started = 0});
  const registry_api::MigrationSetReport set = make_set_report(
      summary, {{.url = "sqlite://x", .dir_url = "file://m", .dir_name = "app"}}, "set", {});
  EXPECT_TRUE(set.completed.empty());
  EXPECT_EQ(set.error, "Error: unable to open");
}

}  // namespace
}  // namespace rhumb::report
