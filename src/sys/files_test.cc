#include "sys/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

// The texts of the errors are those Go's os package printed for the same calls.
namespace rhumb::sys {
namespace {

using ::testing::ElementsAre;

class Files : public ::testing::Test {
 protected:
  [[nodiscard]] std::string path(const std::string& name) const {
    return directory_.path() + "/" + name;
  }
  void write(const std::string& name, std::string_view content) const {
    ASSERT_TRUE(write_file_atomic(path(name), content).has_value());
  }

  TemporaryDirectory directory_ = TemporaryDirectory::create().value();
};

TEST_F(Files, WritesWholeAndReadsBack) {
  const std::string content("a\0b\n", 4);
  write("f", content);
  EXPECT_EQ(*read_file(path("f")), content);
  write("f", "");
  EXPECT_EQ(*read_file(path("f")), "");
  EXPECT_THAT(*list_directory(directory_.path()),
              ElementsAre(DirectoryEntry{.name = "f", .kind = FileKind::kFile}));
}

TEST_F(Files, WriteKeepsModeAndFollowsSymlinks) {
  write("f", "1");
  ASSERT_EQ(chmod(path("f").c_str(), 0640), 0);
  ASSERT_EQ(symlink("f", path("link").c_str()), 0);
  write("link", "2");
  EXPECT_EQ(*read_file(path("f")), "2");
  EXPECT_EQ(stat_file(path("f"))->mode, 0640U);
  EXPECT_EQ(list_directory(directory_.path())->at(1).kind, FileKind::kSymlink);
  ASSERT_TRUE(write_file_atomic(path("secret"), "x", kPrivateFileMode).has_value());
  EXPECT_EQ(stat_file(path("secret"))->mode, 0600U);
}

TEST_F(Files, ErrorsReadAsInGo) {
  write("f", "x");
  const std::string none = path("none");
  EXPECT_EQ(read_file(none).error().message(), "open " + none + ": no such file or directory");
  EXPECT_EQ(read_file(none).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(read_file(directory_.path()).error().message(),
            "read " + directory_.path() + ": is a directory");
  EXPECT_EQ(list_directory(none).error().message(), "open " + none + ": no such file or directory");
  EXPECT_EQ(list_directory(path("f")).error().message(), "open " + path("f") + ": not a directory");
  EXPECT_EQ(stat_file(none).error().message(), "stat " + none + ": no such file or directory");
  EXPECT_EQ(stat_file(path("f/x")).error().message(), "stat " + path("f/x") + ": not a directory");
  EXPECT_EQ(make_directories(path("f/x")).error().message(),
            "mkdir " + path("f") + ": not a directory");
  EXPECT_EQ(remove_file(none).error().message(), "remove " + none + ": no such file or directory");
  EXPECT_EQ(write_file_atomic(path("no/x"), "").error().message(),
            "open " + path("no/x") + ": no such file or directory");
  EXPECT_EQ(write_file_atomic(directory_.path(), "").error().message(),
            "open " + directory_.path() + ": is a directory");
}

TEST_F(Files, FindTellsAbsentFromUnreadable) {
  write("f", "xyz");
  EXPECT_EQ(find_file(path("none")).value(), std::nullopt);
  EXPECT_EQ(find_file(path("f")).value()->size, 3);
  EXPECT_FALSE(find_file(path("f/x")).has_value());
  EXPECT_TRUE(file_exists(path("f")));
  EXPECT_FALSE(is_directory(path("f")));
}

TEST_F(Files, ListsBytewise) {
  for (const std::string name : {"b", "B", "a10", "a2", "\u00e9"}) {
    write(name, "");
  }
  ASSERT_TRUE(make_directories(path("sub")).has_value());
  std::vector<std::string> names;
  const std::vector<DirectoryEntry> entries = list_directory(directory_.path()).value();
  for (const DirectoryEntry& entry : entries) {
    names.push_back(entry.name);
  }
  EXPECT_THAT(names, ElementsAre("B", "a10", "a2", "b", "sub", "\u00e9"));
}

TEST_F(Files, MakesAndRemovesTrees) {
  ASSERT_TRUE(make_directories(path("a/b//c/")).has_value());
  ASSERT_TRUE(make_directories(path("a/b/c")).has_value());
  EXPECT_TRUE(is_directory(path("a/b/c")));
  EXPECT_EQ(remove_file(path("a")).error().message(),
            "remove " + path("a") + ": directory not empty");
  ASSERT_TRUE(remove_all(path("a")).has_value());
  ASSERT_TRUE(remove_all(path("a")).has_value());
  EXPECT_FALSE(file_exists(path("a")));
}

TEST_F(Files, ResolvesSymlinksAndKeepsAMissingName) {
  const std::string real = resolve_path(directory_.path()).value();
  ASSERT_TRUE(make_directories(path("d")).has_value());
  ASSERT_EQ(symlink("d", path("link").c_str()), 0);
  EXPECT_EQ(*resolve_path(path("link/new.db")), real + "/d/new.db");
  EXPECT_FALSE(resolve_path(path("no/new.db")).has_value());
}

TEST_F(Files, RenameReplaces) {
  write("a", "1");
  write("b", "2");
  ASSERT_TRUE(rename_file(path("a"), path("b")).has_value());
  EXPECT_EQ(*read_file(path("b")), "1");
  EXPECT_EQ(rename_file(path("a"), path("b")).error().message(),
            "rename " + path("a") + " " + path("b") + ": no such file or directory");
}

TEST(TemporaryDirectory, GoesWithItsObject) {
  std::string path;
  {
    const TemporaryDirectory directory = TemporaryDirectory::create().value();
    path = directory.path();
    ASSERT_TRUE(write_file_atomic(path + "/f", "x").has_value());
  }
  EXPECT_FALSE(file_exists(path));
}

}  // namespace
}  // namespace rhumb::sys
