#include "migrate/file_statements.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "migrate/memory_directory.h"
#include "migrate/txtar.h"

namespace rhumb::migrate {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

FileContent content(std::string name, Format format, std::string bytes) {
  FileHeader header = read_header(bytes, format);
  return {.name = std::move(name),
          .format = format,
          .bytes = std::move(bytes),
          .directives = std::move(header.directives)};
}

std::vector<std::string> texts(const FileStatements& split) {
  std::vector<std::string> all;
  StatementReader reader = split.read();
  while (const auto statement = reader.next()) {
    all.emplace_back(statement->text);
  }
  return all;
}

std::vector<std::string> split_up(Format format, const std::string& bytes) {
  const auto split = split_file(content("1_a.sql", format, bytes), sql::Dialect::kSqlite);
  if (!split) {
    return {"error: " + split.error().message()};
  }
  return texts(*split);
}

TEST(FileStatements, TakesTheUpPartOfGooseFiles) {
  struct Case {
    std::string name;
    std::string bytes;
    std::vector<std::string> want;
  };
  const std::vector<Case> cases = {
      {"plain",
       "-- +goose Up\n-- first\nCREATE TABLE a (id int);\nCREATE TABLE b (\n id int\n);\n\n"
       "-- +goose Down\nDROP TABLE a;\n",
       {"CREATE TABLE a (id int);", "CREATE TABLE b (\n id int\n);"}},
      {"block",
       "-- +goose Up\n-- +goose StatementBegin\nCREATE TRIGGER t BEGIN\n DELETE FROM a;\nEND;\n"
       "-- +goose StatementEnd\nSELECT 1;\n",
       {"CREATE TRIGGER t BEGIN\n DELETE FROM a;\nEND;", "SELECT 1;"}},
      {"two on a line",
       "-- +goose Up\nSELECT 1; SELECT 2;\nSELECT 3;\n",
       {"SELECT 1; SELECT 2;", "SELECT 3;"}},
      {"no semicolon at the end", "-- +goose Up\nSELECT 1;\nSELECT 2", {"SELECT 1;", "SELECT 2"}},
      {"semicolon at the end of the file", "-- +goose Up\nSELECT 1;", {"SELECT 1;"}},
      {"no marker", "SELECT 1; SELECT 2;", {"SELECT 1;", "SELECT 2;"}},
      {"byte order mark", "\xEF\xBB\xBF-- +goose Up\nSELECT 1;\n", {"SELECT 1;"}},
      {"CR-LF", "-- +goose Up\r\nSELECT 1;\r\nSELECT 2;\r\n", {"SELECT 1;", "SELECT 2;"}},
      {"words in text",
       "-- +goose Up\nINSERT INTO a VALUES ('Down');\nSELECT 'StatementEnd';\n",
       {"INSERT INTO a VALUES ('Down');", "SELECT 'StatementEnd';"}},
      {"remark of goose", "-- +goose NO TRANSACTION\n-- +goose Up\nVACUUM;\n", {"VACUUM;"}},
      {"comment ends in semicolon",
       "-- +goose Up\nSELECT 1\n-- note;\n+ 2;\n",
       {"SELECT 1\n-- note;\n+ 2;"}},
      {"only down", "-- +goose Up\n-- +goose Down\nDROP TABLE a;\n", {}},
      {"error in down", "-- +goose Up\nSELECT 1;\n-- +goose Down\n-- +goose Up\n", {"SELECT 1;"}},
      {"block before up",
       "-- +goose StatementBegin\n",
       {"error: sql/migrate: goose: 1_a.sql:1 unexpected goosePragma 'StatementBegin'"}},
      {"up in block",
       "-- +goose Up\n-- +goose StatementBegin\nx;\n-- +goose Up\n",
       {"error: sql/migrate: goose: 1_a.sql:4 unexpected goosePragma 'Up'"}},
      {"end without block",
       "-- +goose Up\n-- +goose StatementEnd\n",
       {"error: sql/migrate: goose: 1_a.sql:2 unexpected goosePragma 'StatementEnd'"}},
      {"down in block",
       "-- +goose Up\n-- +goose StatementBegin\n-- +goose Down\n",
       {"error: sql/migrate: goose: 1_a.sql:3 unexpected goosePragma 'Down'"}},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.name);
    EXPECT_EQ(split_up(Format::kGoose, test.bytes), test.want);
  }
}

TEST(FileStatements, CountsGoosePositionsInTheFile) {
  const std::string bytes = "-- +goose Up\n-- c\nSELECT 1;\n-- +goose StatementBegin\nSELECT 2;\n";
  const auto split = split_file(content("1.sql", Format::kGoose, bytes), sql::Dialect::kSqlite);
  ASSERT_TRUE(split);
  ASSERT_EQ(split->size(), 2U);
  StatementCursor statements(*split);
  EXPECT_EQ(statements.at(1).offset, bytes.find("SELECT 1"));
  EXPECT_THAT(statements.at(1).comments, ElementsAre("-- c\n"));
  EXPECT_EQ(statements.at(2).offset, bytes.find("SELECT 2"));
  EXPECT_EQ(statements.at(1).offset, bytes.find("SELECT 1")) << "one that lies behind";
}

TEST(FileStatements, TellsStatementsThatEndATransaction) {
  const auto controls = [](const std::string& script) {
    return FileStatements::create(script, sql::Dialect::kSqlite)->controls_transactions();
  };
  EXPECT_FALSE(controls("CREATE TABLE begins (id int); INSERT INTO begins VALUES (1);"));
  EXPECT_TRUE(controls("INSERT INTO t VALUES (1); commit; BEGIN;"));
  EXPECT_FALSE(controls("-- COMMIT\n"));
}

TEST(FileStatements, TakesTheUpPartOfDbmateFiles) {
  EXPECT_THAT(
      split_up(Format::kDbmate, "x;\n-- migrate:up\nSELECT 1; SELECT 2;\n-- migrate:down\ny;"),
      ElementsAre("SELECT 1;", "SELECT 2;"));
  EXPECT_THAT(split_up(Format::kDbmate,
                       "-- migrate:up transaction:false\r\nALTER TABLE t ADD countdown int;\r\n"),
              ElementsAre("ALTER TABLE t ADD countdown int;"));
  EXPECT_THAT(split_up(Format::kDbmate, "SELECT 1;\n"), IsEmpty());
  EXPECT_THAT(split_up(Format::kDbmate, "-- migrate:upper\nSELECT 1;\n"), IsEmpty());
}

TEST(FileStatements, KnowsFilesOutsideOfTransactions) {
  const auto refuses = [](Format format, std::string bytes) {
    return refuses_transaction(content("1.sql", format, std::move(bytes)));
  };
  EXPECT_TRUE(refuses(Format::kGoose, "-- +goose NO TRANSACTION\n-- +goose Up\n"));
  EXPECT_TRUE(refuses(Format::kGoose, "-- +goose Up\n-- +goose NO TRANSACTION\n"));
  EXPECT_FALSE(refuses(Format::kGoose, "-- +goose Up\n-- NO TRANSACTION\n"));
  EXPECT_TRUE(refuses(Format::kDbmate, "-- migrate:up transaction:false\n"));
  EXPECT_FALSE(refuses(Format::kDbmate, "-- migrate:up\n-- migrate:down transaction:false\n"));
  EXPECT_FALSE(refuses(Format::kAtlas, "-- +goose NO TRANSACTION\n"));
}

TEST(FileStatements, FindsWhatUndoesAFile) {
  MemoryDirectory golang("mem://d", Format::kGolangMigrate);
  ASSERT_TRUE(golang.write("1_a.down.sql", "DROP TABLE a;\n"));
  const auto written =
      split_down(golang, content("1_a.up.sql", Format::kGolangMigrate, ""), sql::Dialect::kSqlite);
  ASSERT_TRUE(written);
  EXPECT_THAT(texts((*written)->statements), ElementsAre("DROP TABLE a;"));
  const auto missing =
      split_down(golang, content("2_b.up.sql", Format::kGolangMigrate, ""), sql::Dialect::kSqlite);
  ASSERT_TRUE(missing);
  EXPECT_FALSE(missing->has_value());

  EXPECT_EQ(down_file_name("sub/V2__b.sql", Format::kFlyway), "sub/U2__b.sql");
  EXPECT_EQ(down_file_name("R__b.sql", Format::kFlyway), std::nullopt);
  EXPECT_EQ(down_file_name("1.sql", Format::kAtlas), std::nullopt);

  const auto goose = split_down(
      golang, content("1.sql", Format::kGoose, "-- +goose Up\na;\n-- +goose Down\nb;\nc;\n"),
      sql::Dialect::kSqlite);
  ASSERT_TRUE(goose);
  EXPECT_THAT(texts((*goose)->statements), ElementsAre("b;", "c;"));
  const auto dbmate = split_down(golang, content("1.sql", Format::kDbmate, "-- migrate:up\na;\n"),
                                 sql::Dialect::kSqlite);
  ASSERT_TRUE(dbmate);
  EXPECT_FALSE(dbmate->has_value());
}

const std::string kChecked =
    "-- atlas:txtar\n\n"
    "-- checks.sql --\nSELECT 1;\n"
    "-- checks/extra.sql --\n-- atlas:assert oneof\n\nSELECT 2;\nSELECT 3;\n"
    "-- migration.sql --\nCREATE TABLE a (id int);\n"
    "-- down.sql --\nDROP TABLE a;\n";

TEST(FileStatements, SortsTheSectionsOfATxtarFile) {
  const FileContent file = content("1.sql", Format::kAtlas, kChecked);
  const auto split = split_file(file, sql::Dialect::kSqlite);
  ASSERT_TRUE(split);
  EXPECT_THAT(texts(*split), ElementsAre("CREATE TABLE a (id int);"));
  EXPECT_EQ(split->read().next()->offset, kChecked.find("CREATE"));

  const auto checks = split_checks(file, sql::Dialect::kSqlite);
  ASSERT_TRUE(checks);
  ASSERT_EQ(checks->size(), 2U);
  EXPECT_EQ((*checks)[0].name, "");
  EXPECT_FALSE((*checks)[0].is_one_of);
  EXPECT_EQ((*checks)[1].name, "extra");
  EXPECT_TRUE((*checks)[1].is_one_of);
  EXPECT_THAT(texts((*checks)[1].assertions), ElementsAre("SELECT 2;", "SELECT 3;"));

  const auto down =
      split_down(MemoryDirectory("mem://d", Format::kAtlas), file, sql::Dialect::kSqlite);
  ASSERT_TRUE(down);
  EXPECT_THAT(texts((*down)->statements), ElementsAre("DROP TABLE a;"));
}

TEST(Txtar, RefusesSectionsItDoesNotKnow) {
  struct Case {
    std::string name;
    std::string bytes;
    std::string want;
  };
  const std::vector<Case> cases = {
      {"other name", "-- x.sql --\n", "sql/migrate: unknown section \"x.sql\" in file \"1.sql\""},
      {"no name of a check", "-- checks/.sql --\n", "unknown section \"checks/.sql\""},
      {"twice", "-- migration.sql --\n-- migration.sql --\n",
       "sql/migrate: section \"migration.sql\" of file \"1.sql\" occurs twice"},
      {"no section", "-- atlas:txtar\n\nDROP TABLE t;\n", "sql/migrate: line 3 of file \"1.sql\""},
      {"before the first", "-- atlas:txtar\n# x\n \nDROP TABLE t;\n-- migration.sql --\n",
       "line 4 of file \"1.sql\" is in no section and would not be executed"},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.name);
    const auto sections = read_migration_sections(test.bytes, "1.sql");
    ASSERT_FALSE(sections);
    EXPECT_THAT(sections.error().message(), testing::HasSubstr(test.want));
  }
}

TEST(Txtar, TakesOnlyWholeMarkerLines) {
  EXPECT_THAT(split_txtar("-- a --"), testing::SizeIs(1));
  EXPECT_THAT(split_txtar("-- a --\r\nx"), testing::SizeIs(1));
  EXPECT_THAT(split_txtar(" -- a --\n-- a -- \n-- a\n--a --\n-- --\n--  --\n"), IsEmpty());
}

}  // namespace
}  // namespace rhumb::migrate
