#include "registry/content/push.h"

#include <gtest/gtest.h>

#include "registry/test_registry.h"

namespace rhumb::registry {
namespace {

using codec::ArchiveFile;

class PushTest : public testing::Test {
 protected:
  Result<DirectoryState> read(std::string slug, std::string tag = "", std::string version = "") {
    return read_value<DirectoryState>(*registry_.store(), [&](Session& session) {
      return read_directory_state(session, 1, StateSelector{slug, tag, version});
    });
  }
  std::string read_error(std::string slug, std::string tag = "", std::string version = "") {
    Result<DirectoryState> state = read(std::move(slug), std::move(tag), std::move(version));
    return state ? "" : state.error().message();
  }
  Result<PushOutcome> push_files(std::vector<ArchiveFile> files) {
    PushRequest request;
    request.slug = "app";
    request.driver = "SQLITE";
    request.files = std::move(files);
    return push_directory(*registry_, registry_.caller(), std::move(request));
  }

  TestRegistry registry_;
};

TEST_F(PushTest, ComesBackAsItWasPushed) {
  std::vector<ArchiveFile> files =
      TestRegistry::directory({{"10_b.sql", "B\r\n"}, {"1_a.sql", std::string("\0\xff", 2)}});
  // Out of order on purpose, with something that is no migration.
  std::vector<ArchiveFile> sorted =
      TestRegistry::directory({{"10_b.sql", "B\r\n"}, {"1_a.sql", std::string("\0\xff", 2)}});
  std::swap(files[1], files[2]);
  files.push_back({"README.md", "hi"});
  Result<PushOutcome> pushed = push_files(files);
  ASSERT_TRUE(pushed) << pushed.error().message();
  EXPECT_EQ(pushed->version, "1");
  EXPECT_TRUE(pushed->changed);
  Result<DirectoryState> state = read("app");
  ASSERT_TRUE(state);
  sorted.push_back({"README.md", "hi"});
  EXPECT_EQ(state->files, sorted);
  EXPECT_EQ(state->tag, "latest");
}

TEST_F(PushTest, SameContentUnderTheSameTagChangesNothing) {
  Result<PushOutcome> first = registry_.push("app", "v1", {"1"});
  Result<PushOutcome> again = registry_.push("app", "v1", {"1"});
  ASSERT_TRUE(first && again);
  EXPECT_FALSE(again->changed);
  EXPECT_EQ(first->tag_id, again->tag_id);
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM pushes").number(), 1);
  Result<PushOutcome> moved = registry_.push("app", "v1", {"1", "2"});
  ASSERT_TRUE(moved);
  EXPECT_TRUE(moved->changed);
  EXPECT_EQ(first->tag_id, moved->tag_id);
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM audit WHERE action = 'tag.move'").number(), 1);
}

TEST_F(PushTest, TaggedPushDoesNotMoveLatest) {
  ASSERT_TRUE(registry_.push("app", "", {"1"}));
  ASSERT_TRUE(registry_.push("app", "v2", {"1", "2"}));
  EXPECT_EQ(read("app")->version, "1");
  EXPECT_EQ(read("app", "latest")->version, "1");
  EXPECT_EQ(read("app", "v2")->version, "2");
}

TEST_F(PushTest, WithoutAnUntaggedPushTheNewestTagIsTheHead) {
  ASSERT_TRUE(registry_.push("app", "v1", {"1"}));
  ASSERT_TRUE(registry_.push("app", "v2", {"1", "2"}));
  EXPECT_EQ(read("app")->version, "2");
}

TEST_F(PushTest, ShortTags) {
  const std::string full = "267b9d1799a3f37ccc0c4112d33f6b3455b62de8";
  ASSERT_TRUE(registry_.push("app", full, {"1"}));
  EXPECT_EQ(read("app", "267b9d1")->tag, full);
  EXPECT_EQ(read_error("app", "267b9d"), "tag \"267b9d\" not found in dir \"app\"");
  EXPECT_EQ(read_error("app", "267b9d2"), "tag \"267b9d2\" not found in dir \"app\"");
  ASSERT_TRUE(registry_.push("app", "267b9d1ffff", {"1"}));
  EXPECT_EQ(read_error("app", "267b9d1"), "tag \"267b9d1\" is ambiguous in dir \"app\"");
  EXPECT_EQ(read("app", "267b9d1ffff")->tag, "267b9d1ffff");
}

TEST_F(PushTest, ReadErrors) {
  EXPECT_EQ(read_error("app"), "dir \"app\" not found");
  ASSERT_TRUE(registry_.ingest(registry_.report("a", "", "1")));
  EXPECT_EQ(read_error("app"), "dir \"app\" has no pushed content");
  ASSERT_TRUE(registry_.push("app", "", {"1", "2"}));
  EXPECT_EQ(read_error("app", "v9"), "tag \"v9\" not found in dir \"app\"");
  EXPECT_EQ(read_error("app", "", "7"), "dir \"app\": version \"7\" not found");
  EXPECT_FALSE(read("app", "latest", "1"));
}

TEST_F(PushTest, VersionTruncatesWithASumThatHolds) {
  ASSERT_TRUE(registry_.push("app", "", {"1", "2", "3"}));
  Result<DirectoryState> state = read("app", "", "2");
  ASSERT_TRUE(state);
  ASSERT_EQ(state->files.size(), 3U);
  EXPECT_EQ(state->files,
            TestRegistry::directory({{"1_x.sql", "SELECT 1;\n"}, {"2_x.sql", "SELECT 2;\n"}}));
}

TEST_F(PushTest, ContentMustFitItsSum) {
  std::vector<ArchiveFile> edited = TestRegistry::directory({{"1_a.sql", "A"}});
  edited[1].content = "B";
  EXPECT_EQ(push_files(edited).error().message(), "checksum mismatch: L2: 1_a.sql was edited");
  std::vector<ArchiveFile> missing = {{"1_a.sql", "A"}};
  EXPECT_EQ(push_files(missing).error().message(), "checksum file not found");
  std::vector<ArchiveFile> blank = {{"atlas.sum", ""}};
  EXPECT_EQ(push_files(blank).error().message(), "checksum mismatch");
  EXPECT_TRUE(push_files(TestRegistry::directory({})));
  EXPECT_EQ(read("app")->files.front().content,
            "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
}

TEST_F(PushTest, NamesAreChecked) {
  EXPECT_FALSE(registry_.push("App", "", {"1"}));
  EXPECT_FALSE(registry_.push("", "", {"1"}));
  EXPECT_FALSE(registry_.push(std::string(256, 'a'), "", {"1"}));
  EXPECT_FALSE(registry_.push("app", "V1", {"1"}));
  EXPECT_FALSE(registry_.push("app", std::string(256, 'a'), {"1"}));
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM repos").number(), 0);
}

TEST_F(PushTest, RightsAreNeeded) {
  registry_.caller().rights = Rights{{"dir:read"}, {}};
  EXPECT_EQ(registry_.push("app", "", {"1"}).error().code(), ErrorCode::kDenied);
  registry_.caller().rights = Rights{{"dir:push"}, {}};
  EXPECT_EQ(registry_.push("app", "", {"1"}).error().message(),
            "permission \"repo:create\" is required");
  registry_.caller().rights = Rights{{"dir:push", "repo:create"}, {}};
  EXPECT_TRUE(registry_.push("app", "", {"1"}));
}

TEST_F(PushTest, ContentIsStoredOnce) {
  ASSERT_TRUE(registry_.push("app", "", {"1", "2"}));
  ASSERT_TRUE(registry_.push("other", "", {"1", "2"}));
  ASSERT_TRUE(registry_.push("other", "", {"1", "2", "3"}));
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM bodies").number(), 5);  // three files, two sums
}

}  // namespace
}  // namespace rhumb::registry
