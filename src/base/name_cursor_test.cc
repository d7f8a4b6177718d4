#include "base/name_cursor.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rhumb {
namespace {

struct Part {
  std::string name;
};

TEST(NameCursor, FindsInAnyOrder) {
  const std::vector<Part> parts = {{"a"}, {"b"}, {"c"}};
  NameCursor<const Part, &Part::name> cursor(parts);
  for (const char* name : {"a", "b", "c", "a", "c", "b", "b", "a"}) {
    const Part* found = cursor.find(name);
    ASSERT_NE(found, nullptr) << name;
    EXPECT_EQ(found->name, name);
  }
  EXPECT_EQ(cursor.find(""), nullptr);
  EXPECT_EQ(cursor.find("d"), nullptr);
  EXPECT_EQ(cursor.find("b"), &parts[1]);
}

TEST(NameCursor, EmptyHasNone) {
  std::vector<Part> none;
  EXPECT_EQ((NameCursor<Part, &Part::name>(none).find("a")), nullptr);
}

}  // namespace
}  // namespace rhumb
