#include <gtest/gtest.h>

#include "migrate/lossy_connection.h"
#include "migrate/test_run.h"

/// Files that somebody else was in the way of, and that are run again.
namespace rhumb::migrate {
namespace {

class RepeatTest : public RunTest {
 protected:
  RepeatTest() : lossy_(database()) { runs_on_ = &lossy_; }

  /// Refuses the statements that hold `word` so many times.
  void refuse(const std::string& word, int times, ErrorCode code = ErrorCode::kBusy) {
    lossy_.refuse = [word, code, left = times](std::string_view statement) mutable {
      const bool hit = statement.find(word) != std::string_view::npos && left-- > 0;
      return hit ? std::optional(Error(code, "deadlock detected")) : std::nullopt;
    };
  }

  LossyConnection lossy_;
};

TEST_F(RepeatTest, AFileThatWasRolledBackIsRunAgainInFull) {
  put("1_a.sql", "CREATE TABLE a (id int);\nINSERT INTO a VALUES (1);");
  refuse("INSERT INTO a", 2);
  const sys::Instant before = clock_.now();
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(events(),
            "plan ->1 files=1\n"
            "file 1\n1: CREATE TABLE a (id int);\n2: INSERT INTO a VALUES (1);\n"
            "failed: deadlock detected\nagain 1\n"
            "notice version \"1\": deadlock detected; nothing of it is left, it is run again\n"
            "file 1\n1: CREATE TABLE a (id int);\n2: INSERT INTO a VALUES (1);\n"
            "failed: deadlock detected\nagain 1\n"
            "notice version \"1\": deadlock detected; nothing of it is left, it is run again\n"
            "file 1\n1: CREATE TABLE a (id int);\n2: INSERT INTO a VALUES (1);\nok 1\n"
            "done 1\n");
  EXPECT_GE(clock_.now() - before, std::chrono::milliseconds(750));
  EXPECT_EQ(rows("SELECT id FROM a"), "1\n");
}

TEST_F(RepeatTest, TheFourthFailureCounts) {
  put("1_a.sql", "CREATE TABLE a (id int);\nINSERT INTO a VALUES (1);");
  refuse("INSERT INTO a", 100);
  const std::string error = apply();
  EXPECT_TRUE(error.ends_with("from version \"1\": deadlock detected")) << error;
  EXPECT_TRUE(events().ends_with("failed 1\ndone  error " + error + "\n")) << events();
  EXPECT_EQ(tables(), "");
  EXPECT_EQ(history(), "");
}

TEST_F(RepeatTest, OnlyWhatIsWhollyUndoneIsRunAgain) {
  struct Case {
    const char* name;
    const char* tx_mode;
    const char* file;
    ErrorCode code;
  };
  const Case cases[] = {
      {"another failure", "file", "INSERT INTO a VALUES (1);", ErrorCode::kDatabase},
      {"no transaction", "none", "INSERT INTO a VALUES (1);", ErrorCode::kBusy},
      {"the transaction of all", "all", "INSERT INTO a VALUES (1);", ErrorCode::kBusy},
      {"its own transaction", "file", "COMMIT;\nBEGIN;\nINSERT INTO a VALUES (1);",
       ErrorCode::kBusy},
  };
  sql("CREATE TABLE a (id int)");
  options_.allow_dirty = true;
  put("1_a.sql", "");
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    put("1_a.sql", c.file);
    options_.tx_mode = c.tx_mode;
    refuse("INSERT INTO a", 1, c.code);
    EXPECT_NE(apply(), "");
    EXPECT_EQ(events().find("again"), std::string::npos) << events();
    sql("DELETE FROM atlas_schema_revisions");
  }
}

TEST_F(RepeatTest, AStopEndsTheWait) {
  put("1_a.sql", "INSERT INTO a VALUES (1);");
  refuse("INSERT INTO a", 100);
  sys::CancellationSource source;
  options_.stop = source.token();
  hook_ = [&source](const RunEvent& event) {
    if (std::holds_alternative<FileRetried>(event.body)) {
      source.cancel();
    }
  };
  EXPECT_EQ(apply(), "context canceled");
  EXPECT_TRUE(events().ends_with("done  error context canceled\n")) << events();
}

// SQLite: another connection that writes, or that reads while we commit.
TEST_F(RepeatTest, ADatabaseThatIsBusyForAWhileIsWaitedFor) {
  put("1_a.sql", "CREATE TABLE a (id int);");
  ASSERT_EQ(apply(), "");
  put("2_b.sql", "CREATE TABLE b (id int);");
  put("3_c.sql", "CREATE TABLE c (id int);");
  runs_on_ = nullptr;
  reopen("?_busy_timeout=1");
  const auto other = driver::sqlite::must_open(folder_.file("app.db"));
  driver::must_run(*other, "BEGIN IMMEDIATE");
  hook_ = [&](const RunEvent& event) {
    const auto* done = std::get_if<FileDone>(&event.body);
    if (std::holds_alternative<Notice>(event.body) && other->in_transaction()) {
      driver::must_run(*other, "ROLLBACK");
    } else if (done != nullptr && done->file.version == "3" &&
               events().find("again 3") == std::string::npos) {
      driver::must_run(*other, "BEGIN");
      EXPECT_EQ(driver::rows_of(*other, "SELECT count(*) FROM a"), "0\n");
    }
  };
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(events(),
            "plan 1->3 files=2\n"
            "notice version \"2\": database is locked; nothing of it is left, it is run again\n"
            "file 2\n1: CREATE TABLE b (id int);\nok 2\n"
            "file 3\n1: CREATE TABLE c (id int);\nok 3\nagain 3\n"
            "notice version \"3\": database is locked; nothing of it is left, it is run again\n"
            "file 3\n1: CREATE TABLE c (id int);\nok 3\n"
            "done 3\n");
}

}  // namespace
}  // namespace rhumb::migrate
