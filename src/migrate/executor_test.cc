#include "migrate/executor.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "migrate/test_run.h"

namespace rhumb::migrate {
namespace {

using ExecutorTest = RunTest;

TEST_F(ExecutorTest, AppliesFilesAndRecordsThem) {
  put("1_a.sql", "CREATE TABLE a (id int);\nINSERT INTO a VALUES (1);\n");
  put("2_b.sql", "CREATE TABLE b (id int)");
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(events(),
            "plan ->2 files=2\n"
            "file 1\n1: CREATE TABLE a (id int);\n2: INSERT INTO a VALUES (1);\nok 1\n"
            "file 2\n1: CREATE TABLE b (id int)\nok 2\n"
            "done 2\n");
  EXPECT_EQ(
      rows("SELECT version, description, type, applied, total, error, error_stmt, hash, "
           "partial_hashes, operator_version FROM atlas_schema_revisions WHERE version = '1'"),
      "1|a|2|2|2|||" + load_files(directory_)->sum.entries[0].hash +
          "|null|Atlas CLI - development\n");
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(events(), "plan 2-> files=0\ndone 2\n");
}

TEST_F(ExecutorTest, TellsWhichDatabaseItIs) {
  put("1_a.sql", "SELECT 1;");
  options_.target.dir_url = "file://migrations";
  options_.identity_candidate = "6f1c9b0e-0000-4000-8000-000000000001";
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(log_->target().driver, "sqlite");
  EXPECT_EQ(log_->target().schema, "main");
  EXPECT_EQ(log_->target().dir_url, "file://migrations");
  EXPECT_EQ(log_->target().identity, *options_.identity_candidate);
  options_.identity_candidate = "another";
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(log_->target().identity, "6f1c9b0e-0000-4000-8000-000000000001");
}

TEST_F(ExecutorTest, AFailedFileIsRolledBackWithItsRow) {
  put("1_a.sql", "CREATE TABLE a (id int);");
  put("2_b.sql",
      "CREATE TABLE b (id int);\nINSERT INTO nope VALUES (1);\nCREATE TABLE c (id int);");
  EXPECT_EQ(
      apply(),
      "sql/migrate: executing statement \"INSERT INTO nope VALUES (1);\" from version \"2\": no "
      "such table: nope");
  EXPECT_EQ(events(),
            "plan ->2 files=2\nfile 1\n1: CREATE TABLE a (id int);\nok 1\n"
            "file 2\n1: CREATE TABLE b (id int);\n2: INSERT INTO nope VALUES (1);\n"
            "failed: no such table: nope\nfailed 2\n"
            "done 1 error sql/migrate: executing statement \"INSERT INTO nope VALUES (1);\" from "
            "version \"2\": no such table: nope\n");
  EXPECT_EQ(history(), "1|1|1|\n");
  EXPECT_EQ(tables(), "a\n");
}

TEST_F(ExecutorTest, ModeAllUndoesTheWholeRun) {
  put("1_a.sql", "CREATE TABLE a (id int);");
  put("2_b.sql", "INSERT INTO nope VALUES (1);");
  options_.tx_mode = "all";
  EXPECT_NE(apply(), "");
  EXPECT_NE(events().find("failed 2\nrolled back 1\ndone  error"), std::string::npos) << events();
  EXPECT_EQ(history(), "");
  EXPECT_EQ(tables(), "");
  put("2_b.sql", "INSERT INTO a VALUES (1);");
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(history(), "1|1|1|\n2|1|1|\n");
}

TEST_F(ExecutorTest, ModeNoneKeepsWhatRanAndResumes) {
  put("1_a.sql",
      "CREATE TABLE a (id int);\nINSERT INTO a VALUES (1);\nINSERT INTO nope VALUES (1);");
  options_.tx_mode = "none";
  EXPECT_NE(apply(), "");
  EXPECT_EQ(rows("SELECT applied, total, error, error_stmt, json_array_length(partial_hashes) FROM "
                 "atlas_schema_revisions"),
            "2|3|no such table: nope|INSERT INTO nope VALUES (1);|2\n");
  put("1_a.sql",
      "-- c\nCREATE TABLE a (id int);\n\nINSERT INTO a VALUES (1);\nINSERT INTO a VALUES "
      "(2);\nINSERT INTO a VALUES (3);");
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(
      events(),
      "plan 1->1 files=1\nfile 1 skip=2\n3: INSERT INTO a VALUES (2);\n4: INSERT INTO a VALUES "
      "(3);\nok 1\ndone 1\n");
  EXPECT_EQ(history(), "1|4|4|\n");
  EXPECT_EQ(rows("SELECT id FROM a"), "1\n2\n3\n");
}

TEST_F(ExecutorTest, AShorterFileIsComplete) {
  put("1_a.sql", "CREATE TABLE a (id int);\nDROP TABLE nope;");
  options_.tx_mode = "none";
  EXPECT_NE(apply(), "");
  put("1_a.sql", "CREATE TABLE a (id int);");
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(events(), "plan 1->1 files=1\nfile 1 skip=1\nok 1\ndone 1\n");
  EXPECT_EQ(history(), "1|1|1|\n");
}

TEST_F(ExecutorTest, ChangedHistoryIsRefused) {
  put("1_a.sql", "CREATE TABLE a (id int);\nDROP TABLE nope;");
  options_.tx_mode = "none";
  EXPECT_NE(apply(), "");
  put("1_a.sql", "CREATE TABLE a (id bigint);\nSELECT 1;");
  const std::string want =
      "sql/migrate: history changed: statement 1 from file \"1_a.sql\" changed";
  EXPECT_EQ(apply(), want);
  EXPECT_EQ(events(), "plan 1->1 files=1\ndone 1 error " + want + "\n");
  EXPECT_EQ(history(), "1|1|2|no such table: nope\n");
}

TEST_F(ExecutorTest, AResumedFileIsUndoneToItsFirstRow) {
  put("1_a.sql", "CREATE TABLE a (id int);\nDROP TABLE nope;");
  options_.tx_mode = "none";
  EXPECT_NE(apply(), "");
  put("1_a.sql", "CREATE TABLE a (id int);\nCREATE TABLE c (id int);\nDROP TABLE nope2;");
  options_.tx_mode = "file";
  EXPECT_NE(apply(), "");
  EXPECT_EQ(history(), "1|1|2|no such table: nope\n");
  EXPECT_EQ(tables(), "a\n");
}

TEST_F(ExecutorTest, FilesChooseTheirTransaction) {
  put("1_a.sql", "-- atlas:txmode none\n\nCREATE TABLE a (id int);\nVACUUM;");
  put("2_b.sql", "VACUUM;");
  EXPECT_EQ(apply(),
            "sql/migrate: executing statement \"VACUUM;\" from version \"2\": cannot VACUUM from "
            "within a transaction");
  EXPECT_EQ(history(), "1|2|2|\n");
  put("2_b.sql", "-- atlas:txmode file\n\nCREATE TABLE b (id int);\nDROP TABLE nope;");
  options_.tx_mode = "none";
  EXPECT_NE(apply(), "");
  EXPECT_EQ(history(), "1|2|2|\n");
  EXPECT_EQ(tables(), "a\n");
}

struct DirectiveCase {
  const char* mode;
  const char* directives;
  const char* error;
};

TEST_F(ExecutorTest, BadTransactionModesFailWhenTheirFilesTurnComes) {
  const DirectiveCase cases[] = {
      {"file", "-- atlas:txmode never\n",
       "unknown txmode \"never\" found in file directive \"2_b.sql\""},
      {"file", "-- atlas:txmode all\n",
       "txmode \"all\" is not allowed in file directive \"2_b.sql\". Use \"file\" instead"},
      {"every", "", "unknown tx-mode \"every\""},
  };
  put("1_a.sql", "CREATE TABLE a (id int);");
  EXPECT_EQ(apply(), "");
  for (const DirectiveCase& c : cases) {
    put("2_b.sql", std::string(c.directives) + "\nCREATE TABLE b (id int);");
    options_.tx_mode = c.mode;
    EXPECT_EQ(apply(), c.error);
    EXPECT_EQ(events(), fmt::format("plan 1->2 files=1\ndone 1 error {}\n", c.error));
  }
}

TEST_F(ExecutorTest, ModeAllAbandonsTheTransactionAtABadDirective) {
  put("1_a.sql", "CREATE TABLE a (id int);");
  put("2_b.sql", "-- atlas:txmode none\n\nCREATE TABLE b (id int);");
  options_.tx_mode = "all";
  EXPECT_EQ(apply(),
            "cannot set txmode directive to \"none\" in \"2_b.sql\" when txmode \"all\" is set "
            "globally");
  EXPECT_EQ(history(), "");
  EXPECT_EQ(tables(), "");
}

TEST_F(ExecutorTest, AFileMayHoldItsOwnTransaction) {
  put("1_a.sql", "BEGIN;\nCREATE TABLE a (id int);\nCOMMIT;");
  EXPECT_EQ(apply(),
            "sql/migrate: executing statement \"BEGIN;\" from version \"1\": cannot start a "
            "transaction within a transaction");
  options_.tx_mode = "none";
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(history(), "1|3|3|\n");
}

TEST_F(ExecutorTest, SavepointsInsideATransactionWork) {
  put("1_a.sql",
      "CREATE TABLE a (id int);\nSAVEPOINT s;\nINSERT INTO a VALUES (1);\nROLLBACK TO s;\nRELEASE "
      "s;");
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(history(), "1|5|5|\n");
  EXPECT_EQ(rows("SELECT count(*) FROM a"), "0\n");
}

TEST_F(ExecutorTest, AFileThatEndsItsTransactionKeepsItsRow) {
  put("1_a.sql", "CREATE TABLE a (id int);\nCOMMIT;\nCREATE TABLE b (id int);\nDROP TABLE nope;");
  EXPECT_NE(apply(), "");
  EXPECT_EQ(history(), "1|3|4|no such table: nope\n");
  EXPECT_EQ(tables(), "a\nb\n");
  put("1_a.sql", "CREATE TABLE a (id int);\nCOMMIT;\nCREATE TABLE b (id int);\nSELECT 1;");
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(history(), "1|4|4|\n");
}

TEST_F(ExecutorTest, AFailureInsideTheFilesOwnTransactionGoesBackToItsBegin) {
  put("1_a.sql",
      "CREATE TABLE a (id int);\nBEGIN;\nCREATE TABLE b (id int);\nDROP TABLE nope;\nCOMMIT;");
  options_.tx_mode = "none";
  EXPECT_NE(apply(), "");
  EXPECT_EQ(history(), "1|1|5|no such table: nope\n");
  EXPECT_EQ(tables(), "a\n");
  put("1_a.sql", "CREATE TABLE a (id int);\nBEGIN;\nCREATE TABLE b (id int);\nCOMMIT;");
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(history(), "1|4|4|\n");
  EXPECT_EQ(tables(), "a\nb\n");
}

TEST_F(ExecutorTest, ForeignKeysAreCheckedAtTheEndOfAFile) {
  put("1_a.sql",
      "CREATE TABLE u (id integer PRIMARY KEY);\nCREATE TABLE p (o int REFERENCES u (id));");
  put("2_b.sql", "INSERT INTO p VALUES (7);");
  reopen("?_fk=1");
  EXPECT_EQ(apply(), "sql/sqlite: foreign key mismatch: [{tbl:p ref:u row:1 index:0}]");
  EXPECT_EQ(history(), "1|2|2|\n");
  EXPECT_NE(events().find("ok 2\nrolled back 2\ndone 1 error"), std::string::npos) << events();
}

TEST_F(ExecutorTest, AllFilesAreSplitBeforeTheFirstRuns) {
  put("1_a.sql", "CREATE TABLE a (id int);");
  put("2_b.sql", "CREATE TABLE b (id int));");
  const std::string want =
      "no report: sql/migrate: scanning statements from \"2_b.sql\": 1:24: unexpected ')'";
  EXPECT_EQ(apply(), want);
  EXPECT_EQ(tables(), "");
  options_.dry_run = true;
  EXPECT_EQ(apply(), want);
  options_ = {};
  options_.amount = 1;
  EXPECT_EQ(apply(), "");
}

TEST_F(ExecutorTest, ADryRunWritesNothing) {
  put("1_a.sql", "CREATE TABLE a (id int);\nCREATE TABEL b (id int);");
  options_.dry_run = true;
  options_.tx_mode = "whatever";
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(
      events(),
      "plan ->1 files=1\nfile 1\n1: CREATE TABLE a (id int);\n2: CREATE TABEL b (id int);\nok "
      "1\ndone \n");
  EXPECT_EQ(rows("SELECT count(*) FROM sqlite_master"), "0\n");
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path())) << "not even the database file";
  sql("CREATE TABLE other (id int)");
  EXPECT_EQ(apply(),
            "no report: sql/migrate: connected database is not clean: found multiple tables: 2. "
            "baseline version or allow-dirty is required");
  options_.baseline = "1";
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(events(), "plan 1-> files=0\ndone 1\n");
  EXPECT_EQ(rows("SELECT count(*) FROM sqlite_master"), "1\n");
}

TEST_F(ExecutorTest, ADryRunListsWhatIsLeftOfAPartialFile) {
  put("1_a.sql", "CREATE TABLE a (id int);\nDROP TABLE nope;\nSELECT 1;");
  options_.tx_mode = "none";
  EXPECT_NE(apply(), "");
  options_.dry_run = true;
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(events(),
            "plan 1->1 files=1\nfile 1 skip=1\n2: DROP TABLE nope;\n3: SELECT 1;\nok 1\ndone 1\n");
  EXPECT_EQ(history(), "1|1|3|no such table: nope\n");
}

TEST_F(ExecutorTest, BaselineWritesOneRow) {
  put("1_a.sql", "CREATE TABLE a (id int);");
  put("2_b.sql", "CREATE TABLE b (id int);");
  sql("CREATE TABLE a (id int)");
  EXPECT_EQ(apply(),
            "no report: sql/migrate: connected database is not clean: found multiple tables: 2. "
            "baseline version or allow-dirty is required");
  options_.baseline = "1";
  EXPECT_EQ(apply(), "");
  EXPECT_NE(events().find("plan 1->2 files=1\n"), std::string::npos);
  EXPECT_EQ(rows("SELECT version, type, applied, total, hash, partial_hashes FROM "
                 "atlas_schema_revisions WHERE version = '1'"),
            "1|1|0|0||null\n");
  options_.allow_dirty = true;
  EXPECT_EQ(apply(), "no report: sql/migrate: baseline and allow-dirty are mutually exclusive");
}

TEST_F(ExecutorTest, EqualVersionsAreRefused) {
  put("1_a.sql", "CREATE TABLE a (id int);");
  put("1_b.sql", "CREATE TABLE b (id int);");
  options_.amount = 1;
  EXPECT_EQ(
      apply(),
      "no report: sql/migrate: files \"1_a.sql\" and \"1_b.sql\" have the same version \"1\": "
      "rename one of them");
  EXPECT_EQ(tables(), "");
}

TEST_F(ExecutorTest, AFileOutsideTheSumCannotRun) {
  put("1_a.sql", "CREATE TABLE a (id int);");
  put("2_b.sql", "-- atlas:sum ignore\n\nCREATE TABLE b (id int);");
  EXPECT_EQ(apply(), "sql/migrate: scanning checksum from \"2_b.sql\": checksum not found");
  EXPECT_EQ(tables(), "a\n");
}

TEST_F(ExecutorTest, AFirstRunUpToAVersionStartsAtTheCheckpointBeforeIt) {
  put("1_a.sql", "CREATE TABLE a (id int);");
  put("2_b.sql", "CREATE TABLE b (id int);");
  put("3_c.sql", "-- atlas:checkpoint\n\nCREATE TABLE c (id int);");
  options_.to_version = "2";
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(tables(), "a\nb\n");
}

TEST_F(ExecutorTest, AnAdmissionIsAskedBeforeAnythingRuns) {
  put("1_a.sql", "CREATE TABLE a (id int);");
  size_t asked = 0;
  options_.admit = [&asked](const Planned& planned) -> Result<void> {
    asked = planned.files.size();
    return Error(ErrorCode::kDenied, "policy says no");
  };
  EXPECT_EQ(apply(), "policy says no");
  EXPECT_EQ(events(), "plan ->1 files=1\nrefused policy says no\ndone  error policy says no\n");
  EXPECT_EQ(asked, 1U);
  EXPECT_EQ(tables(), "");
}

TEST_F(ExecutorTest, ChecksGuardAFile) {
  const auto file = [](const std::string& check) {
    return "-- atlas:txtar\n\n-- checks.sql --\nSELECT 1;\n" + check +
           "\n-- migration.sql --\nCREATE TABLE a (id int);\n";
  };
  put("1_a.sql", file("SELECT count(*) > 0 FROM sqlite_master WHERE name = 'z';"));
  EXPECT_EQ(
      apply(),
      "1 of 2 assertions failed: check assertion \"SELECT count(*) > 0 FROM sqlite_master WHERE "
      "name = 'z';\" returned false");
  EXPECT_EQ(tables(), "");
  EXPECT_NE(events().find("file 1\ncheck [] SELECT 1;: ok\n"), std::string::npos) << events();
  EXPECT_EQ(rows("SELECT applied, total, substr(error, 1, 26) FROM atlas_schema_revisions"),
            "0|1|1 of 2 assertions failed: \n");
  put("1_a.sql", file("SELECT 'yes' = 'yes';"));
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(history(), "1|1|1|\n");
}

TEST_F(ExecutorTest, AStopLetsNoFurtherStatementStart) {
  put("1_a.sql", "CREATE TABLE a (id int);");
  sys::CancellationSource source;
  source.cancel();
  options_.stop = source.token();
  EXPECT_EQ(
      apply(),
      "sql/migrate: executing statement \"CREATE TABLE a (id int);\" from version \"1\": context "
      "canceled");
  EXPECT_EQ(tables(), "");
  EXPECT_EQ(history(), "");
}

TEST_F(ExecutorTest, TheLockIsNamedWhenItIsTaken) {
  put("1_a.sql", "CREATE TABLE a (id int);");
  const auto other = driver::sqlite::must_open(folder_.file("app.db"));
  const auto held =
      other->lock({.name = "atlas_migrate_execute", .timeout = {}, .holder = "somebody"});
  EXPECT_EQ(
      apply(),
      "no report: acquiring database lock: sql/sqlite: lock on \"atlas_migrate_execute\" already "
      "taken (held by somebody)");
  EXPECT_EQ(events(), "");
}

TEST_F(ExecutorTest, ValidationReplaysAndLeavesNothing) {
  put("1_a.sql", "CREATE TABLE a (id int);");
  put("2_b.sql", "CREATE TABLE b (id int);\nDROP TABLE nope;");
  const auto dev = driver::sqlite::must_open(":memory:");
  EXPECT_EQ(driver::error_of(validate_directory(*dev, *load_files(directory_))),
            "sql/migrate: read migration directory state: sql/migrate: executing statement \"DROP "
            "TABLE nope;\" from version \"2\": no such table: nope");
  EXPECT_EQ(driver::rows_of(*dev, "SELECT count(*) FROM sqlite_master"), "0\n");
  EXPECT_EQ(driver::error_of(replay_directory(*dev, *load_files(directory_), "1")), "");
  EXPECT_EQ(driver::error_of(validate_directory(*dev, *load_files(directory_))),
            "sql/migrate: taking database snapshot: sql/migrate: connected database is not clean: "
            "found table \"a\"");
}

// A history that others wrote, with rebuilds that carry data: what we execute is what the files
// say.
TEST_F(ExecutorTest, AppliesARealHistory) {
  const char* shared = std::getenv("RHUMB_SHARED");
  const std::filesystem::path root =
      shared != nullptr ? shared : std::string(RHUMB_SOURCE_DIR) + "/../shared";
  const std::filesystem::path folder = root / "data/authelia/sqlite";
  if (!std::filesystem::exists(folder)) {
    GTEST_SKIP() << "no real histories at " << folder;
  }
  std::map<std::string, std::string> texts;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename();
    if (name.ends_with(".up.sql")) {
      std::ifstream file(entry.path());
      const std::string text{std::istreambuf_iterator<char>(file), {}};
      // A function that only their program brings along.
      texts[name.substr(0, 5) + "_x.sql"] = replace_all(text, "BIN2B64(", "hex(");
    }
  }
  const auto plain = driver::sqlite::must_open(":memory:");
  for (const auto& [name, text] : texts) {
    put(name, text);
    driver::must_run(*plain, text);
  }
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(rows("SELECT count(*), sum(applied = total) FROM atlas_schema_revisions"),
            fmt::format("{0}|{0}\n", texts.size()));
  const std::string schema =
      "SELECT type, name, sql FROM sqlite_master WHERE tbl_name <> 'atlas_schema_revisions' ORDER "
      "BY "
      "type, name";
  EXPECT_EQ(rows(schema), driver::rows_of(*plain, schema));
}

}  // namespace
}  // namespace rhumb::migrate
