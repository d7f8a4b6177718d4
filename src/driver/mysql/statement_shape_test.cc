#include "driver/mysql/statement_shape.h"

#include <gtest/gtest.h>

namespace rhumb::driver::mysql {
namespace {

constexpr sql::LexOptions kOptions{.dialect = sql::Dialect::kMysql};

// `kind name`, with ` proves`; `writes t`; or nothing.
std::string describe(std::string_view statement) {
  const StatementShape shape = read_statement(statement, kOptions);
  std::string text;
  if (shape.object) {
    text = shape.object->kind + " " + format_object_name(*shape.object);
    text += shape.proves ? " proves" : "";
  }
  if (shape.written) {
    text += "writes " + (shape.written->schema.empty() ? "" : shape.written->schema + ".") +
            shape.written->name;
  }
  return text;
}

TEST(MysqlStatementShape, NamesTheObjectThatProvesAStatement) {
  struct Case {
    const char* statement;
    const char* want;
  };
  const Case cases[] = {
      {"CREATE TABLE t (id int);", "table t proves"},
      {"create table `my``t` (id int)", "table `my``t` proves"},
      {"/* c */ CREATE TABLE s.t (id int) -- end", "table s.t proves"},
      {"CREATE TABLE t LIKE u", "table t proves"},
      {"CREATE TABLE t (id int) ENGINE=InnoDB", "table t proves"},
      {"CREATE TABLE t (id int) ENGINE=MyISAM", "table t"},
      {"CREATE TABLE t AS SELECT 1", "table t"},
      {"CREATE TABLE IF NOT EXISTS t (id int)", "table t"},
      {"CREATE OR REPLACE TABLE t (id int)", "table t"},
      {"CREATE TEMPORARY TABLE t (id int)", ""},
      {"DROP TABLE t", "table t proves"},
      {"DROP TABLE t CASCADE;", "table t proves"},
      {"DROP TABLE IF EXISTS t", "table t"},
      {"DROP TABLE a, b", ""},
      {"RENAME TABLE a TO b", "table b proves"},
      {"RENAME TABLE a TO b, c TO d", ""},
      {"CREATE UNIQUE INDEX i ON t (a)", "index t.i proves"},
      {"CREATE INDEX i USING BTREE ON s.t (a)", "index s.t.i proves"},
      {"CREATE INDEX IF NOT EXISTS i ON t (a)", "index t.i"},
      {"DROP INDEX i ON t", "index t.i proves"},
      {"ALTER TABLE t ADD COLUMN c int NOT NULL DEFAULT 0", "column t.c proves"},
      {"ALTER TABLE t ADD c enum('a','b')", "column t.c proves"},
      {"ALTER TABLE t ADD COLUMN IF NOT EXISTS c int", "column t.c"},
      {"ALTER TABLE t ADD COLUMN a int, ADD COLUMN b int", ""},
      {"ALTER TABLE t DROP COLUMN c", "column t.c proves"},
      {"ALTER TABLE t DROP c", "column t.c proves"},
      {"ALTER TABLE t ADD INDEX i (a)", "index t.i proves"},
      {"ALTER TABLE t ADD UNIQUE KEY i (a)", "index t.i proves"},
      {"ALTER TABLE t ADD UNIQUE (a)", ""},
      {"ALTER TABLE t ADD INDEX (a)", ""},
      {"ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES u (b)", "constraint t.k proves"},
      {"ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u (b)", ""},
      {"ALTER TABLE t DROP FOREIGN KEY k", "constraint t.k proves"},
      {"ALTER TABLE t ADD PRIMARY KEY (a)", ""},
      {"ALTER TABLE t DROP PRIMARY KEY", ""},
      {"ALTER TABLE t ADD PARTITION (PARTITION p VALUES LESS THAN (5))", ""},
      {"ALTER TABLE t DROP PARTITION p", ""},
      {"ALTER TABLE t ADD SYSTEM VERSIONING", ""},
      {"ALTER TABLE t MODIFY c bigint", ""},
      {"ALTER TABLE t RENAME COLUMN a TO b", "column t.b proves"},
      {"ALTER TABLE t RENAME INDEX a TO b", "index t.b proves"},
      {"ALTER TABLE t RENAME TO u", "table u proves"},
      {"CREATE VIEW v AS SELECT 1", "view v proves"},
      {"CREATE DEFINER=`a`@`%` SQL SECURITY INVOKER VIEW v AS SELECT 1", "view v proves"},
      {"CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW BEGIN SET @a = 1; SET @b = 2; END",
       "trigger g proves"},
      {"CREATE DEFINER = CURRENT_USER() PROCEDURE p() BEGIN SELECT 1; END", "procedure p proves"},
      {"CREATE AGGREGATE FUNCTION f RETURNS INTEGER SONAME 'x.so'", "function f"},
      {"CREATE TABLE a (id int); INSERT INTO a VALUES (1)", ""},
      {"/*!50003 CREATE TABLE t (id int) */", ""},
      {"CREATE DATABASE d", ""}};
  for (const Case& c : cases) {
    EXPECT_EQ(describe(c.statement), c.want) << c.statement;
  }
}

TEST(MysqlStatementShape, NamesTheOneTableThatDataIsWrittenTo) {
  struct Case {
    const char* statement;
    const char* want;
  };
  const Case cases[] = {{"INSERT INTO t VALUES (1, 'a;b');", "writes t"},
                        {"insert ignore s.t set a = 1", "writes s.t"},
                        {"INSERT DELAYED INTO t VALUES (1)", ""},
                        {"REPLACE INTO `t` SELECT * FROM u", "writes t"},
                        {"UPDATE t SET a = 1", "writes t"},
                        {"UPDATE t AS x SET x.a = 1", "writes t"},
                        {"UPDATE t, u SET t.a = u.a", ""},
                        {"UPDATE t JOIN u ON t.a = u.a SET t.b = 1", ""},
                        {"DELETE FROM t WHERE a = 1", "writes t"},
                        {"DELETE FROM t", "writes t"},
                        {"DELETE t FROM t JOIN u ON t.a = u.a", ""},
                        {"DELETE FROM t USING t JOIN u", ""},
                        {"INSERT INTO t VALUES (1); DELETE FROM u", ""},
                        {"SELECT 1", ""},
                        {"CALL p()", ""},
                        {"TRUNCATE t", ""},
                        {"", ""}};
  for (const Case& c : cases) {
    EXPECT_EQ(describe(c.statement), c.want) << c.statement;
  }
}

TEST(MysqlStatementShape, NamesReadBack) {
  const CatalogObject objects[] = {
      {.kind = "table", .name = "t"},
      {.kind = "table", .schema = "s", .name = "a.b"},
      {.kind = "column", .table = "t", .name = "c"},
      {.kind = "column", .schema = "s x", .table = "t`", .name = "größe"},
      {.kind = "index", .schema = "s", .table = "t", .name = "i"}};
  for (const CatalogObject& object : objects) {
    EXPECT_EQ(parse_object_name(object.kind, format_object_name(object)), object);
  }
  EXPECT_FALSE(parse_object_name("column", "c").has_value());
  EXPECT_FALSE(parse_object_name("table", "a.b.c").has_value());
  EXPECT_FALSE(parse_object_name("table", "").has_value());
  EXPECT_FALSE(parse_object_name("table", "a b").has_value());
}

}  // namespace
}  // namespace rhumb::driver::mysql
