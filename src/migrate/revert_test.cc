#include "migrate/revert.h"

#include <gtest/gtest.h>

#include "migrate/revision_store.h"
#include "migrate/row_intent.h"
#include "migrate/test_run.h"

namespace rhumb::migrate {
namespace {

std::string with_down(const std::string& up, const std::string& down) {
  return "-- atlas:txtar\n\n-- migration.sql --\n" + up + "\n-- down.sql --\n" + down + "\n";
}

class RevertTest : public RunTest {
 protected:
  RevertTest() {
    revert_.holder = "down test@host:1 since 2026-01-02T03:04:05Z";
    revert_.lock_timeout = {};
    put("1_a.sql", with_down("CREATE TABLE a (id int);", "DROP TABLE a;"));
    put("2_b.sql", with_down("CREATE TABLE b (id int);\nINSERT INTO b VALUES (1);",
                             "DELETE FROM b;\nDROP TABLE b;"));
  }

  /// Reverts, and gives the error of the command.
  std::string revert() { return revert(directory_); }
  std::string revert(const Directory& directory) {
    const DirectoryFiles files = load_files(directory).value();
    log_ = std::make_unique<EventLog>();
    log_->hook = hook_;
    PlainTextRenderer texts;
    RunStream stream("run", clock_, *log_, texts);
    const Result<RunOutcome> outcome =
        revert_migrations(database(), directory, files, revert_, stream);
    if (!outcome) {
      return "no report: " + outcome.error().message();
    }
    return outcome->error ? outcome->error->message() : std::string();
  }

  /// Version 2 as `down` leaves it in mode none when its second statement fails.
  void stop_at_the_second() {
    put("2_b.sql", "-- atlas:txmode none\n" + with_down("CREATE TABLE b (id int);",
                                                        "CREATE TABLE c (id int);\nDROP TABLE x;"
                                                        "\nDROP TABLE b;"));
    ASSERT_EQ(apply(), "");
    EXPECT_NE(revert(), "");
  }

  RevertOptions revert_;
};

TEST_F(RevertTest, RevertsTheNewestVersionWithItsRow) {
  ASSERT_EQ(apply(), "");
  EXPECT_EQ(revert(), "");
  EXPECT_EQ(events(),
            "plan 2->1 files=1\nfile 2\n1: DELETE FROM b;\n2: DROP TABLE b;\nok 2\ndone 1\n");
  EXPECT_EQ(history(), "1|1|1|\n");
  EXPECT_EQ(tables(), "a\n");
  EXPECT_EQ(apply(), "");
  revert_.limits.amount = 2;
  EXPECT_EQ(revert(), "");
  EXPECT_EQ(events(),
            "plan 2-> files=2\nfile 2\n1: DELETE FROM b;\n2: DROP TABLE b;\nok 2\n"
            "file 1\n1: DROP TABLE a;\nok 1\ndone \n");
  EXPECT_EQ(history(), "");
  EXPECT_EQ(tables(), "");
  EXPECT_EQ(revert(), "");
  EXPECT_EQ(events(), "plan -> files=0\ndone \n");
}

TEST_F(RevertTest, ADatabaseWithoutHistoryStaysUntouched) {
  EXPECT_EQ(revert(), "");
  EXPECT_EQ(rows("SELECT count(*) FROM sqlite_master"), "0\n");
}

TEST_F(RevertTest, ADryRunWritesNothing) {
  ASSERT_EQ(apply(), "");
  revert_.dry_run = true;
  EXPECT_EQ(revert(), "");
  EXPECT_EQ(events(),
            "plan 2->1 files=1\nfile 2\n1: DELETE FROM b;\n2: DROP TABLE b;\nok 2\ndone 2\n");
  EXPECT_EQ(history(), "1|1|1|\n2|2|2|\n");
  EXPECT_EQ(tables(), "a\nb\n");
}

TEST_F(RevertTest, AFailedScriptIsRolledBackAndEarlierOnesStayReverted) {
  put("1_a.sql", with_down("CREATE TABLE a (id int);", "DELETE FROM a;\nDROP TABLE nope;"));
  ASSERT_EQ(apply(), "");
  sql("INSERT INTO a VALUES (7)");
  revert_.limits.amount = 2;
  EXPECT_EQ(revert(),
            "sql/migrate: executing statement \"DROP TABLE nope;\" from version \"1\": no such "
            "table: nope");
  EXPECT_EQ(history(), "1|1|1|\n");
  EXPECT_EQ(rows("SELECT id FROM a"), "7\n");
  EXPECT_EQ(tables(), "a\n");
}

TEST_F(RevertTest, NothingIsRevertedWhenOneVersionCannotBe) {
  put("1_a.sql", "CREATE TABLE a (id int);");
  ASSERT_EQ(apply(), "");
  revert_.limits.amount = 2;
  const std::string refused = revert();
  EXPECT_TRUE(refused.starts_with(
      "no report: --dev-url cannot be empty. See: "
      "https://atlasgo.io/atlas-schema/sql#dev-database\n  what reverts version \"1\" would"))
      << refused;
  EXPECT_NE(refused.find("\"1_a.sql\" does not say how"), std::string::npos) << refused;
  EXPECT_EQ(history(), "1|1|1|\n2|2|2|\n");
  revert_.has_dev_url = true;
  EXPECT_TRUE(revert().starts_with("no report: cannot revert version \"1\": \"1_a.sql\" does not"));
  put("1_a.sql", with_down("CREATE TABLE a (id int);", "DROP TABLE 'a;"));
  EXPECT_TRUE(
      revert().starts_with("no report: sql/migrate: scanning statements that revert "
                           "\"1_a.sql\": "))
      << revert();
  put("1_a.sql",
      "-- atlas:txmode maybe\n" + with_down("CREATE TABLE a (id int);", "DROP TABLE a;"));
  EXPECT_EQ(revert(), "no report: unknown txmode \"maybe\" found in file directive \"1_a.sql\"");
  EXPECT_EQ(tables(), "a\nb\n");
}

TEST_F(RevertTest, FormatsKeepWhatUndoesAFileWhereTheyDo) {
  struct Case {
    Format format;
    std::vector<std::pair<std::string, std::string>> files;
    std::string name;
  };
  const std::vector<Case> cases = {
      {Format::kGolangMigrate,
       {{"1_a.up.sql", "CREATE TABLE x (id int);"}, {"1_a.down.sql", "DROP TABLE x;"}},
       "1_a.down.sql"},
      {Format::kFlyway,
       {{"V1__a.sql", "CREATE TABLE x (id int);"}, {"U1__a.sql", "DROP TABLE x;"}},
       "U1__a.sql"},
      {Format::kGoose,
       {{"1_a.sql", "-- +goose Up\nCREATE TABLE x (id int);\n-- +goose Down\nDROP TABLE x;\n"}},
       "1_a.sql"},
      {Format::kDbmate,
       {{"1_a.sql",
         "-- migrate:up transaction:false\nCREATE TABLE x (id int);\n-- migrate:down\nDROP TABLE "
         "x;\n"}},
       "1_a.sql"},
  };
  for (const Case& c : cases) {
    MemoryDirectory directory("mem://d", c.format);
    for (const auto& [name, text] : c.files) {
      ASSERT_TRUE(directory.write(name, text));
    }
    std::string ran;
    hook_ = [&](const RunEvent& event) {
      if (const auto* started = std::get_if<FileStarted>(&event.body)) {
        ran = started->file->file().name;
        EXPECT_EQ(started->tx_mode, TxMode::kFile);
      }
    };
    sql("CREATE TABLE x (id int)");
    const auto store = open_revision_store(database(), "").value();
    ASSERT_TRUE(store->ensure_table());
    ASSERT_TRUE(store->write({.version = "1", .applied = 1, .total = 1}));
    EXPECT_EQ(revert(directory), "") << c.name;
    EXPECT_EQ(ran, c.name);
    EXPECT_EQ(history(), "") << c.name;
    EXPECT_EQ(tables(), "") << c.name;
  }
}

TEST_F(RevertTest, AScriptWithoutStatementsIsNamed) {
  put("2_b.sql", with_down("CREATE TABLE b (id int);", "-- nothing"));
  ASSERT_EQ(apply(), "");
  EXPECT_EQ(revert(), "");
  EXPECT_EQ(events(),
            "notice Warning: nothing in \"2_b.sql\" reverts version \"2\": it leaves the history, "
            "the schema stays\nplan 2->1 files=1\nfile 2\nok 2\ndone 1\n");
  EXPECT_EQ(tables(), "a\nb\n");
}

TEST_F(RevertTest, AFileThatFailedAtOnceOnlyLosesItsRow) {
  put("2_b.sql", with_down("DROP TABLE nope;", "DROP TABLE other;"));
  options_.tx_mode = "none";
  ASSERT_NE(apply(), "");
  ASSERT_EQ(history(), "1|1|1|\n2|0|1|no such table: nope\n");
  EXPECT_EQ(revert(), "");
  EXPECT_EQ(history(), "1|1|1|\n");
}

TEST_F(RevertTest, ModeNoneSaysHowFarItIs) {
  put("2_b.sql", "-- atlas:txmode none\n" + with_down("CREATE TABLE b (id int);",
                                                      "DELETE FROM b;\nDROP TABLE b;\nVACUUM;"));
  ASSERT_EQ(apply(), "");
  std::vector<std::string> errors;
  const auto watch = driver::sqlite::must_open(folder_.file("app.db"));
  hook_ = [&](const RunEvent& event) {
    if (const auto* done = std::get_if<StatementStarted>(&event.body); done && done->number != 1) {
      errors.push_back(driver::rows_of(
          *watch,
          "SELECT applied, total, error, error_stmt FROM atlas_schema_revisions WHERE "
          "version = '2'"));
    }
  };
  EXPECT_EQ(revert(), "");
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_TRUE(errors[0].starts_with("1|1|rhumb: down statement 2 of 3 started at ")) << errors[0];
  EXPECT_TRUE(errors[0].ends_with(", commits with its outcome|DROP TABLE b;\n")) << errors[0];
  EXPECT_NE(errors[0].find(", after h1:"), std::string::npos) << errors[0];
  EXPECT_TRUE(errors[1].ends_with(", outcome unknown|VACUUM;\n")) << errors[1];
  EXPECT_EQ(history(), "1|1|1|\n");
  EXPECT_EQ(tables(), "a\n");
}

TEST_F(RevertTest, AStoppedRevertGoesOnWhereItStopped) {
  stop_at_the_second();
  const std::string row = rows(
      "SELECT applied, total, error, error_stmt FROM atlas_schema_revisions WHERE version = '2'");
  EXPECT_TRUE(row.starts_with("1|1|rhumb: down statement 2 of 3 stopped, after h1:")) << row;
  EXPECT_TRUE(row.ends_with(": no such table: x|DROP TABLE x;\n")) << row;
  EXPECT_NE(revert(), "");
  EXPECT_NE(events().find("file 2 skip=1\n2: DROP TABLE x;\nfailed"), std::string::npos)
      << events();

  EXPECT_TRUE(apply().starts_with(
      "no report: sql/migrate: version \"2\" is partly reverted: "
      "statement 2 of 3 from file \"2_b.sql\" failed; migrate status tells why\n"
      "  migrate down: go on reverting it\n"))
      << apply();
  options_.on_unknown = "retry";
  EXPECT_TRUE(apply().starts_with("no report: sql/migrate: version \"2\" is partly reverted"));
  revert_.limits.to_version = "2";
  EXPECT_TRUE(revert().starts_with("no report: sql/migrate: version \"2\" is partly reverted"));
  revert_.limits = {};

  sql("CREATE TABLE x (id int)");
  EXPECT_EQ(revert(), "");
  EXPECT_EQ(history(), "1|1|1|\n");
  EXPECT_EQ(tables(), "a\nc\n");
}

TEST_F(RevertTest, AVersionThatAPersonResolvedIsRevertedFromItsFirstStatement) {
  stop_at_the_second();
  sql("DROP TABLE c");  // repaired, and said so: migrate set
  sql("UPDATE atlas_schema_revisions SET type = 6 WHERE version = '2'");
  EXPECT_EQ(apply(), "");
  EXPECT_NE(revert(), "");
  EXPECT_NE(events().find("file 2\n1: CREATE TABLE c (id int);\n2: DROP TABLE x;\nfailed"),
            std::string::npos)
      << events();
  // Now it is open again.
  EXPECT_EQ(rows("SELECT type FROM atlas_schema_revisions WHERE version = '2'"), "2\n");
  EXPECT_NE(apply().find("is partly reverted"), std::string::npos);
  sql("CREATE TABLE x (id int)");
  EXPECT_EQ(revert(), "");
  EXPECT_EQ(history(), "1|1|1|\n");
}

TEST_F(RevertTest, AScriptThatChangedBehindAStopIsRefused) {
  stop_at_the_second();
  put("2_b.sql", "-- atlas:txmode none\n" + with_down("CREATE TABLE b (id int);",
                                                      "CREATE TABLE d (id int);\nDROP TABLE b;"));
  EXPECT_EQ(revert(), "sql/migrate: history changed: statement 1 from file \"2_b.sql\" changed");
  EXPECT_EQ(tables(), "a\nb\nc\n");
  put("2_b.sql", "-- atlas:txmode none\n" + with_down("CREATE TABLE b (id int);",
                                                      "CREATE TABLE c (id int);\nDROP TABLE b;"));
  EXPECT_EQ(revert(), "");
  EXPECT_EQ(tables(), "a\nc\n");
}

TEST_F(RevertTest, AnUnknownOutcomeWaitsForThePerson) {
  ASSERT_EQ(apply(), "");
  RowIntent intent{.statement = 1,
                   .total = 2,
                   .started_at = "2026-01-02T03:04:05Z",
                   .holder = "down ann@host:7",
                   .down = true};
  sql("UPDATE atlas_schema_revisions SET error = '" + format_intent(intent) +
      "', error_stmt = 'DELETE FROM b;' WHERE version = '2'");
  const std::string refused = revert();
  EXPECT_TRUE(refused.starts_with(
      "no report: sql/migrate: outcome of statement 1 from file \"2_b.sql\" is unknown: the run "
      "that started it at 2026-01-02T03:04:05Z by down ann@host:7 did not finish\n"))
      << refused;
  EXPECT_NE(refused.find("--on-unknown skip: count it as done and go on reverting"),
            std::string::npos);
  revert_.on_unknown = "skip";
  EXPECT_EQ(revert(), "");
  EXPECT_EQ(events(), "plan 2->1 files=1\nfile 2 skip=1\n2: DROP TABLE b;\nok 2\ndone 1\n");
  EXPECT_EQ(history(), "1|1|1|\n");
  revert_.on_unknown = "perhaps";
  EXPECT_EQ(revert(), "no report: unknown --on-unknown value \"perhaps\": use fail, retry or skip");
}

TEST_F(RevertTest, AScriptThatBeginsItsOwnTransactionIsUndoneToItsBegin) {
  put("2_b.sql", with_down("CREATE TABLE b (id int);\nINSERT INTO b VALUES (1);",
                           "BEGIN;\nDELETE FROM b;\nDROP TABLE nope;\nCOMMIT;"));
  ASSERT_EQ(apply(), "");
  EXPECT_NE(revert(), "");
  EXPECT_EQ(rows("SELECT id FROM b"), "1\n");
  EXPECT_EQ(rows("SELECT error FROM atlas_schema_revisions WHERE version = '2'"),
            "rhumb: down statement 1 of 4 stopped: no such table: nope\n");
  put("2_b.sql", with_down("CREATE TABLE b (id int);\nINSERT INTO b VALUES (1);",
                           "BEGIN;\nDELETE FROM b;\nDROP TABLE b;\nCOMMIT;"));
  EXPECT_EQ(revert(), "");
  EXPECT_EQ(history(), "1|1|1|\n");
  EXPECT_EQ(tables(), "a\n");
}

}  // namespace
}  // namespace rhumb::migrate
