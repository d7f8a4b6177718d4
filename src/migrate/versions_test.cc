#include "migrate/versions.h"

#include <gtest/gtest.h>

#include "migrate/memory_directory.h"

namespace rhumb::migrate {
namespace {

TEST(Versions, StartsAReplayAtTheLastCheckpoint) {
  MemoryDirectory directory("mem://d", Format::kAtlas);
  EXPECT_EQ(replay_start(load_files(directory)->files), 0U);
  ASSERT_TRUE(directory.write("1.sql", "SELECT 1;"));
  EXPECT_EQ(replay_start(load_files(directory)->files), 0U);
  ASSERT_TRUE(directory.write("2_c.sql", "-- atlas:checkpoint\n\n"));
  ASSERT_TRUE(directory.write("3_c.sql", "-- atlas:checkpoint v3\n\n"));
  ASSERT_TRUE(directory.write("4.sql", "SELECT 1;"));
  EXPECT_EQ(replay_start(load_files(directory)->files), 2U);
}

TEST(Versions, FindsAVersionOrNamesOneThatIsNear) {
  MemoryDirectory directory("mem://d", Format::kAtlas);
  for (const char* name : {"1_a.sql", "20240101000000_c.sql", "3_b.sql", "_x.sql"}) {
    ASSERT_TRUE(directory.write(name, ""));
  }
  const auto loaded = load_files(directory);
  struct Case {
    std::string version;
    std::string hint;
  };
  const std::vector<Case> cases = {
      {"x", ""},
      {"20240101", ". Did you mean \"20240101000000\"?"},
      {"2024010100000", ". Did you mean \"1\"?"},
      {"20240101000000_c", ". Did you mean \"20240101000000\"?"},
      {"x1", ". Did you mean \"1\"?"},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.version);
    const auto found = find_version(loaded->files, test.version);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().message(),
              "sql/migrate: migration with version \"" + test.version + "\" not found" + test.hint);
  }
  EXPECT_EQ(*find_version(loaded->files, "3"), 2U);
  EXPECT_EQ(*find_file(loaded->files, "1_a.sql"), 0U);
}

}  // namespace
}  // namespace rhumb::migrate
