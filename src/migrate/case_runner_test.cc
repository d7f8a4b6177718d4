#include "migrate/case_runner.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "driver/sqlite/test_database.h"
#include "migrate/memory_directory.h"

namespace rhumb::migrate {
namespace {

codec::Pattern pattern(std::string_view text) {
  return codec::Pattern::create(text).value();
}

MigrateCommand migrate_to(const std::string& version) {
  return {.to = version};
}
ExecCommand exec(const std::string& sql) {
  return {.sql = sql};
}
ExecCommand exec(const std::string& sql, const std::string& output) {
  return {.sql = sql, .expected = {.output = output}};
}
CatchCommand catch_error(const std::string& sql, const std::string& error) {
  return {.sql = sql, .error = pattern(error)};
}

/// Cases on an empty database in memory and a directory of three files.
class CaseRunnerTest : public testing::Test {
 protected:
  CaseRunnerTest() : directory_("mem://test", Format::kAtlas) {
    clock_.advance_each_call(std::chrono::microseconds(5));
    put("1_a.sql", "CREATE TABLE a (id int);");
    put("2_b.sql", "CREATE TABLE b (id int);\nINSERT INTO b SELECT id * 10 FROM a;");
    put("3_c.sql", "ALTER TABLE a ADD COLUMN name text DEFAULT 'none';");
  }

  void put(const std::string& name, const std::string& text) {
    ASSERT_TRUE(directory_.write(name, text).has_value());
  }

  /// The place and the text of the failure, `ok`, or the error in brackets.
  std::string run(const std::vector<CaseAction>& actions) {
    Case test{.name = "case"};
    for (const CaseAction& action : actions) {
      const size_t line = test.commands.size() + 1;
      test.commands.push_back({.file = "t.test.hcl", .line = line, .word = "do", .action = action});
    }
    const DirectoryFiles files = load_files(directory_).value();
    const Result<CaseResult> done = run_case(test, {.dev = *dev_,
                                                    .directory = files,
                                                    .processes = processes_,
                                                    .clock = clock_,
                                                    .texts = texts_,
                                                    .environment = {"PATH=/usr/bin:/bin", "A=b"},
                                                    .apply = apply_});
    EXPECT_EQ(driver::rows_of(*dev_, "SELECT name FROM sqlite_master"), tables_left_);
    if (!done) {
      return "[" + done.error().message() + "]";
    }
    last_ = *done;
    return last_.failure ? fmt::format("{}: {}", last_.failure->line, last_.failure->text) : "ok";
  }

  MemoryDirectory directory_;
  std::unique_ptr<driver::Connection> dev_ = driver::sqlite::must_open("dev?mode=memory");
  sys::SystemProcessRunner processes_;
  sys::FakeClock clock_;
  PlainTextRenderer texts_;
  ApplyOptions apply_;
  CaseResult last_;
  std::string tables_left_;  // in the database behind a case
};

TEST_F(CaseRunnerTest, GoesThroughTheVersionsOfADirectory) {
  EXPECT_EQ(run({migrate_to("1"), exec("INSERT INTO a VALUES (1), (2)"), migrate_to("2"),
                 exec("SELECT * FROM b ORDER BY id", "10\n20"), exec("SELECT * FROM a", "1\n2"),
                 migrate_to("3"), exec("SELECT * FROM a", "1, none\n2, none"), migrate_to("3")}),
            "ok");
  EXPECT_GT(last_.duration.count(), 0);
  EXPECT_EQ(run({migrate_to("3"), exec("SELECT count(*) FROM b", "0")}), "ok");
}

TEST_F(CaseRunnerTest, TheDirectoryIsEmptyAtFirst) {
  EXPECT_EQ(run({catch_error("SELECT * FROM a", "no such table: a"),
                 exec("CREATE TABLE other (id int)"), migrate_to("1")}),
            "ok");
}

TEST_F(CaseRunnerTest, AVersionIsNeverGoneBackTo) {
  EXPECT_EQ(run({migrate_to("2"), migrate_to("1")}),
            "2: do: cannot migrate from version \"2\" back to \"1\"");
  EXPECT_EQ(run({migrate_to("33")}),
            "1: do: sql/migrate: migration with version \"33\" not found. Did you mean \"3\"?");
  EXPECT_EQ(run({migrate_to("")}), "1: do: sql/migrate: migration with version \"\" not found");
}

TEST_F(CaseRunnerTest, StartsAtTheLastCheckpointAsAFirstRunDoes) {
  put("4_checkpoint.sql", "-- atlas:checkpoint\n\nCREATE TABLE whole (id int);");
  put("5_e.sql", "CREATE TABLE e (id int);");
  EXPECT_EQ(run({migrate_to("5"), exec("SELECT 1 FROM whole, e"),
                 catch_error("SELECT 1 FROM a", "no such table")}),
            "ok");
  EXPECT_EQ(run({migrate_to("3"), migrate_to("4"), migrate_to("5"), exec("SELECT 1 FROM a, e"),
                 catch_error("SELECT 1 FROM whole", "no such table")}),
            "ok");
}

TEST_F(CaseRunnerTest, FilesRunAsApplyRunsThem) {
  put("4_d.sql",
      "-- atlas:txtar\n\n-- checks.sql --\nSELECT NOT EXISTS (SELECT * FROM a);\n"
      "-- migration.sql --\nDROP TABLE a;\n");
  EXPECT_EQ(run({migrate_to("4")}), "ok");
  EXPECT_EQ(run({migrate_to("3"), exec("INSERT INTO a (id) VALUES (1)"), migrate_to("4")}),
            "3: do: 1 of 1 assertions failed: check assertion \"SELECT NOT EXISTS (SELECT * FROM "
            "a);\" returned false");
  apply_.tx_mode = "nope";
  EXPECT_EQ(run({migrate_to("1")}), "1: do: unknown tx-mode \"nope\"");
}

TEST_F(CaseRunnerTest, TellsWhichStatementOfAFileFailed) {
  put("4_d.sql", "CREATE TABLE d (id int);\nINSERT INTO nope VALUES (1);");
  EXPECT_EQ(run({migrate_to("4"), exec("SELECT 1")}),
            "1: do: sql/migrate: executing statement \"INSERT INTO nope VALUES (1);\" from version "
            "\"4\": no such table: nope");
}

TEST_F(CaseRunnerTest, ExecComparesTheRowsOfTheLastQuery) {
  struct Given {
    CaseAction action;
    const char* want;
  };
  const Given cases[] = {
      {exec("SELECT 1; CREATE TABLE x (id int); SELECT 2, NULL; INSERT INTO x VALUES (1)",
            "2, NULL"),
       "ok"},
      {exec("SELECT 1", "2"), "1: do: the output is not the expected one\ngot:\n  1\nwant:\n  2"},
      {exec("SELECT 1 WHERE 0", ""), "ok"},
      {exec("SELECT nope"), "1: do: executing statement \"SELECT nope\": no such column: nope"},
      {exec("-- nothing\n"), "1: do: sql holds no statement"},
      {exec(""), "1: do: sql holds no statement"},
      {ExecCommand{.sql = "SELECT 1 AS a, 'x' AS b",
                   .format = OutputFormat::kTable,
                   .expected = {.output = " a | b\n---+---\n 1 | x\n"}},
       "ok"},
      {ExecCommand{.sql = "SELECT 'abc'", .expected = {.match = pattern("^a.c$")}}, "ok"},
      {ExecCommand{.sql = "SELECT 'abc'", .expected = {.match = pattern("^b")}},
       "1: do: the output does not match \"^b\"\ngot:\n  abc"},
  };
  for (const Given& c : cases) {
    EXPECT_EQ(run({c.action}), c.want);
  }
}

TEST_F(CaseRunnerTest, CatchWantsAStatementToFail) {
  struct Given {
    CaseAction action;
    const char* want;
  };
  const Given cases[] = {
      {CatchCommand{.sql = "SELECT nope"}, "ok"},
      {catch_error("SELECT 1; SELECT nope; SELECT other", "^no such column: nope$"), "ok"},
      {CatchCommand{.sql = "SELECT 1"},
       "1: do: an error was expected, but every statement succeeded"},
      {catch_error("SELECT 1", "nope"),
       "1: do: an error that matches \"nope\" was expected, but every statement succeeded"},
      {catch_error("SELECT nope", "no such table"),
       "1: do: an error that matches \"no such table\" was expected\ngot:\n  no such column: nope"},
      {CatchCommand{.sql = ""}, "1: do: sql holds no statement"},
  };
  for (const Given& c : cases) {
    EXPECT_EQ(run({c.action}), c.want);
  }
}

TEST_F(CaseRunnerTest, AssertWantsRowsThatAreTrue) {
  struct Given {
    AssertCommand command;
    const char* want;
  };
  const Given cases[] = {
      {{.sql = "SELECT 1"}, "ok"},
      {{.sql = "SELECT 1; SELECT 1 UNION ALL SELECT 1"}, "ok"},
      {{.sql = "SELECT 1; SELECT 1 = 2"}, "1: do: assertion \"SELECT 1 = 2\" returned 0"},
      {{.sql = "SELECT 1 UNION ALL SELECT 0"},
       "1: do: assertion \"SELECT 1 UNION ALL SELECT 0\" returned 0"},
      {{.sql = "SELECT NULL"}, "1: do: assertion \"SELECT NULL\" returned NULL"},
      {{.sql = "SELECT 1 WHERE 0"}, "1: do: assertion \"SELECT 1 WHERE 0\" returned no row"},
      {{.sql = "SELECT 1, 1"},
       "1: do: assertion \"SELECT 1, 1\" returned 2 columns, it must return one"},
      {{.sql = "SELECT 0", .error_message = "must be one"},
       "1: do: must be one\nassertion \"SELECT 0\" returned 0"},
      {{.sql = "SELECT nope", .error_message = "must be one"},
       "1: do: executing statement \"SELECT nope\": no such column: nope"},
  };
  for (const Given& c : cases) {
    EXPECT_EQ(run({c.command}), c.want);
  }
}

TEST_F(CaseRunnerTest, KeepsWhatIsLoggedUpToTheFailure) {
  EXPECT_EQ(run({LogCommand{.message = "one"}, exec("SELECT nope"), LogCommand{.message = "two"}}),
            "2: do: executing statement \"SELECT nope\": no such column: nope");
  ASSERT_EQ(last_.logs.size(), 1U);
  EXPECT_EQ(last_.logs[0].file, "t.test.hcl");
  EXPECT_EQ(last_.logs[0].line, 1U);
  EXPECT_EQ(last_.logs[0].text, "one");
}

TEST_F(CaseRunnerTest, ProgramsHaveToSucceed) {
  struct Given {
    ExternalCommand command;
    const char* want;
  };
  const Given cases[] = {
      {{.program = {"/bin/sh", "-c", "echo $A; echo aside >&2"}, .expected = {.output = "b"}},
       "ok"},
      {{.program = {"/bin/pwd"}, .working_dir = "/", .expected = {.match = pattern("^/$")}}, "ok"},
      {{.program = {"/bin/sh", "-c", "echo no >&2; exit 2"}},
       "1: do: running program /bin/sh: no\n"},
      {{.program = {"/bin/echo", "x"}, .expected = {.output = "y"}},
       "1: do: the output is not the expected one\ngot:\n  x\nwant:\n  y"},
      {{.program = {}}, "1: do: program cannot be empty"},
  };
  for (const Given& c : cases) {
    EXPECT_EQ(run({c.command}), c.want);
  }
}

TEST_F(CaseRunnerTest, ADatabaseInUseIsLeftAlone) {
  driver::must_run(*dev_, "CREATE TABLE mine (id int)");
  tables_left_ = "mine\n";
  EXPECT_EQ(run({exec("DROP TABLE mine")}),
            "[sql/migrate: taking database snapshot: sql/migrate: connected database is not clean: "
            "found table \"mine\"]");
}

TEST_F(CaseRunnerTest, EndsWhenAskedToStop) {
  sys::CancellationSource source;
  source.cancel();
  apply_.stop = source.token();
  EXPECT_EQ(run({exec("CREATE TABLE x (id int)"), exec("SELECT 1")}), "[interrupted]");
}

}  // namespace
}  // namespace rhumb::migrate
