#include "migrate/directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "migrate/local_directory.h"
#include "migrate/memory_directory.h"

namespace rhumb::migrate {
namespace {

using testing::ElementsAre;

/// A folder of its own for each test.
class LocalDirectoryTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    root_ = testing::TempDir() + "rhumb_dir_" + info->name() + std::to_string(getpid());
    std::filesystem::create_directories(root_);
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  void put(const std::string& name, std::string_view bytes) const {
    const std::filesystem::path path = root_ + "/" + name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
  }
  [[nodiscard]] std::unique_ptr<Directory> open(Format format = Format::kAtlas) const {
    auto opened = open_local_directory({.url = "file://" + root_, .path = root_, .format = format});
    EXPECT_TRUE(opened);
    return std::move(opened).value();
  }

  std::string root_;
};

TEST_F(LocalDirectoryTest, ListsSqlFilesOfTheTopLevel) {
  for (const char* name : {"1_a.sql", ".5_e.sql", "2_b.SQL", "3.sql.bak", "sub/4.sql", "sql"}) {
    put(name, "x");
  }
  EXPECT_THAT(open()->list().value(), ElementsAre(".5_e.sql", "1_a.sql"));
}

TEST_F(LocalDirectoryTest, WalksFlywayFoldersButNotHiddenOnes) {
  for (const char* name : {"V1__a.sql", "sub/V2__b.sql", ".hid/V3__c.sql", "R__v.sql"}) {
    put(name, "SELECT 1;\n");
  }
  EXPECT_THAT(open(Format::kFlyway)->list().value(),
              ElementsAre("V1__a.sql", "sub/V2__b.sql", "R__v.sql"));
}

TEST_F(LocalDirectoryTest, SaysWhatCanNotBeOpened) {
  put("file", "x");
  const auto missing = open_local_directory({.url = "", .path = "none"});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message(), "sql/migrate: stat none: no such file or directory");
  const auto file = open_local_directory({.url = "", .path = root_ + "/file"});
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().message(), "sql/migrate: \"" + root_ + "/file\" is not a dir");
}

TEST_F(LocalDirectoryTest, RefusesAFolderNamedLikeAFile) {
  std::filesystem::create_directories(root_ + "/9_x.sql");
  const auto sum = compute_sum(*open());
  ASSERT_FALSE(sum);
  EXPECT_EQ(sum.error().message(),
            "sql/migrate: read file \"9_x.sql\": read " + root_ + "/9_x.sql: is a directory");
}

TEST_F(LocalDirectoryTest, CreatesMissingFolders) {
  const std::string path = root_ + "/db/sql";
  const auto opened = open_local_directory({.url = "", .path = path, .is_created = true});
  ASSERT_TRUE(opened);
  ASSERT_TRUE((*opened)->write("1.sql", "SELECT 1;\n"));
  struct stat status{};
  ASSERT_EQ(stat((path + "/1.sql").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0644U & ~0022U);
  const auto refused = (*opened)->write("2_a/b.sql", "");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(), "open " + path + "/2_a/b.sql: no such file or directory");
}

TEST_F(LocalDirectoryTest, KeepsLinksAndModes) {
  put("real.sum", "old");
  std::filesystem::create_symlink("real.sum", root_ + "/atlas.sum");
  ASSERT_TRUE(rehash(*open()));
  EXPECT_TRUE(std::filesystem::is_symlink(root_ + "/atlas.sum"));
  EXPECT_EQ(open()->read("real.sum").value(), "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
  put("1.sql", "old");
  ASSERT_EQ(chmod((root_ + "/1.sql").c_str(), 0600), 0);
  ASSERT_TRUE(open()->write("1.sql", "new"));
  EXPECT_EQ(open()->read("1.sql").value(), "new");
  struct stat status{};
  ASSERT_EQ(stat((root_ + "/1.sql").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

// Values from the recorded behaviour of `migrate hash` on these bytes.
TEST_F(LocalDirectoryTest, HashesEveryByteAndName) {
  put("1_crlf.sql", "SELECT 1;\r\n");
  put("2_bom.sql", "\xEF\xBB\xBFSELECT 1;\n");
  put("3_empty.sql", "");
  put("4_binary.sql", std::string_view("\0\xFF\xFE", 3));
  put("5_no_newline.sql", "SELECT 1;");
  put("6_with space.sql", "SELECT 1;\n");
  put("7_größe.sql", "SELECT 1;\n");
  put("8_ignored.sql", "-- atlas:sum ignore\nSELECT 1;\n");
  put("9_not_ignored.sql", "\n-- atlas:sum ignore\nSELECT 1;\n");
  put("b_large.sql", std::string(200000, '\0'));
  const auto directory = open();
  ASSERT_TRUE(rehash(*directory));
  EXPECT_EQ(*directory->read_sum().value(),
            "h1:a6d3CCB1vlELzHmN5vJDL/SFBf8hXm4P6A+3FoF/7nQ=\n"
            "1_crlf.sql h1:wLcWbvfCBhQ+FJwIYPPOZSi8mz68utduK/tJM0Nzyuk=\n"
            "2_bom.sql h1:a9f6DkqA6WCbumX7bGdHamlEoL3NGY+vCxwCmu8FoDI=\n"
            "3_empty.sql h1:sQeOFyO8ay7MQm5HuPNEGuSaSpzfT9Tkdo9HGN4gfOA=\n"
            "4_binary.sql h1:PiprHuP30HNLUngEbfhTTbyW6vPEDpzGLt9GjW/FegU=\n"
            "5_no_newline.sql h1:NSMDNt9d7pZzHLk+HLmfsZBAvcNZG9ZJIAZBr1pYoQw=\n"
            "6_with space.sql h1:jYs/fzUevy8VPw0guot6zoOt8UDaoruuqEmqhv9Bm7o=\n"
            "7_größe.sql h1:AItx90Dl4qz6a8TOWFDn6SsY+CnDFcdGqpfkt5iHiVE=\n"
            "9_not_ignored.sql h1:mF/NL+pzgEXY3+JX4Ql/fP/ThccReLqwfrGzz4+ffK4=\n"
            "b_large.sql h1:NeEmg5X1f77s/Fn8e74ZCFpwgO2121HpETz11YhB8KY=\n");
  const auto loaded = load_files(*directory);
  ASSERT_TRUE(loaded);
  EXPECT_FALSE(*verify(*directory, *loaded));
  EXPECT_EQ(loaded->files[7].hash().error().message(),
            "sql/migrate: scanning checksum from \"8_ignored.sql\": checksum not found");
}

TEST(Directory, LoadsFactsAndReadsBytesLater) {
  MemoryDirectory directory("mem://d", Format::kAtlas);
  ASSERT_TRUE(directory.write("1_a.sql", "CREATE TABLE a (id int);\n"));
  ASSERT_TRUE(
      directory.write("2_c.sql", "-- atlas:checkpoint v2\n-- atlas:txmode none\n\nSELECT 1;\n"));
  ASSERT_TRUE(directory.write("README.md", "x"));
  const auto loaded = load_files(directory);
  ASSERT_TRUE(loaded);
  ASSERT_EQ(loaded->files.size(), 2U);
  EXPECT_FALSE(loaded->files[0].is_checkpoint());
  EXPECT_TRUE(loaded->files[1].is_checkpoint());
  EXPECT_EQ(loaded->files[1].tag(), "v2");
  EXPECT_EQ(loaded->files[1].version(), "2");
  const auto content = loaded->files[1].load();
  ASSERT_TRUE(content);
  EXPECT_THAT(content->arguments("txmode"), ElementsAre("none"));

  ASSERT_TRUE(directory.write("2_c.sql", "SELECT 2;\n"));
  const auto changed = loaded->files[1].load();
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().code(), ErrorCode::kConflict);
}

TEST(MemoryDirectory, MirrorsWhatIsWrittenButNotTheSum) {
  std::vector<std::string> mirrored;
  MemoryDirectory directory("mem://d", Format::kAtlas);
  directory.set_mirror([&](const std::string& name, std::string_view) -> Result<void> {
    mirrored.push_back(name);
    return {};
  });
  ASSERT_TRUE(directory.write("1.sql", "x"));
  ASSERT_TRUE(rehash(directory));
  EXPECT_THAT(mirrored, ElementsAre("1.sql"));
}

TEST(MemoryDirectories, KeepEarlierOnesForTheirHolders) {
  MemoryDirectories directories;
  EXPECT_EQ(directories.find("a/b"), nullptr);
  directories.put("a/b", std::make_shared<MemoryDirectory>("mem://a/b", Format::kAtlas));
  const auto first = directories.find("a/b");
  directories.put("a/b", std::make_shared<MemoryDirectory>("mem://a/b", Format::kAtlas));
  EXPECT_NE(directories.find("a/b"), first);
  EXPECT_THAT(directories.names(), ElementsAre("a/b"));
}

}  // namespace
}  // namespace rhumb::migrate
