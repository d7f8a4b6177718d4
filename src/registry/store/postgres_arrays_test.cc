#include "registry/store/postgres_arrays.h"

#include <gtest/gtest.h>

#include <vector>

namespace rhumb::registry {
namespace {

/// As often as it takes to be worth an array.
std::vector<Params> many(const Params& row) {
  return std::vector<Params>(6, row);
}

/// The same with another row at the end.
std::vector<Params> many_and(const Params& row, const Params& last) {
  std::vector<Params> rows = many(row);
  rows.push_back(last);
  return rows;
}

TEST(PostgresArrays, ColumnsAreOfWhatTheirValuesAre) {
  const std::optional<RowArrays> arrays =
      to_arrays(many_and({1, nullptr, "a", nullptr}, {nullptr, Blob{"x"}, "b", nullptr}));
  ASSERT_TRUE(arrays);
  EXPECT_EQ(arrays->types, (std::vector<std::string_view>{"bigint[]", "bytea[]", "text[]", ""}));
  EXPECT_EQ(arrays->values.size(), 3U);
}

TEST(PostgresArrays, MixedColumnsAreNone) {
  EXPECT_FALSE(to_arrays(many_and({1}, {"1"})));
  EXPECT_FALSE(to_arrays(many_and({"a"}, {Blob{"a"}})));
}

TEST(PostgresArrays, FewRowsAreNone) {
  EXPECT_FALSE(to_arrays({}));
  EXPECT_FALSE(to_arrays(std::vector<Params>(5, {1})));
  EXPECT_TRUE(to_arrays(many({1})));
}

TEST(PostgresArrays, Statements) {
  const std::optional<RowArrays> arrays = to_arrays(many({1, nullptr, "a"}));
  ASSERT_TRUE(arrays);
  EXPECT_EQ(insert_sql({"t (a, b, c)", "ON CONFLICT DO NOTHING"}, *arrays),
            "INSERT INTO t (a, b, c) SELECT c1, NULL, c2 FROM unnest((SELECT CAST($1 AS "
            "bigint[])), (SELECT CAST($2 AS text[]))) AS given(c1, c2) ON CONFLICT DO NOTHING");
  EXPECT_FALSE(question_sql("SELECT 1", *arrays)) << "which type has NULL?";
}

TEST(PostgresArrays, WhatManyRowsHaveInCommonIsSentOnce) {
  std::vector<Params> rows(64, {1, nullptr, "a", Blob{"x"}, "b"});
  rows.back()[4] = nullptr;
  const std::optional<RowArrays> arrays = to_insert_arrays(rows);
  ASSERT_TRUE(arrays);
  EXPECT_EQ(arrays->types,
            (std::vector<std::string_view>{"bigint[]", "", "text", "bytea", "text[]"}));
  EXPECT_EQ(arrays->values.size(), 4U);
  EXPECT_EQ(arrays->values[1], driver::Value("a"));
  EXPECT_EQ(
      insert_sql({"t (a, b, c, d, e)"}, *arrays),
      "INSERT INTO t (a, b, c, d, e) SELECT c1, NULL, CAST($2 AS text), CAST($3 AS bytea), c4 "
      "FROM unnest((SELECT CAST($1 AS bigint[])), (SELECT CAST($4 AS text[]))) AS given(c1, "
      "c4)");
  rows.pop_back();
  EXPECT_EQ(to_insert_arrays(rows)->types,
            (std::vector<std::string_view>{"bigint[]", "", "text[]", "bytea[]", "text[]"}));
}

TEST(PostgresArrays, QuestionsAreAskedForEachRow) {
  const std::optional<RowArrays> arrays = to_arrays(many_and({1, "a"}, {2, "b"}));
  ASSERT_TRUE(arrays);
  EXPECT_EQ(
      question_sql("SELECT x FROM t WHERE a = $1 AND b = $2 AND c <> $1", *arrays),
      "SELECT asked.number, answer.* FROM unnest((SELECT CAST($1 AS bigint[])), (SELECT CAST($2 "
      "AS text[]))) WITH ORDINALITY AS asked(c1, c2, number) CROSS JOIN LATERAL (SELECT x FROM t "
      "WHERE a "
      "= asked.c1 AND b = asked.c2 AND c <> asked.c1 OFFSET 0) AS answer");
}

}  // namespace
}  // namespace rhumb::registry
