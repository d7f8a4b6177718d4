#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <random>
#include <thread>

#include "migrate/revision_store.h"
#include "migrate/row_intent.h"
#include "migrate/statement_hashes.h"
#include "migrate/test_run.h"

/// Runs that end in the middle: killed processes, rows that say a statement was started.
namespace rhumb::migrate {
namespace {

class OutcomeTest : public RunTest {
 protected:
  OutcomeTest() { options_.tx_mode = "none"; }

  /// Applies in a child process and calls `meanwhile` until it says that the child is to be killed.
  /// True when the child came to its end by itself.
  bool apply_and_kill(const std::function<bool()>& meanwhile) {
    connection_.reset();
    const pid_t child = ::fork();
    if (child == 0) {
      static_cast<void>(apply());
      ::_exit(0);
    }
    int status = 0;
    while (::waitpid(child, &status, WNOHANG) == 0) {
      if (meanwhile()) {
        ::kill(child, SIGKILL);
        ::waitpid(child, &status, 0);
        break;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    connection_.reset();
    return WIFEXITED(status);
  }

  /// A row of `1_a.sql` as a killed run left it before statement `next`.
  void leave_row(const std::vector<std::string>& applied, RowIntent intent) {
    StatementHashes hashes;
    for (const std::string& text : applied) {
      hashes.add(text);
    }
    intent.statement = applied.size() + 1;
    intent.total = applied.size() + 2;
    intent.started_at = "2026-01-02T03:04:05Z";
    intent.holder = "apply ann@host:7 since 2026-01-02T03:04:00Z";
    const auto store = open_revision_store(database(), "").value();
    ASSERT_TRUE(store->ensure_table().has_value());
    ASSERT_TRUE(store
                    ->write({.version = "1",
                             .description = "a",
                             .applied = static_cast<int64_t>(applied.size()),
                             .total = static_cast<int64_t>(intent.total),
                             .error = format_intent(intent),
                             .partial_hashes = hashes.compact()})
                    .has_value());
  }
};

constexpr const char* kEndless =
    "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c;";

TEST_F(OutcomeTest, AKilledStatementIsNotRepeatedUnasked) {
  put("1_a.sql",
      std::string("CREATE TABLE a (id int);\n") + kEndless + "\nCREATE TABLE b (id int);");
  const auto watch = driver::sqlite::must_open(folder_.file("app.db"));
  EXPECT_FALSE(apply_and_kill([&] {
    return driver::rows_of(*watch, "SELECT error FROM atlas_schema_revisions")
               .find("statement 2 of 3") != std::string::npos;
  }));
  EXPECT_EQ(rows("SELECT applied, total, error_stmt FROM atlas_schema_revisions"),
            std::string("1|3|") + kEndless + "\n");
  EXPECT_TRUE(rows("SELECT error FROM atlas_schema_revisions").ends_with(", outcome unknown\n"));
  const std::string refused = apply();
  EXPECT_TRUE(
      refused.starts_with("no report: sql/migrate: outcome of statement 2 from file \"1_a.sql\" "
                          "is unknown: the run that started it at "))
      << refused;
  EXPECT_NE(refused.find(" by apply test@host:1 since 2026-01-02T03:04:05Z did not finish\n"),
            std::string::npos);
  EXPECT_NE(refused.find("cannot tell"), std::string::npos);
  options_.on_unknown = "skip";
  EXPECT_EQ(apply(), "");
  EXPECT_NE(events().find("file 1 skip=2\n3: CREATE TABLE b (id int);\nok 1\n"), std::string::npos)
      << events();
  EXPECT_EQ(history(), "1|3|3|\n");
}

TEST_F(OutcomeTest, TheCatalogIsAskedAboutTheObject) {
  put("1_a.sql", "CREATE TABLE a (id int);\nCREATE TABLE b (id int);\nCREATE TABLE c (id int);");
  sql("CREATE TABLE a (id int)");
  leave_row({"CREATE TABLE a (id int);"}, {});
  EXPECT_NE(apply().find("table \"b\" does not exist"), std::string::npos);
  options_.dry_run = true;
  EXPECT_EQ(apply(), "");
  EXPECT_NE(
      events().find("notice statement 2 of \"1_a.sql\", started at 2026-01-02T03:04:05Z by apply "
                    "ann@host:7 since 2026-01-02T03:04:00Z, has an unknown outcome"),
      std::string::npos)
      << events();
  options_.dry_run = false;
  options_.on_unknown = "retry";
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(tables(), "a\nb\nc\n");
  EXPECT_EQ(history(), "1|3|3|\n");
}

TEST_F(OutcomeTest, ASkippedStatementMustBeInTheFile) {
  put("1_a.sql", "CREATE TABLE a (id int);");
  leave_row({"CREATE TABLE a (id int);"}, {});
  options_.on_unknown = "skip";
  EXPECT_EQ(apply(), "sql/migrate: history changed: statement 2 from file \"1_a.sql\" changed");
}

TEST_F(OutcomeTest, TheStatementBeforeIsComparedFirst) {
  put("1_a.sql", "CREATE TABLE z (id int);\nCREATE TABLE b (id int);");
  leave_row({"CREATE TABLE a (id int);"}, {});
  options_.on_unknown = "retry";
  EXPECT_EQ(apply(), "sql/migrate: history changed: statement 1 from file \"1_a.sql\" changed");
}

TEST_F(OutcomeTest, AStatementThatCommitsWithItsOutcomeIsRunAgain) {
  put("1_a.sql", "CREATE TABLE a (id int);\nINSERT INTO a VALUES (1);\nINSERT INTO a VALUES (2);");
  sql("CREATE TABLE a (id int)");
  leave_row({"CREATE TABLE a (id int);"},
            {.intent = {.kind = driver::IntentClass::kCommitsWithOutcome}});
  EXPECT_EQ(apply(), "");
  EXPECT_NE(events().find("was not applied, it is run again\n"), std::string::npos) << events();
  EXPECT_EQ(rows("SELECT id FROM a"), "1\n2\n");
}

TEST_F(OutcomeTest, AnObjectThatAppearedTellsThatItsStatementRan) {
  put("1_a.sql", "CREATE TABLE a (id int);\nCREATE TABLE b (id int);\nCREATE TABLE c (id int);");
  sql("CREATE TABLE a (id int); CREATE TABLE b (id int)");
  leave_row({"CREATE TABLE a (id int);"}, {.intent = {.kind = driver::IntentClass::kAbsentBefore,
                                                      .object_kind = "table",
                                                      .object_name = "b"}});
  EXPECT_EQ(apply(), "");
  EXPECT_NE(events().find("counts as applied\nfile 1 skip=2\n3: "), std::string::npos) << events();
  EXPECT_EQ(history(), "1|3|3|\n");
}

TEST_F(OutcomeTest, AResolvedRowIsLeftAlone) {
  put("1_a.sql", "CREATE TABLE a (id int);\nVACUUM;\nSELECT 1;");
  leave_row({"CREATE TABLE a (id int);"}, {});
  sql("UPDATE atlas_schema_revisions SET type = 6");
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(events(), "plan 1-> files=0\ndone 1\n");
}

TEST_F(OutcomeTest, RowsOfLongFilesStaySmallAndBecomeExactWhenTheRunStops) {
  std::string file = "CREATE TABLE a (id int);\n";
  for (int i = 0; i < 99; ++i) {
    file += "INSERT INTO a VALUES (" + std::to_string(i) + ");\n";
  }
  put("1_a.sql", file + "DROP TABLE nope;\n");
  EXPECT_NE(apply(), "");
  EXPECT_EQ(rows("SELECT applied, json_array_length(partial_hashes), json_extract(partial_hashes, "
                 "'$[64]') <> 'h1:' FROM atlas_schema_revisions"),
            "100|100|1\n");
  put("1_a.sql", file + kEndless);
  const auto watch = driver::sqlite::must_open(folder_.file("app.db"));
  EXPECT_FALSE(apply_and_kill([&] {
    return driver::rows_of(*watch, "SELECT error FROM atlas_schema_revisions")
               .find("statement 101 of 101") != std::string::npos;
  }));
  EXPECT_EQ(
      rows("SELECT applied, json_array_length(partial_hashes), error LIKE '%, after h1:%' FROM "
           "atlas_schema_revisions"),
      "100|65|1\n");
  put("1_a.sql", file + "SELECT 1;");
  options_.on_unknown = "retry";
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(history(), "1|101|101|\n");
  EXPECT_EQ(rows("SELECT count(*) FROM a"), "99\n");
}

TEST_F(OutcomeTest, AStopBetweenStatementsIsResumedWhereItStopped) {
  put("1_a.sql", "CREATE TABLE a (id int);\nINSERT INTO a VALUES (1);\nINSERT INTO a VALUES (2);");
  sys::CancellationSource source;
  options_.stop = source.token();
  hook_ = [&source](const RunEvent& event) {
    const auto* done = std::get_if<StatementDone>(&event.body);
    if (done != nullptr && done->number == 2) {
      source.cancel();
    }
  };
  EXPECT_EQ(apply(),
            "sql/migrate: executing statement \"INSERT INTO a VALUES (2);\" from version \"1\": "
            "context canceled");
  EXPECT_EQ(history(), "1|2|3|context canceled\n");
  hook_ = nullptr;
  options_.stop = {};
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(rows("SELECT id FROM a"), "1\n2\n");
}

TEST_F(OutcomeTest, AStopCancelsAStatementInsideATransaction) {
  put("1_a.sql", std::string("CREATE TABLE a (id int);\n") + kEndless);
  options_.tx_mode = "file";
  sys::CancellationSource source;
  options_.stop = source.token();
  std::atomic<bool> started = false;
  std::atomic<bool> finished = false;
  hook_ = [&](const RunEvent& event) {
    const auto* statement = std::get_if<StatementStarted>(&event.body);
    started = started || (statement != nullptr && statement->number == 2);
  };
  std::thread person([&] {
    while (!started) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    source.cancel();
  });
  EXPECT_TRUE(apply().ends_with(": interrupted"));
  person.join();
  EXPECT_EQ(history(), "");
  EXPECT_EQ(tables(), "");
}

TEST_F(OutcomeTest, AStatementWhoseOutcomeCannotBeWrittenIsUndone) {
  put("1_a.sql", "CREATE TABLE a (id int);\nCREATE TABLE b (id int);\nVACUUM;");
  ASSERT_TRUE(open_revision_store(database(), "").value()->ensure_table().has_value());
  sql("CREATE TRIGGER no BEFORE UPDATE ON atlas_schema_revisions WHEN new.applied = 2 BEGIN SELECT "
      "RAISE(ABORT, 'no'); END");
  EXPECT_EQ(apply(),
            "sql/migrate: executing statement \"CREATE TABLE b (id int);\" from version \"1\": "
            "sql/migrate: write revision: no");
  EXPECT_EQ(tables(), "a\n");
  EXPECT_EQ(history(), "1|1|3|sql/migrate: write revision: no\n");
  sql("DROP TRIGGER no; CREATE TRIGGER no BEFORE UPDATE ON atlas_schema_revisions WHEN new.applied "
      "= "
      "3 BEGIN SELECT RAISE(ABORT, 'no'); END");
  EXPECT_EQ(apply(),
            "statement 3 of \"1_a.sql\" succeeded: sql/migrate: write revision: no\n"
            "  that could not be recorded: tell the next run with --on-unknown skip");
  EXPECT_TRUE(rows("SELECT error FROM atlas_schema_revisions").ends_with(", outcome unknown\n"));
}

// Killed again and again at any moment, a run still executes each statement exactly once.
TEST_F(OutcomeTest, KilledRunsExecuteEachStatementOnce) {
  constexpr int kStatements = 60;
  for (const char* mode : {"none", "file", "all"}) {
    SCOPED_TRACE(mode);
    options_.tx_mode = mode;
    const std::string table = std::string("t_") + mode;
    std::string file = "CREATE TABLE " + table + " (id int);\n";
    for (int i = 0; i < kStatements; ++i) {
      file += "INSERT INTO " + table + " VALUES (" + std::to_string(i) + ");\n";
    }
    put(std::string(mode) == "none"   ? "1_a.sql"
        : std::string(mode) == "file" ? "2_b.sql"
                                      : "3_c.sql",
        file);
    std::minstd_rand random(17);  // NOLINT(cert-msc51-cpp): the same run each time
    int kills = 0;
    for (bool finished = false; !finished && kills < 200; ++kills) {
      const auto end = std::chrono::steady_clock::now() +
                       std::chrono::microseconds(500 + random() % (kills < 20 ? 20000 : 2000000));
      finished = apply_and_kill([&] { return std::chrono::steady_clock::now() > end; });
    }
    EXPECT_LT(kills, 200);
    EXPECT_EQ(rows("SELECT count(*), count(DISTINCT id) FROM " + table), "60|60\n");
  }
  EXPECT_EQ(history(), "1|61|61|\n2|61|61|\n3|61|61|\n");
}

TEST_F(OutcomeTest, TwoProcessesShareTheWork) {
  for (int i = 10; i < 40; ++i) {
    put(std::to_string(i) + "_t.sql", "CREATE TABLE t" + std::to_string(i) + " (id int);");
  }
  options_.tx_mode = "file";
  options_.lock_timeout = std::chrono::seconds(60);
  connection_.reset();
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::_exit(apply().empty() ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(rows("SELECT count(*), sum(applied) FROM atlas_schema_revisions"), "30|30\n");
}

}  // namespace
}  // namespace rhumb::migrate
