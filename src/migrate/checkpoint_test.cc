#include "migrate/checkpoint.h"

#include <gtest/gtest.h>

#include "driver/test_support.h"
#include "migrate/memory_directory.h"

namespace rhumb::migrate {
namespace {

class CheckpointTest : public testing::Test {
 protected:
  CheckpointTest() : directory_("mem://test", Format::kAtlas) {
    put("1_a.sql", "CREATE TABLE a (id int);");
    put("2_checkpoint.sql", "-- atlas:checkpoint v1\n\nCREATE TABLE a (id int);");
    put("3_checkpoint.sql", "-- atlas:checkpoint\n\nCREATE TABLE a (id int);");
  }

  void put(const std::string& name, const std::string& text) {
    ASSERT_TRUE(directory_.write(name, text).has_value());
  }

  std::string check(const std::optional<std::string>& tag, Format format = Format::kAtlas) {
    return driver::error_of(check_checkpoint(format, load_files(directory_).value(), tag));
  }

  MemoryDirectory directory_;
};

TEST_F(CheckpointTest, TakesTagsThatADirectiveCanCarry) {
  for (const char* tag : {"v2", "V1", "2.0.1-rc.1", "release/7", "\xC3\xA4", "a:b"}) {
    EXPECT_EQ(check(tag), "") << tag;
  }
  EXPECT_EQ(check(std::nullopt), "");
  const std::string rule = " must be a word: without blanks, control characters and \"atlas:\"";
  EXPECT_EQ(check(""), "checkpoint tag \"\"" + rule);
  EXPECT_EQ(check("a b"), "checkpoint tag \"a b\"" + rule);
  EXPECT_EQ(check("a\n"), "checkpoint tag \"a\\n\"" + rule);
  EXPECT_EQ(check("x-atlas:sum"), "checkpoint tag \"x-atlas:sum\"" + rule);
}

TEST_F(CheckpointTest, RefusesATagThatIsTaken) {
  EXPECT_EQ(check("v1"), "checkpoint tag \"v1\" is that of \"2_checkpoint.sql\" already");
}

TEST_F(CheckpointTest, IsForAtlasDirectories) {
  EXPECT_EQ(check({}, Format::kGoose), "checkpoint is not supported by goose");
  EXPECT_EQ(check("a b", Format::kGolangMigrate), "checkpoint is not supported by golang-migrate");
}

TEST_F(CheckpointTest, IsFoundByItsTag) {
  const std::vector<File> files = load_files(directory_)->files;
  EXPECT_EQ(find_checkpoint(files, "v1").value_or(0), 1U);
  EXPECT_EQ(driver::error_of(find_checkpoint(files, "v2")),
            "no checkpoint file has the tag \"v2\"; the tags of the directory: \"v1\"");
  EXPECT_EQ(driver::error_of(find_checkpoint({files[0]}, "")),
            "no checkpoint file has the tag \"\"; the tags of the directory: none");
}

}  // namespace
}  // namespace rhumb::migrate
