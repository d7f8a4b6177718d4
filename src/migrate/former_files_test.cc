#include "migrate/former_files.h"

#include <gtest/gtest.h>

namespace rhumb::migrate {
namespace {

class FormerFilesTest : public ::testing::Test {
 protected:
  FormerFilesTest() {
    put("1_a.sql");
    put("3_c.sql");
  }
  void put(const std::string& name) {
    ASSERT_TRUE(directory_.write(name, "SELECT 1;\n"));
    ASSERT_TRUE(rehash(directory_));
  }
  static Revision row(const std::string& version, const std::string& hash) {
    return {.version = version, .hash = hash};
  }
  /// The names of the completed directory, or why there is none.
  std::string complete(const std::vector<FormerFile>& former) {
    const DirectoryFiles files = load_files(directory_).value();
    const auto completed = complete_directory(
        directory_, files, {row("1", "x"), row("2", "h2"), row("3", "x")}, former);
    if (!completed) {
      return completed.error().message();
    }
    if (!*completed) {
      return "nothing";
    }
    std::string names;
    for (const File& file : (*completed)->files.files) {
      names += file.name() + " ";
    }
    EXPECT_FALSE(verify(*(*completed)->directory, (*completed)->files).value());
    return names;
  }

  MemoryDirectory directory_{"mem://d", Format::kAtlas};
};

TEST_F(FormerFilesTest, AddsWhatTheHistoryHasAndTheDirectoryLacks) {
  EXPECT_EQ(complete({{"2_b.sql", "2", "h2", "SELECT 2;\n"}}), "1_a.sql 2_b.sql 3_c.sql ");
}

TEST_F(FormerFilesTest, AddsNothingElse) {
  struct Case {
    const char* name;
    std::vector<FormerFile> former;
  };
  const Case cases[] = {
      {"no file", {}},
      {"another hash", {{"2_b.sql", "2", "other", "x"}}},
      {"no hash", {{"2_b.sql", "2", "", "x"}}},
      {"not in the history", {{"4_d.sql", "4", "h4", "x"}}},
      {"in the directory", {{"1_b.sql", "1", "x", "x"}}},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(complete(c.former), "nothing") << c.name;
  }
}

TEST_F(FormerFilesTest, NamesThatLeaveTheDirectoryAreRefused) {
  EXPECT_NE(complete({{"../2_b.sql", "2", "h2", "x"}}).find("is not allowed"), std::string::npos);
}

}  // namespace
}  // namespace rhumb::migrate
