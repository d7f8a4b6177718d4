#include "migrate/file_header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rhumb::migrate {
namespace {

using testing::IsEmpty;

TEST(FileHeader, TakesTheBlockAtTheTop) {
  struct Case {
    std::string name;
    std::string text;
    size_t count;
  };
  const std::vector<Case> cases = {
      {"empty line", "-- atlas:txmode none\n\nSELECT 1;", 1},
      {"blank line", "-- atlas:txmode none\n \t\nSELECT 1;", 1},
      {"CR-LF", "-- atlas:txmode none\r\n\r\nSELECT 1;", 1},
      {"end of file", "-- atlas:txmode none\n", 1},
      {"end without newline", "-- atlas:txmode none", 1},
      {"byte order mark", "\xEF\xBB\xBF-- atlas:txmode none\n\n", 1},
      {"two and words", "# words\n-- atlas:txmode none\n--atlas:nolint\n\n", 2},
      {"statement follows", "-- atlas:txmode none\nSELECT 1;", 0},
      {"indented", " -- atlas:txmode none\n\n", 0},
      {"empty line before", "\n-- atlas:txmode none\n\n", 0},
      {"nothing", "", 0},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.name);
    EXPECT_EQ(read_header(test.text, Format::kAtlas).directives.size(), test.count);
    EXPECT_THAT(read_header(test.text, Format::kGolangMigrate).directives, IsEmpty());
  }
}

TEST(FileHeader, ReadsSumIgnoreFromTheFirstLineOnly) {
  EXPECT_TRUE(read_header("-- atlas:sum ignore\nSELECT 1;", Format::kAtlas).is_sum_ignored);
  EXPECT_TRUE(read_header("any text atlas:sum ignore\r\n", Format::kFlyway).is_sum_ignored);
  EXPECT_TRUE(read_header("\xEF\xBB\xBF-- atlas:sum ignore", Format::kAtlas).is_sum_ignored);
  EXPECT_FALSE(read_header("\n-- atlas:sum ignore\n", Format::kAtlas).is_sum_ignored);
  EXPECT_FALSE(read_header("-- atlas:sum ignored\n", Format::kAtlas).is_sum_ignored);
  EXPECT_FALSE(read_header("-- atlas:sum\n", Format::kAtlas).is_sum_ignored);
}

TEST(FileHeader, KnowsWhenAPartHoldsTheWholeHeader) {
  EXPECT_TRUE(covers_header("SELECT 1;\n"));
  EXPECT_TRUE(covers_header("-- a\n\n"));
  EXPECT_FALSE(covers_header("-- a\n"));
  EXPECT_FALSE(covers_header("SELECT 1"));
  EXPECT_FALSE(covers_header(""));
}

}  // namespace
}  // namespace rhumb::migrate
