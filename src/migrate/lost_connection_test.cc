#include <gtest/gtest.h>

#include "migrate/lossy_connection.h"
#include "migrate/revision_store.h"
#include "migrate/test_run.h"

/// Runs whose connection is lost: around a commit, and between a statement and its row.
namespace rhumb::migrate {
namespace {

using Loss = LossyConnection::Loss;

class LostConnectionTest : public RunTest {
 protected:
  LostConnectionTest() : lossy_(database()) { runs_on_ = &lossy_; }

  /// Loses the `nth` call whose text has `word`.
  void lose(std::string word, Loss loss, int nth = 1) {
    lossy_.lose = [word = std::move(word), loss, left = nth](std::string_view what) mutable {
      const bool hit = what.find(word) != std::string_view::npos && --left == 0;
      return hit ? loss : Loss::kNone;
    };
  }

  LossyConnection lossy_;
};

TEST_F(LostConnectionTest, TheRowTellsThatACommitTookPlace) {
  put("1_a.sql", "CREATE TABLE a (id int);");
  put("2_b.sql", "CREATE TABLE b (id int);");
  lose("commit", Loss::kAfter);
  EXPECT_EQ(apply(), "");
  EXPECT_NE(events().find("ok 1\nnotice the connection was lost during the commit of version "
                          "\"1\", which was committed\nfile 2\n"),
            std::string::npos)
      << events();
  EXPECT_EQ(history(), "1|1|1|\n2|1|1|\n");
}

TEST_F(LostConnectionTest, TheRowTellsThatACommitDidNotTakePlace) {
  put("1_a.sql", "CREATE TABLE a (id int);");
  put("2_b.sql", "CREATE TABLE b (id int);");
  lose("commit", Loss::kBefore, 2);
  EXPECT_EQ(apply(), "connection lost");
  EXPECT_NE(events().find("rolled back 2\ndone 1 error connection lost\n"), std::string::npos);
  EXPECT_EQ(history(), "1|1|1|\n");
  EXPECT_EQ(tables(), "a\n");
}

TEST_F(LostConnectionTest, ModeAllIsAskedByItsLastFile) {
  put("1_a.sql", "CREATE TABLE a (id int);");
  put("2_b.sql", "CREATE TABLE b (id int);");
  options_.tx_mode = "all";
  lose("commit", Loss::kBefore);
  EXPECT_EQ(apply(), "connection lost");
  EXPECT_NE(events().find("rolled back 1\nrolled back 2\ndone "), std::string::npos) << events();
  lose("commit", Loss::kAfter);
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(history(), "1|1|1|\n2|1|1|\n");
}

TEST_F(LostConnectionTest, ACommitIsUnknownAfterHalfAMinute) {
  put("1_a.sql", "CREATE TABLE a (id int);");
  put("2_b.sql", "CREATE TABLE b (id int);");
  lose("commit", Loss::kAfter);
  lossy_.answer = [] { return Result<void>(driver::old_session_runs()); };
  const sys::Instant before = clock_.now();
  EXPECT_EQ(apply(),
            "sql/migrate: commit of version \"1\" is unknown: connection lost\n"
            "  the database did not answer again: the server still runs the session whose "
            "connection was lost\n"
            "  the next run reads from the history whether it was committed");
  EXPECT_GT(clock_.now() - before, std::chrono::seconds(29));
  EXPECT_LT(clock_.now() - before, std::chrono::seconds(31));
  EXPECT_NE(events().find("ok 1\nfailed 1\ndone "), std::string::npos) << events();
  lossy_.answer = [] { return Result<void>(); };
  ASSERT_TRUE(lossy_.reconnect().has_value());
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(events().find("file 1"), std::string::npos) << events();
}

TEST_F(LostConnectionTest, NobodyElseMayHaveWorkedWithoutTheLock) {
  put("1_a.sql", "CREATE TABLE a (id int);");
  put("2_b.sql", "CREATE TABLE b (id int);");
  lose("commit", Loss::kAfter);
  lossy_.lock_goes_too = true;
  EXPECT_EQ(apply(), "");
  sql("DELETE FROM atlas_schema_revisions; DROP TABLE a; DROP TABLE b");
  lose("commit", Loss::kAfter);
  lossy_.answer = [this] {
    const auto store = open_revision_store(database(), "").value();
    return store->write({.version = "2", .description = "b", .applied = 1, .total = 1});
  };
  EXPECT_EQ(apply(),
            "another run has worked on version \"2\" while the connection was lost: run the "
            "command again");
  EXPECT_EQ(tables(), "a\n");
}

TEST_F(LostConnectionTest, TheOutcomeOfALastStatementIsWrittenLater) {
  options_.tx_mode = "none";
  put("1_a.sql", "CREATE TABLE a (id int);\nVACUUM;");
  put("2_b.sql", "CREATE TABLE b (id int);");
  lose("INSERT INTO", Loss::kBefore, 3);
  EXPECT_EQ(apply(), "");
  EXPECT_NE(events().find("notice the connection was lost after statement 2 of \"1_a.sql\", which "
                          "is recorded\nok 1\n"),
            std::string::npos)
      << events();
  EXPECT_EQ(history(), "1|2|2|\n2|1|1|\n");
}

TEST_F(LostConnectionTest, AFileDoesNotGoOnInAnotherSession) {
  options_.tx_mode = "none";
  put("1_a.sql", "PRAGMA user_version = 7;\nCREATE TABLE a (id int);");
  for (const Loss loss : {Loss::kBefore, Loss::kAfter}) {
    lose("INSERT INTO", loss, 2);
    EXPECT_EQ(apply(),
              "connection lost after statement 1 of \"1_a.sql\", which is recorded: sql/migrate: "
              "write revision: connection lost\n  run the command again to go on with statement 2");
    EXPECT_EQ(history(), "1|1|2|sql/migrate: write revision: connection lost\n");
    sql("DELETE FROM atlas_schema_revisions");
  }
  lose("INSERT INTO", Loss::kBefore, 2);
  EXPECT_NE(apply(), "");
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(history(), "1|2|2|\n");
}

TEST_F(LostConnectionTest, AFailureIsWrittenLater) {
  options_.tx_mode = "none";
  put("1_a.sql", "INSERT INTO nope VALUES (1);");
  lose("INSERT INTO", Loss::kBefore, 2);
  EXPECT_TRUE(apply().ends_with("from version \"1\": no such table: nope"));
  EXPECT_EQ(history(), "1|0|1|no such table: nope\n");
}

TEST_F(LostConnectionTest, AnOutcomeThatCannotBeWrittenIsTold) {
  options_.tx_mode = "none";
  put("1_a.sql", "CREATE TABLE a (id int);\nVACUUM;");
  lose("INSERT INTO", Loss::kBefore, 3);
  lossy_.answer = [] { return Result<void>(Error(ErrorCode::kUnavailable, "nobody there")); };
  const sys::Instant before = clock_.now();
  EXPECT_EQ(apply(),
            "statement 2 of \"1_a.sql\" succeeded: nobody there\n"
            "  that could not be recorded: tell the next run with --on-unknown skip");
  EXPECT_LT(clock_.now() - before, std::chrono::seconds(6));
  EXPECT_TRUE(rows("SELECT error FROM atlas_schema_revisions").ends_with(", outcome unknown\n"));
}

TEST_F(LostConnectionTest, AnotherRunsRowIsNotTouched) {
  options_.tx_mode = "none";
  put("1_a.sql", "VACUUM;");
  lose("INSERT INTO", Loss::kBefore, 2);
  lossy_.answer = [this] {
    sql("UPDATE atlas_schema_revisions SET error = 'of another'");
    return Result<void>();
  };
  EXPECT_EQ(apply(),
            "statement 1 of \"1_a.sql\" succeeded: another run has changed the row of version "
            "\"1\"\n  that could not be recorded: tell the next run with --on-unknown skip");
  EXPECT_EQ(history(), "1|0|1|of another\n");
}

TEST_F(LostConnectionTest, AStatementThatWasNotSentIsNoQuestion) {
  options_.tx_mode = "none";
  put("1_a.sql", "VACUUM;");
  lose("INSERT INTO", Loss::kAfter);
  EXPECT_EQ(apply(), "sql/migrate: write revision: connection lost");
  EXPECT_EQ(history(), "1|0|1|sql/migrate: write revision: connection lost\n");
  EXPECT_EQ(apply(), "");
}

TEST_F(LostConnectionTest, AStatementThatCommitsWithItsOutcomeIsAskedByItsRow) {
  options_.tx_mode = "none";
  put("1_a.sql", "CREATE TABLE a (id int);\nCREATE TABLE b (id int);");
  lose("commit", Loss::kBefore);
  EXPECT_TRUE(apply().ends_with("from version \"1\": connection lost"));
  EXPECT_EQ(tables(), "");
  lose("commit", Loss::kAfter);
  EXPECT_EQ(apply(),
            "connection lost after statement 1 of \"1_a.sql\", which is recorded: connection "
            "lost\n  run the command again to go on with statement 2");
  EXPECT_EQ(history(), "1|1|2|connection lost\n");
  lose("commit", Loss::kAfter);
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(history(), "1|2|2|\n");
  EXPECT_EQ(tables(), "a\nb\n");
}

}  // namespace
}  // namespace rhumb::migrate
