#include "migrate/transaction_hooks.h"

#include <gtest/gtest.h>

#include "driver/mysql/test_server.h"
#include "driver/postgres/test_database.h"
#include "migrate/lossy_connection.h"
#include "migrate/test_run.h"

/// Hooks in runs on SQLite, then what the other engines need, without a run around it.
namespace rhumb::migrate {
namespace {

class HooksTest : public RunTest {
 protected:
  HooksTest() : seen_by_(database()) {
    seen_by_.refuse = [this](std::string_view statement) {
      const bool is_ours = statement.find("atlas_schema_revisions") != std::string_view::npos;
      seen_ += is_ours ? "" : std::string(statement) + "\n";
      const bool hit = !busy_.empty() && statement.find(busy_) != std::string_view::npos;
      const bool refused = hit && std::exchange(busy_, std::string()) != "";
      return refused ? std::optional(Error(ErrorCode::kBusy, "deadlock detected")) : std::nullopt;
    };
    runs_on_ = &seen_by_;
    sql("CREATE TABLE log (what text)");
    options_.allow_dirty = true;
  }

  static std::string log(const std::string& what) {
    return "INSERT INTO log VALUES ('" + what + "')";
  }
  void hook(TransactionHook hook) { options_.hooks.push_back(std::move(hook)); }
  /// A hook that says at every point that it was there.
  void hook_everywhere() {
    hook({.name = "h",
          .after_begin = {log("begin")},
          .before_commit = {log("commit")},
          .before_rollback = {"SELECT 'rollback'"}});
  }
  std::string logged() { return rows("SELECT what FROM log"); }

  LossyConnection seen_by_;
  std::string seen_;  // statements of files and hooks, a line each
  std::string busy_;  // the next statement with this in it meets somebody else
};

TEST_F(HooksTest, RunInTheTransactionOfEveryFile) {
  hook_everywhere();
  hook({.name = "second", .after_begin = {"SELECT 1; SELECT 2;", "", "-- nothing"}});
  put("1_a.sql", "CREATE TABLE a (id int);");
  put("2_b.sql", "CREATE TABLE b (id int);");
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(seen_, log("begin") + "\nSELECT 1;\nSELECT 2;\nCREATE TABLE a (id int);\n" +
                       log("commit") + "\n" + log("begin") +
                       "\nSELECT 1;\nSELECT 2;\nCREATE TABLE b (id int);\n" + log("commit") + "\n");
  EXPECT_EQ(logged(), "begin\ncommit\nbegin\ncommit\n");
  EXPECT_EQ(history(), "1|1|1|\n2|1|1|\n");
  EXPECT_EQ(events(),
            "plan ->2 files=2\nfile 1\n1: CREATE TABLE a (id int);\nok 1\n"
            "file 2\n1: CREATE TABLE b (id int);\nok 2\ndone 2\n");
}

TEST_F(HooksTest, RunOnceInTheTransactionOfARun) {
  hook_everywhere();
  options_.tx_mode = "all";
  put("1_a.sql", "CREATE TABLE a (id int);");
  put("2_b.sql", "CREATE TABLE b (id int);");
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(logged(), "begin\ncommit\n");
  put("3_c.sql", "SELECT 1;");
  put("4_d.sql", "INSERT INTO nope VALUES (1);");
  seen_.clear();
  EXPECT_NE(apply(), "");
  EXPECT_EQ(seen_, log("begin") + "\nSELECT 1;\nINSERT INTO nope VALUES (1);\nSELECT 'rollback'\n");
  EXPECT_EQ(logged(), "begin\ncommit\n");
}

TEST_F(HooksTest, SaySoOnceWhereThereIsNoTransaction) {
  hook_everywhere();
  options_.tx_mode = "none";
  put("1_a.sql", "CREATE TABLE a (id int);");
  put("2_b.sql", "CREATE TABLE b (id int);");
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(logged(), "");
  EXPECT_EQ(events(),
            "plan ->2 files=2\n"
            "notice Warning: version \"1\" runs outside of transactions, where no hook runs\n"
            "file 1\n1: CREATE TABLE a (id int);\nok 1\nfile 2\n1: CREATE TABLE b (id int);\nok 2\n"
            "done 2\n");
}

TEST_F(HooksTest, ADryRunHasNone) {
  hook_everywhere();
  options_.dry_run = true;
  put("1_a.sql", "CREATE TABLE a (id int);");
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(seen_, "");
}

TEST_F(HooksTest, AnErrorUndoesTheFile) {
  struct Case {
    const char* name;
    TransactionHook hook;
    const char* want;
    const char* events;
  };
  const Case cases[] = {
      {"before the file",
       {.name = "h", .after_begin = {"SELECT 1", "SELECT nope"}},
       "hook \"h\": statement 2 of after_begin: no such column: nope",
       "plan ->1 files=1\ndone "},
      {"behind the file",
       {.name = "h", .before_commit = {"SELECT nope"}},
       "hook \"h\": statement 1 of before_commit: no such column: nope",
       "plan ->1 files=1\nfile 1\n1: CREATE TABLE a (id int);\nok 1\nrolled back 1\ndone "},
      {"not SQL at all",
       {.name = "h", .skip_errors = true, .after_begin = {"SELECT (1"}},
       "hook \"h\": statement 1 of after_begin: 1:8: unclosed '('",
       "plan ->1 files=1\ndone "},
      {"the transaction is over",
       {.name = "h", .skip_errors = true, .before_commit = {"ROLLBACK"}},
       "hook \"h\": statement 1 of before_commit ended the transaction it ran in; a hook must "
       "leave "
       "it open (on MySQL and MariaDB statements such as CREATE, ALTER and GRANT end it)",
       "plan ->1 files=1\nfile 1\n1: CREATE TABLE a (id int);\nok 1\nrolled back 1\ndone "},
  };
  for (const char* mode : {"file", "all"}) {
    options_.tx_mode = mode;
    put("1_a.sql", "CREATE TABLE a (id int);");
    for (const Case& c : cases) {
      options_.hooks = {c.hook};
      EXPECT_EQ(apply(), c.want) << c.name;
      EXPECT_EQ(events(), std::string(c.events) + " error " + c.want + "\n") << c.name;
      EXPECT_EQ(tables(), "") << c.name;
      EXPECT_EQ(history(), "") << c.name;
      EXPECT_FALSE(database().in_transaction()) << c.name;
    }
  }
}

TEST_F(HooksTest, AnErrorMayBePassedOver) {
  hook({.name = "h", .skip_errors = true, .after_begin = {"SELECT nope", log("begin")}});
  put("1_a.sql", "CREATE TABLE a (id int);");
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(events(),
            "plan ->1 files=1\n"
            "notice Warning: hook \"h\": statement 1 of after_begin: no such column: nope\n"
            "file 1\n1: CREATE TABLE a (id int);\nok 1\ndone 1\n");
  EXPECT_EQ(logged(), "begin\n");
}

TEST_F(HooksTest, RunBeforeARollback) {
  hook_everywhere();
  hook({.name = "bad", .before_rollback = {"SELECT nope", "SELECT 'after all'"}});
  put("1_a.sql", "INSERT INTO nope VALUES (1);");
  EXPECT_NE(apply(), "");
  EXPECT_EQ(seen_, log("begin") +
                       "\nINSERT INTO nope VALUES (1);\nSELECT 'rollback'\nSELECT nope\n"
                       "SELECT 'after all'\n");
  EXPECT_NE(events().find("notice Warning: hook \"bad\": statement 1 of before_rollback: no such "
                          "column: nope\nfailed 1\n"),
            std::string::npos)
      << events();
  EXPECT_EQ(logged(), "");
}

TEST_F(HooksTest, ARollbackBeforeThereWasAnythingHasNone) {
  hook({.name = "h", .after_begin = {"SELECT nope"}, .before_rollback = {"SELECT 'rollback'"}});
  put("1_a.sql", "CREATE TABLE a (id int);");
  EXPECT_NE(apply(), "");
  EXPECT_EQ(seen_, "SELECT nope\n");
}

TEST_F(HooksTest, RunAgainWithAFileThatIsRunAgain) {
  hook_everywhere();
  put("1_a.sql", "CREATE TABLE a (id int);");
  for (const char* word : {"TABLE a", "'begin'", "'commit'"}) {
    sql("DROP TABLE IF EXISTS a");
    sql("DELETE FROM log");
    sql("DROP TABLE IF EXISTS atlas_schema_revisions");
    busy_ = word;
    EXPECT_EQ(apply(), "") << word;
    EXPECT_EQ(logged(), "begin\ncommit\n") << word;
    EXPECT_EQ(history(), "1|1|1|\n") << word;
  }
}

TEST_F(HooksTest, RunForAFileThatEndsItsTransactionItself) {
  hook_everywhere();
  put("1_a.sql", "COMMIT;\nCREATE TABLE a (id int);");
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(logged(), "begin\ncommit\n");
  hook({.name = "bad", .before_commit = {"SELECT nope"}});
  put("2_b.sql", "COMMIT;\nCREATE TABLE b (id int);");
  EXPECT_EQ(
      apply(),
      "hook \"bad\": statement 1 of before_commit: no such column: nope; what the file did is "
      "committed already");
  EXPECT_TRUE(events().find("ok 2\nfailed 2\ndone 2") != std::string::npos) << events();
  EXPECT_EQ(tables(), "a\nb\n");
  EXPECT_EQ(logged(), "begin\ncommit\nbegin\n");
}

/// What hooks do to a connection, for engines where that is another matter than on SQLite.
class Bare {
 public:
  Bare(driver::Connection& connection, std::vector<TransactionHook> hooks)
      : options_{.hooks = std::move(hooks)},
        stream_("run", clock_, log_, texts_),
        hooks_(connection, options_, stream_) {}

  TransactionHooks& hooks() { return hooks_; }
  [[nodiscard]] const std::string& events() const { return log_.text(); }

 private:
  sys::FakeClock clock_;
  EventLog log_;
  PlainTextRenderer texts_;
  RunOptions options_;
  RunStream stream_;
  TransactionHooks hooks_;
};

class PostgresHooks : public driver::postgres::DatabaseTest {};

TEST_F(PostgresHooks, AFailedStatementLeavesTheTransactionUsableWhenItMayFail) {
  run("CREATE TABLE log (what text)");
  Bare bare(database(), {{.name = "h",
                          .skip_errors = true,
                          .after_begin = {"SELECT nope", "SET LOCAL search_path TO public",
                                          "INSERT INTO log VALUES ('begin')"}}});
  EXPECT_EQ(driver::error_of(database().begin()), "");
  EXPECT_EQ(driver::error_of(bare.hooks().after_begin()), "");
  EXPECT_EQ(bare.events(),
            "notice Warning: hook \"h\": statement 1 of after_begin: pq: column \"nope\" does not "
            "exist at column 8 (42703)\n");
  EXPECT_EQ(rows("SHOW search_path"), "public\n");
  EXPECT_EQ(driver::error_of(database().commit()), "");
  EXPECT_EQ(rows("SELECT what FROM log"), "begin\n");
}

TEST_F(PostgresHooks, RunBeforeTheRollbackOfAnAbortedTransaction) {
  run("CREATE SEQUENCE s");  // what is taken from it stays taken
  Bare bare(database(), {{.name = "h",
                          .after_begin = {"SET LOCAL search_path TO public"},
                          .before_rollback = {"SELECT nope", "SELECT nextval('s')"}}});
  EXPECT_EQ(driver::error_of(database().begin()), "");
  EXPECT_EQ(driver::error_of(bare.hooks().after_begin()), "");
  EXPECT_NE(driver::error_of(database().execute("INSERT INTO nope VALUES (1)")), "");
  bare.hooks().before_rollback();
  EXPECT_EQ(bare.events(),
            "notice Warning: hook \"h\": statement 1 of before_rollback: pq: column \"nope\" does "
            "not exist at column 8 (42703)\n");
  EXPECT_EQ(driver::error_of(database().rollback()), "");
  EXPECT_EQ(rows("SELECT nextval('s')"), "2\n");
}

class MariadbHooks : public driver::mysql::MariadbTest {};

TEST_F(MariadbHooks, RunInATransactionOfTheirOwnWhereDdlHasEndedTheFiles) {
  run("CREATE TABLE log (what text) ENGINE=InnoDB");
  Bare bare(connection(),
            {{.name = "h", .before_commit = {"INSERT INTO log VALUES ('commit')", "SELECT nope"}}});
  EXPECT_EQ(driver::error_of(connection().begin()), "");
  EXPECT_EQ(driver::error_of(bare.hooks().after_begin()), "");
  run("CREATE TABLE a (id int)");
  const std::string error = driver::error_of(bare.hooks().before_commit());
  EXPECT_TRUE(error.starts_with("hook \"h\": statement 2 of before_commit: Error 1054")) << error;
  EXPECT_TRUE(error.ends_with("; what the file did is committed already")) << error;
  EXPECT_TRUE(bare.hooks().ran_apart());
  EXPECT_EQ(driver::error_of(connection().rollback()), "");
  EXPECT_EQ(rows("SELECT what FROM log"), "");
}

TEST_F(MariadbHooks, MustNotEndTheTransaction) {
  Bare bare(connection(), {{.name = "h", .after_begin = {"CREATE TABLE a (id int)"}}});
  EXPECT_EQ(driver::error_of(connection().begin()), "");
  EXPECT_TRUE(driver::error_of(bare.hooks().after_begin())
                  .starts_with("hook \"h\": statement 1 of after_begin ended the transaction"));
}

}  // namespace
}  // namespace rhumb::migrate
