#include <gtest/gtest.h>

#include "codec/base64.h"
#include "registry/api/test_api.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr const char* kPush =
    "mutation pushDir($input: PushDirInput!) { pushDir(input: $input) { url changed } }";
constexpr const char* kSync =
    "mutation diffSyncDir($input: DiffSyncDirInput!) { diffSyncDir(input: $input) { url changed } "
    "}";
constexpr const char* kState =
    "query dirState($input: DirStateInput!) { dirState(input: $input) { content version } }";

TEST_F(ApiTest, PushAndRead) {
  Json push = Json::object({{"slug", "app"},
                            {"driver", "SQLITE"},
                            {"dir", tar({{"1_a.sql", "A"}})},
                            {"add", tar({{"1_a.sql", "A"}})},
                            {"delete", Json()}});
  EXPECT_EQ(text(input(kSync, push)),
            R"j({"diffSyncDir":{"url":"https://registry.test/dirs/1/tags/1","changed":true}})j");
  push.set("tag", "abc");
  push.erase("add");
  push.erase("delete");
  EXPECT_EQ(text(input(kPush, push)),
            R"j({"pushDir":{"url":"https://registry.test/dirs/1/tags/2","changed":true}})j");
  EXPECT_EQ(text(input(kPush, push)),
            R"j({"pushDir":{"url":"https://registry.test/dirs/1/tags/2","changed":false}})j");
  for (const char* member : {"slug", "name"}) {
    EXPECT_EQ(text(input(kState, Json::object({{member, "app"}}))),
              R"j({"dirState":{"content":")j" + tar({{"1_a.sql", "A"}}) + R"j(","version":"1"}})j");
  }
  const Json legacy = input("query getDir($input: DirInput!) { dir(input: $input) { content } }",
                            Json::object({{"name", "app"}, {"tag", "abc"}}));
  EXPECT_EQ(legacy.at("dir").at("content").as_string(), tar({{"1_a.sql", "A"}}));
  EXPECT_EQ(text(data("query dirs { dirs { name slug } }")),
            R"j({"dirs":[{"name":"app","slug":"app"}]})j");
  EXPECT_EQ(text(data("{ dirs { latestVersion tags { name version } } }")),
            R"j({"dirs":[{"latestVersion":"1","tags":[{"name":"abc","version":"1"},)j"
            R"j({"name":"latest","version":"1"}]}]})j");
}

TEST_F(ApiTest, UnknownDirectoriesAreErrorsNeverEmpty) {
  EXPECT_EQ(input_failure(kState, Json::object({{"slug", "x"}})), "NOT_FOUND dir \"x\" not found");
  EXPECT_EQ(input_failure("query d($input: DirInput!) { dir(input: $input) { content } }",
                          Json::object({{"name", "x"}})),
            "NOT_FOUND dir \"x\" not found");
  EXPECT_EQ(input_failure(kState, Json::object({})), "NOT_FOUND dir \"\" not found");
}

TEST_F(ApiTest, SumAsDirectoryIsTheDifferenceToWhatIsStored) {
  Json push = Json::object(
      {{"slug", "app"}, {"driver", "SQLITE"}, {"dir", tar({{"1_a.sql", "A"}, {"2_b.sql", "B"}})}});
  input(kSync, push);
  std::vector<codec::ArchiveFile> next =
      TestRegistry::directory({{"1_a.sql", "A"}, {"3_c.sql", "C"}});
  push.set("dir", codec::base64_encode(codec::as_bytes(next[0].content)));
  push.set("add", codec::base64_encode(codec::as_bytes(codec::write_tar({next[2]}))));
  push.set("delete", Json::array({"2_b.sql"}));
  input(kSync, push);
  EXPECT_EQ(text(input(kState, Json::object({{"slug", "app"}})).at("dirState").at("version")),
            R"j("3")j");
  push.set("delete", Json::array());
  EXPECT_EQ(input_failure(kSync, push), "");
  push.set("dir", "AAAA");
  EXPECT_TRUE(input_failure(kSync, push).starts_with("INVALID dir: "));
}

TEST_F(ApiTest, PushInputs) {
  const Json good = Json::object(
      {{"slug", "app"}, {"tag", "v1"}, {"driver", "SQLITE"}, {"dir", tar({{"1_a.sql", "A"}})}});
  expect_checked(kPush, good, {"slug", "tag", "driver", "dir"});
  Json unknown = good;
  unknown.set("colour", "red");
  EXPECT_TRUE(input_failure(kPush, unknown).starts_with("INVALID variable"));
  Json damaged = good;
  damaged.set("dir", "%%%");
  EXPECT_TRUE(input_failure(kPush, damaged).starts_with("INVALID"));
  damaged.set("dir", "");
  EXPECT_EQ(input_failure(kPush, damaged).substr(0, 13), "INVALID dir: ");
  Json named = good;
  named.set("slug", "App");
  EXPECT_EQ(input_failure(kPush, named),
            "INVALID slug must be lowercase alphanumeric and may contain /.-_");
  named.set("slug", std::string(256, 'a'));
  EXPECT_TRUE(input_failure(kPush, named).starts_with("INVALID slug must not be longer"));
  named = good;
  named.set("tag", "");
  EXPECT_EQ(input_failure(kPush, named), "INVALID tag must not be empty");
}

}  // namespace
}  // namespace rhumb::registry
