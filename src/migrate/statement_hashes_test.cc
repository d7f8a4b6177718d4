#include "migrate/statement_hashes.h"

#include <gtest/gtest.h>

namespace rhumb::migrate {
namespace {

FileStatements statements_of(const std::vector<std::string>& texts) {
  std::string script;
  for (const std::string& text : texts) {
    script += text + "\n";
  }
  return FileStatements::create(script, sql::Dialect::kSqlite).value();
}

std::vector<std::string> hashes_of(const std::vector<std::string>& texts) {
  return exact_hashes(statements_of(texts), texts.size());
}

TEST(StatementHashes, AreThoseOfTheSpecification) {
  EXPECT_EQ(hashes_of({"CREATE TABLE a (id int);", "INSERT INTO a VALUES (1);"}),
            (std::vector<std::string>{"h1:Fo9K92y+zoKkGFxsVzZuB4g8bkFV8lzihVkBjZlDO4E=",
                                      "h1:J60a0JCqsmYwmpz4mMcCZ/e45GD0WMY98eQC/dVmy8Q="}));
}

TEST(StatementHashes, RowsOfLongFilesStaySmall) {
  StatementHashes hashes;
  for (size_t i = 0; i < kExactHashesMax; ++i) {
    hashes.add("SELECT 1;");
  }
  EXPECT_EQ(hashes.compact(), hashes_of(std::vector<std::string>(kExactHashesMax, "SELECT 1;")));
  hashes.add("SELECT 2;");
  hashes.add("SELECT 3;");
  ASSERT_EQ(hashes.compact().size(), kExactHashesMax + 1);
  EXPECT_EQ(hashes.compact().back(), "h1:");
  EXPECT_EQ(hashes.size(), kExactHashesMax + 2);
}

struct Case {
  const char* name;
  std::vector<std::string> stored;  // statements the row's hashes are of
  int64_t applied;
  std::vector<std::string> now;
  const char* error;
};

TEST(CheckHistory, FindsTheFirstChange) {
  const Case cases[] = {
      {"same", {"a;", "b;"}, 2, {"a;", "b;", "c;"}, ""},
      {"nothing applied", {}, 0, {"x;"}, ""},
      {"second changed", {"a;", "b;"}, 2, {"a;", "B;"}, "2"},
      {"first changed", {"a;", "b;"}, 2, {"A;", "b;"}, "1"},
      {"changed behind", {"a;"}, 1, {"a;", "z;"}, ""},
      {"file is shorter", {"a;", "b;"}, 2, {"a;"}, "2"},
      {"fewer hashes than applied", {"a;"}, 2, {"a;", "b;"}, "2"},
      {"no hashes", {}, 1, {"a;"}, "1"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const Revision row{.applied = c.applied, .partial_hashes = hashes_of(c.stored)};
    const auto checked = check_history(row, statements_of(c.now), "1_a.sql", "");
    if (*c.error == '\0') {
      ASSERT_TRUE(checked.has_value()) << checked.error().message();
      EXPECT_EQ(checked->size(), static_cast<size_t>(c.applied));
    } else {
      ASSERT_FALSE(checked.has_value());
      EXPECT_EQ(checked.error().message(), "sql/migrate: history changed: statement " +
                                               std::string(c.error) +
                                               " from file \"1_a.sql\" changed");
    }
  }
}

TEST(CheckHistory, TakesTheLastHashOfALongFileFromItsIntent) {
  std::vector<std::string> texts;
  StatementHashes stored;
  for (int i = 0; i < 70; ++i) {
    texts.push_back("SELECT " + std::to_string(i) + ";");
    stored.add(texts.back());
  }
  const Revision row{.applied = 70, .partial_hashes = stored.compact()};
  EXPECT_TRUE(check_history(row, statements_of(texts), "f", stored.last()).has_value());
  EXPECT_FALSE(check_history(row, statements_of(texts), "f", "h1:x").has_value());
  texts[66] = "SELECT 'changed';";
  EXPECT_FALSE(check_history(row, statements_of(texts), "f", stored.last()).has_value())
      << "a running hash covers what is not stored";
}

}  // namespace
}  // namespace rhumb::migrate
