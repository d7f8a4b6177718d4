#include "driver/statement_target.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace rhumb::driver {
namespace {

std::string describe(const std::optional<StatementTarget>& target) {
  if (!target) {
    return "none";
  }
  return fmt::format("{} {} {}|{}|{} {} {}{}{}", target->verb, target->kind, target->name,
                     target->new_name, target->part_verb, target->part_kind, target->part,
                     target->conditional ? " if" : "", target->several ? " several" : "");
}

struct Case {
  const char* statement;
  const char* want;
};

TEST(StatementTarget, NamesTheOneObject) {
  const Case cases[] = {
      {"CREATE TABLE t (id int);", "create table t||  "},
      {"create temp table if not exists main.\"a \"\"b\" (x)", "create table a \"b||   if"},
      {"-- c\n/* d */ CREATE UNIQUE INDEX `i` ON t (a)", "create index i||  "},
      {"DROP VIEW IF EXISTS [v w]", "drop view v w||   if"},
      {"DROP TABLE a, b", "drop table a||   several"},
      {"ALTER TABLE t RENAME TO u", "rename table t|u|  "},
      {"ALTER TABLE t RENAME COLUMN a TO b", "alter table t|b|rename column a"},
      {"ALTER TABLE t ADD COLUMN c int DEFAULT (max(1, 2))", "alter table t||add column c"},
      {"ALTER TABLE t ADD c int, ADD d int", "alter table t||add column c several"},
      {"ALTER TABLE t DROP CONSTRAINT k", "alter table t||drop constraint k"},
      {"RENAME TABLE a TO b", "rename table a|b|  "},
      {"INSERT INTO t VALUES (1)", "none"},
      {"CREATE", "none"},
      {"CREATE TABLE", "none"},
      {"ALTER TABLE t RENAME COLUMN a", "none"},
      {"", "none"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(describe(parse_statement_target(c.statement)), c.want) << c.statement;
  }
}

TEST(StatementTarget, ReadsLeadingWords) {
  EXPECT_EQ(leading_words("/* x */ begin\nimmediate;", 2),
            (std::vector<std::string>{"BEGIN", "IMMEDIATE"}));
  EXPECT_EQ(leading_words("-- only", 1), std::vector<std::string>{});
  EXPECT_EQ(leading_words(";", 1), std::vector<std::string>{";"});
}

TEST(StatementTarget, CountsStatements) {
  EXPECT_FALSE(has_several_statements("SELECT ';'; -- ;"));
  EXPECT_FALSE(has_several_statements("SELECT 1"));
  EXPECT_TRUE(has_several_statements("CREATE TABLE a (x); VACUUM"));
  EXPECT_FALSE(has_several_statements("CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END;"));
}

}  // namespace
}  // namespace rhumb::driver
