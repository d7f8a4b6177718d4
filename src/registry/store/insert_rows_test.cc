#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "registry/store/store.h"
#include "registry/store/test_store.h"

namespace rhumb::registry {
namespace {

class InsertRowsTest : public ::testing::TestWithParam<int> {};

TEST_P(InsertRowsTest, EachRowIsThereOnceAndInItsPlace) {
  TestStore store;
  std::vector<Params> rows;
  for (int i = 0; i < GetParam(); ++i) {
    rows.push_back({std::to_string(i), i * 10});
  }
  ASSERT_TRUE(store->write(
      [&rows](Session& session) { return session.insert_rows({"jobs (name, next_at)"}, rows); }));
  const Result<Rows> stored = read_value<Rows>(*store, [](Session& session) {
    return session.query("SELECT name, next_at FROM jobs ORDER BY next_at");
  });
  ASSERT_TRUE(stored);
  EXPECT_EQ(*stored, rows);
}

INSTANTIATE_TEST_SUITE_P(NumbersOfRows,
                         InsertRowsTest,
                         ::testing::Values(0, 1, 3, 4, 5, 20, 37, 64, 150));

/// What only one engine could trip over: quotes and braces, any bytes, NULL here and throughout.
TEST(InsertRows, ValuesOfAnyKindAreWhatTheyWere) {
  constexpr std::string_view kColumns =
      "event_id, position, name, body, started_at, ended_at, skipped, applied, checks, error_stmt";
  const Blob any_bytes{std::string("\0\xFF\\{}\"", 6)};
  const Value none;
  const std::vector<Params> odd = {
      {1, 1, "plain", any_bytes, -1, none, 0, 0, "a", none},
      {1, 2, "quo'ted\" {b,\\} NULL", Blob{""}, none, none, 0, 0, "\n\u00e9\U0001F600", none},
      {1, 3, "", Blob{"NULL"}, INT64_MAX, none, 0, 0, none, none}};
  std::vector<Params> rows;
  while (rows.size() < 9) {  // as many as an engine may take in another way
    rows.push_back(odd[rows.size() % odd.size()]);
    rows.back()[1] = static_cast<int64_t>(rows.size());
  }
  TestStore store;
  ASSERT_TRUE(store->write([&](Session& session) {
    return session.insert_rows({fmt::format("event_files ({})", kColumns)}, rows);
  }));
  const Result<Rows> stored = read_value<Rows>(*store, [&](Session& session) {
    return session.query(fmt::format("SELECT {} FROM event_files ORDER BY position", kColumns));
  });
  ASSERT_TRUE(stored);
  EXPECT_EQ(*stored, rows);
}

/// A number among texts, as no statement of ours has it.
TEST(InsertRows, ColumnsMayMixWhatTheyAreGiven) {
  TestStore store;
  ASSERT_TRUE(store->write([](Session& session) {
    return session.insert_rows(
        {"jobs (name, next_at)"},
        std::vector<Params>{{"a", 1}, {2, 2}, {"c", 3}, {4, 4}, {"e", 5}, {6, 6}, {"g", 7}});
  }));
  EXPECT_EQ(store.scalar("SELECT count(*) FROM jobs WHERE name IN ('a', '2')").number(), 2);
  EXPECT_EQ(store.scalar("SELECT count(*) FROM jobs").number(), 7);
}

}  // namespace
}  // namespace rhumb::registry
