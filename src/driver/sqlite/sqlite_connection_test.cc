#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "driver/sqlite/database.h"
#include "driver/sqlite/test_database.h"

namespace rhumb::driver::sqlite {
namespace {

TEST(SqliteConnection, OpensEveryFormOfMemory) {
  for (const char* source :
       {"file?mode=memory", "?mode=memory", "dev?mode=memory&cache=shared&_fk=1",
        "file::memory:?cache=shared", ":memory:", "file2/?mode=memory", "localhost?mode=memory"}) {
    SCOPED_TRACE(source);
    const auto connection = must_open(source);
    EXPECT_EQ(error_of(connection->execute("CREATE TABLE t (x)")), "");
    EXPECT_EQ(connection->info().schema, "main");
  }
  EXPECT_FALSE(std::filesystem::exists("file"));
}

TEST(SqliteConnection, SaysWhyAFileCannotBeOpened) {
  const TestFolder folder;
  std::ofstream(folder.file("text.db")) << std::string(200, 'x');
  const std::string prefix = "sqlite: querying schemas: ";
  EXPECT_EQ(error_of(open_source(folder.file("none/a.db"))),
            prefix + "unable to open database file: no such file or directory");
  EXPECT_EQ(error_of(open_source(folder.path())),
            prefix + "unable to open database file: is a directory");
  EXPECT_EQ(error_of(open_source(folder.file("text.db"))), prefix + "file is not a database");
}

TEST(SqliteConnection, ReadingMakesNoFile) {
  const TestFolder folder;
  for (const std::string& source :
       {folder.file("a.db") + "?_fk=1", "file:" + folder.file("b.db")}) {
    SCOPED_TRACE(source);
    const auto connection = must_open(source);
    EXPECT_EQ(rows_of(*connection, "SELECT count(*) FROM sqlite_master"), "0\n");
    EXPECT_EQ(connection->find_dirt({})->value_or("clean"), "clean");
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
    const auto other = must_open(source);
    must_run(*connection, "CREATE TABLE t (x)");
    EXPECT_EQ(rows_of(*connection, "SELECT count(*) FROM sqlite_master"), "1\n");
    EXPECT_EQ(rows_of(*other, "SELECT count(*) FROM sqlite_master"), "1\n");
    std::filesystem::remove(folder.file("a.db"));
  }
}

TEST(SqliteConnection, ReadOnlyFilesCanBeReadOnly) {
  const TestFolder folder;
  must_run(*must_open(folder.file("a.db")), "CREATE TABLE t (x)");
  const auto connection = must_open("file:" + folder.file("a.db") + "?mode=ro");
  EXPECT_EQ(rows_of(*connection, "SELECT count(*) FROM t"), "0\n");
  EXPECT_EQ(error_of(connection->execute("CREATE TABLE u (x)")),
            "attempt to write a readonly database");
}

TEST(SqliteConnection, AQueryThatIsKeptSeesNewColumns) {
  const auto connection = must_open("file?mode=memory");
  must_run(*connection, "CREATE TABLE t (a); INSERT INTO t VALUES (1)");
  EXPECT_EQ(rows_of(*connection, "SELECT * FROM t"), "1\n");
  must_run(*connection, "ALTER TABLE t ADD COLUMN b DEFAULT 2");
  EXPECT_EQ(rows_of(*connection, "SELECT * FROM t"), "1|2\n");
  EXPECT_EQ(connection->query("SELECT * FROM t")->columns, (std::vector<std::string>{"a", "b"}));
}

TEST(SqliteConnection, QueriesAreForgottenWhenThereAreTooMany) {
  Result<Database> database = Database::open(":memory:");
  ASSERT_TRUE(database);
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 1200; ++i) {
      const Result<Rows> rows = database->query("SELECT " + std::to_string(i));
      ASSERT_TRUE(rows) << rows.error().message();
      EXPECT_EQ(rows->rows[0][0], Value(int64_t{i}));
      ASSERT_LE(database->prepared_count(), 512U);
    }
  }
  EXPECT_GT(database->prepared_count(), 0U);
}

TEST(SqliteConnection, AQueryMayHaveSeveralStatements) {
  const auto connection = must_open("file?mode=memory");
  const auto first_cell = [&](std::string_view sql, const std::vector<Value>& params) {
    const auto rows = connection->query(sql, params);
    if (!rows) {
      return rows.error().message();
    }
    return rows->rows.empty() ? std::string("none")
                              : std::to_string(std::get<int64_t>(rows->rows[0][0]));
  };
  for (int round = 0; round < 2; ++round) {  // the second time from the cache
    EXPECT_EQ(first_cell("", {}), "none");
    EXPECT_EQ(first_cell("-- nothing", {}), "none");
    EXPECT_EQ(first_cell("SELECT 1; SELECT 2", {}), "2");
    EXPECT_EQ(first_cell("SELECT ?; SELECT ?", {int64_t{5}, int64_t{6}}), "6");
    EXPECT_EQ(first_cell("SELECT ?", {int64_t{5}, int64_t{6}}), "5");
    EXPECT_EQ(first_cell("SELECT ?", {}), "not enough args to execute query: want 1 got 0");
    EXPECT_EQ(first_cell("SELECT ?; SELECT ?", {int64_t{5}}),
              "not enough args to execute query: want 1 got 0");
  }
}

TEST(SqliteConnection, ErrorsAreTheLibrarysWords) {
  const auto connection = must_open(":memory:");
  must_run(*connection, "CREATE TABLE a (id int UNIQUE); INSERT INTO a VALUES (1)");
  EXPECT_EQ(error_of(connection->execute("asdasd")), "near \"asdasd\": syntax error");
  EXPECT_EQ(error_of(connection->execute("DROP TABLE nope;")), "no such table: nope");
  const Result<ExecResult> failed = connection->execute("INSERT INTO a VALUES (1)");
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().message(), "UNIQUE constraint failed: a.id");
  EXPECT_EQ(failed.error().code(), ErrorCode::kDatabase);
  EXPECT_EQ(failed.error().cause()->code, "2067");
}

TEST(SqliteConnection, RunsTextsWithoutAndWithSeveralStatements) {
  const auto connection = must_open(":memory:");
  for (const char* text : {"", ";", "-- nothing", "/* nothing */ ;", "  \n"}) {
    EXPECT_EQ(error_of(connection->execute(text)), "") << text;
  }
  EXPECT_EQ(error_of(connection->execute("CREATE TABLE t (x);\nCREATE TABLE u (x);")), "");
  EXPECT_EQ(rows_of(*connection, "SELECT count(*) FROM sqlite_master"), "2\n");
  EXPECT_EQ(connection->execute("INSERT INTO t VALUES (1), (2)")->rows_affected, 2);
  EXPECT_EQ(connection->execute("SELECT * FROM t")->rows_affected, 0);
}

TEST(SqliteConnection, KeepsTypesOfParametersAndCells) {
  const auto connection = must_open(":memory:");
  const Value params[] = {std::monostate{}, int64_t{7}, 0.5, std::string("é\0x", 4), Blob{"\1"}};
  const Result<Rows> found = connection->query("SELECT ?, ?, ?, ?, ?", params);
  ASSERT_TRUE(found.has_value());
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(found->rows[0][i], params[i]) << i;
  }
}

TEST(SqliteConnection, RollsBackDataAndTables) {
  const auto connection = must_open(":memory:");
  connection->begin().value();
  EXPECT_TRUE(connection->in_transaction());
  must_run(*connection, "CREATE TABLE t (x)");
  connection->rollback().value();
  EXPECT_EQ(rows_of(*connection, "SELECT count(*) FROM sqlite_master"), "0\n");
  EXPECT_FALSE(connection->in_transaction());
  EXPECT_EQ(error_of(connection->rollback()), "");
}

TEST(SqliteConnection, RefusesNewForeignKeyViolationsAtCommit) {
  const auto connection = must_open(":memory:?_fk=1");
  must_run(*connection,
           "CREATE TABLE users (id integer PRIMARY KEY); CREATE TABLE pets (id int, owner int "
           "REFERENCES users (id)); PRAGMA foreign_keys = off; INSERT INTO pets VALUES (1, 5); "
           "PRAGMA foreign_keys = on");
  connection->begin().value();
  must_run(*connection, "INSERT INTO pets VALUES (2, 7)");
  EXPECT_EQ(error_of(connection->commit()),
            "sql/sqlite: foreign key mismatch: [{tbl:pets ref:users row:2 index:0}]");
  EXPECT_EQ(rows_of(*connection, "SELECT id FROM pets"), "1\n");
  EXPECT_EQ(rows_of(*connection, "PRAGMA foreign_keys"), "1\n");

  connection->begin().value();
  must_run(*connection, "UPDATE pets SET id = 3");
  EXPECT_EQ(error_of(connection->commit()), "") << "an old violation does not count";
  EXPECT_EQ(rows_of(*connection, "PRAGMA foreign_keys"), "1\n");
}

TEST(SqliteConnection, CountsTablesForTheCleanCheck) {
  const auto connection = must_open(":memory:");
  const CleanRules rules{.revisions_schema = "main", .revisions_table = "rev"};
  const auto dirt = [&](bool pretend) {
    CleanRules with = rules;
    with.pretend_table = pretend;
    return connection->find_dirt(with)->value_or("clean");
  };
  must_run(*connection, "CREATE VIEW v AS SELECT 1");
  EXPECT_EQ(dirt(true), "clean");
  must_run(*connection, "CREATE TABLE rev (x INTEGER PRIMARY KEY AUTOINCREMENT)");
  EXPECT_EQ(dirt(false), "clean");
  must_run(*connection, "CREATE TABLE t (x)");
  EXPECT_EQ(dirt(false), "found multiple tables: 2");
  must_run(*connection, "DROP TABLE rev");
  EXPECT_EQ(dirt(false), "found table \"t\"");
  EXPECT_EQ(dirt(true), "found multiple tables: 2");
}

TEST(SqliteConnection, ADevDatabaseMustBeEmptyAndIsEmptiedAgain) {
  const TestFolder folder;
  for (const std::string& source :
       {std::string(":memory:"), std::string("d?mode=memory&cache=shared&_fk=1"),
        folder.file("d.db")}) {
    SCOPED_TRACE(source);
    const auto connection = must_open(source);
    auto snapshot = connection->snapshot();
    ASSERT_TRUE(snapshot.has_value());
    must_run(*connection,
             "CREATE TABLE t (x INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO t VALUES "
             "(1); CREATE VIEW v AS SELECT 1; BEGIN; INSERT INTO t VALUES (2)");
    EXPECT_EQ(error_of((*snapshot)->restore()), "");
    EXPECT_EQ(rows_of(*connection, "SELECT count(*) FROM sqlite_master"), "0\n");
    EXPECT_EQ(error_of(connection->execute("CREATE VIEW v AS SELECT 1")), "");
    EXPECT_EQ(error_of(connection->snapshot()),
              "sql/migrate: connected database is not clean: found view \"v\"");
  }
}

struct ClassCase {
  const char* statement;
  IntentClass want;
};

TEST(SqliteConnection, KnowsWhichStatementsCommitWithTheirOutcome) {
  const ClassCase cases[] = {
      {"INSERT INTO t VALUES (1)", IntentClass::kCommitsWithOutcome},
      {"/* x */ create table t (x);", IntentClass::kCommitsWithOutcome},
      {"VACUUM", IntentClass::kUnknown},
      {"PRAGMA journal_mode = wal", IntentClass::kUnknown},
      {"WITH c AS (SELECT 1) DELETE FROM t", IntentClass::kUnknown},
      {"CREATE TABLE t (x); VACUUM", IntentClass::kUnknown},
      {"", IntentClass::kUnknown},
  };
  const auto connection = must_open(":memory:");
  for (const ClassCase& c : cases) {
    EXPECT_EQ(connection->classify(c.statement)->kind, c.want) << c.statement;
  }
}

TEST(SqliteConnection, TellsWhatTheCatalogSaysOfATarget) {
  const auto connection = must_open(":memory:");
  must_run(*connection, "CREATE TABLE t (a int); CREATE INDEX i ON t (a)");
  EXPECT_EQ(*connection->describe_target("CREATE TABLE T (x)"), "table \"T\" exists");
  EXPECT_EQ(*connection->describe_target("DROP INDEX j"), "index \"j\" does not exist");
  EXPECT_EQ(*connection->describe_target("ALTER TABLE t ADD c int"),
            "column \"c\" of table \"t\" does not exist");
  EXPECT_EQ(*connection->describe_target("ALTER TABLE t RENAME COLUMN a TO b"),
            "column \"a\" of table \"t\" exists");
  EXPECT_EQ(*connection->describe_target("INSERT INTO t VALUES (1)"), "cannot tell");
}

TEST(SqliteConnection, CancelStopsAStatement) {
  const auto connection = must_open(":memory:");
  std::atomic<bool> finished = false;
  std::thread canceller([&] {
    while (!finished) {
      connection->cancel();
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  });
  const Result<ExecResult> endless = connection->execute(
      "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c");
  finished = true;
  canceller.join();
  ASSERT_FALSE(endless.has_value());
  EXPECT_EQ(endless.error().code(), ErrorCode::kCancelled);
  EXPECT_EQ(endless.error().message(), "interrupted");
}

}  // namespace
}  // namespace rhumb::driver::sqlite
