#include "registry/store/insert_rows.h"

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
      [&rows](Session& session) { return insert_rows(session, {"jobs (name, next_at)"}, rows); }));
  const Result<Rows> stored = read_value<Rows>(*store, [](Session& session) {
    return session.query("SELECT name, next_at FROM jobs ORDER BY next_at");
  });
  ASSERT_TRUE(stored);
  EXPECT_EQ(*stored, rows);
}

INSTANTIATE_TEST_SUITE_P(NumbersOfRows,
                         InsertRowsTest,
                         ::testing::Values(0, 1, 3, 4, 5, 20, 37, 64, 150));

}  // namespace
}  // namespace rhumb::registry
