#include "registry/content/states.h"

#include <gtest/gtest.h>

#include "registry/api/test_api.h"
#include "registry/ingest/rebuild.h"

namespace rhumb::registry {
namespace {

constexpr const char* kMove =
    "mutation moveTag($input: MoveTagInput!) { moveTag(input: $input) { name version hash link "
    "pushedAt actor { name } } }";
constexpr const char* kDelete =
    "mutation deleteTag($input: DeleteTagInput!) { deleteTag(input: $input) { success } }";

class TagsTest : public ApiTest {
 protected:
  static Json move(const char* tag, const char* to) {
    return Json::object({{"slug", "app"}, {"tag", tag}, {"to", to}});
  }
  /// The version that a tag stands at after the move, or why it was refused.
  std::string moved(const char* tag, const char* to) {
    const std::string refused = input_failure(kMove, move(tag, to));
    return refused.empty() ? version(tag) : refused;
  }
  std::string version(const char* tag) {
    const Result<DirectoryState> state =
        read_value<DirectoryState>(*registry_.store(), [&](Session& session) {
          return read_directory_state(session, 1, StateSelector{"app", tag, ""});
        });
    return state ? state->version : state.error().message();
  }
  std::string deleted(const char* tag) {
    return input_failure(kDelete, Json::object({{"slug", "app"}, {"tag", tag}}));
  }
  void lock_tags(bool locked) {
    input("mutation u($input: UpdateRepoInput!) { updateRepo(input: $input) { id } }",
          Json::object({{"id", "1"}, {"lockedTags", locked}}));
  }
};

TEST_F(TagsTest, MoveToATagOrAVersion) {
  ASSERT_TRUE(registry_.push("app", "", {"1"}));
  ASSERT_TRUE(registry_.push("app", "stable", {"1"}));
  ASSERT_TRUE(registry_.push("app", "", {"1", "2"}));
  ASSERT_TRUE(registry_.push("app", "0123456789abcdef", {"1", "2", "3"}));
  EXPECT_EQ(moved("stable", "latest"), "2");
  EXPECT_EQ(moved("stable", "latest"), "2") << "again";
  EXPECT_EQ(moved("stable", "0123456"), "3");
  EXPECT_EQ(moved("stable", "1"), "1");
  EXPECT_EQ(text(input(kMove, move("stable", "3")).at("moveTag").at("link")),
            R"j("https://registry.test/dirs/1/tags/2")j");
  EXPECT_EQ(audited(),
            "repo.create dir.push dir.push dir.push dir.push tag.move tag.move tag.move tag.move");
  EXPECT_EQ(registry_
                .scalar("SELECT before_json || after_json FROM audit WHERE action = "
                        "'tag.move' ORDER BY seq LIMIT 1")
                .text(),
            R"j({"tag":"stable","state":"1"}{"tag":"stable","state":"2"})j");
}

TEST_F(TagsTest, LatestTakesTheHeadAndTheStatusesWithIt) {
  ASSERT_TRUE(registry_.push("app", "", {"1"}));
  ASSERT_TRUE(registry_.push("app", "", {"1", "2"}));
  ASSERT_TRUE(registry_.ingest(registry_.report("a", "", "1")));
  EXPECT_EQ(registry_.database("a"), "PENDING 1");
  EXPECT_EQ(moved("latest", "1"), "1");
  EXPECT_EQ(registry_.database("a"), "SYNCED 1");
  const Result<RebuildReport> rebuilt = write_value<RebuildReport>(
      *registry_.store(), [](Session& session) { return rebuild_projections(session); });
  ASSERT_TRUE(rebuilt);
  EXPECT_EQ(rebuilt->difference_count, 0);
}

TEST_F(TagsTest, TellOfThePushThatBroughtTheState) {
  ASSERT_TRUE(registry_.push("app", "a", {"1"}));
  registry_.clock().advance(std::chrono::hours(1));
  ASSERT_TRUE(registry_.push("app", "b", {"1", "2"}));
  const Json before =
      data("{ repo(input: {slug: \"app\"}) { tags(search: \"a\") { tags { pushedAt } } } }");
  registry_.caller().origin.actor.name = "mover";
  const Json tag = input(kMove, move("b", "a")).at("moveTag");
  EXPECT_EQ(tag.at("actor").string_or_empty("name"), "admin");
  EXPECT_EQ(text(tag.at("pushedAt")),
            text(before.at("repo").at("tags").at("tags").at(0).at("pushedAt")));
  EXPECT_EQ(registry_.scalar("SELECT actor_name FROM audit WHERE action = 'tag.move'").text(),
            "mover");
}

TEST_F(TagsTest, AreDeletedForGood) {
  ASSERT_TRUE(registry_.push("app", "", {"1"}));
  ASSERT_TRUE(registry_.push("app", "old", {"1", "2"}));
  EXPECT_EQ(deleted("old"), "");
  EXPECT_EQ(version("old"), "tag \"old\" not found in dir \"app\"");
  EXPECT_EQ(deleted("old"), "NOT_FOUND tag \"old\" not found in dir \"app\"");
  EXPECT_EQ(deleted("latest"), "INVALID tag \"latest\" cannot be deleted");
  EXPECT_EQ(registry_.scalar("SELECT before_json FROM audit WHERE action = 'tag.delete'").text(),
            R"j({"tag":"old","state":"2"})j");
  const Result<PushOutcome> again = registry_.push("app", "new", {"1", "2"});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->tag_id, 3) << "numbers of tags are never given twice";
  EXPECT_EQ(moved("latest", "2"), "2") << "the state is still known by its version";
}

TEST_F(TagsTest, LockedOnesStayWhereTheyAre) {
  ASSERT_TRUE(registry_.push("app", "", {"1"}));
  ASSERT_TRUE(registry_.push("app", "v1", {"1"}));
  ASSERT_TRUE(registry_.push("app", "v2", {"1", "2"}));
  lock_tags(true);
  const std::string locked = "tag \"v1\" of \"app\" is locked; use another tag";
  EXPECT_EQ(moved("v1", "v2"), "CONFLICT " + locked);
  EXPECT_EQ(deleted("v1"), "CONFLICT " + locked);
  const Result<PushOutcome> pushed = registry_.push("app", "v1", {"1", "2"});
  ASSERT_FALSE(pushed);
  EXPECT_EQ(pushed.error().message(), locked);
  EXPECT_TRUE(registry_.push("app", "v1", {"1"})) << "the same content changes nothing";
  EXPECT_EQ(moved("v1", "v1"), "1") << "nor does a move to where it stands";
  EXPECT_TRUE(registry_.push("app", "", {"1", "2"}));
  EXPECT_EQ(moved("latest", "v1"), "1");
  EXPECT_EQ(text(data("{ repo(input: {slug: \"app\"}) { lockedTags } }")),
            R"j({"repo":{"lockedTags":true}})j");
  lock_tags(false);
  EXPECT_EQ(moved("v1", "v2"), "2");
  EXPECT_EQ(registry_
                .scalar("SELECT before_json || after_json FROM audit WHERE action = "
                        "'settings.update' ORDER BY seq LIMIT 1")
                .text(),
            R"j({"lockedTags":false}{"lockedTags":true})j");
}

TEST_F(TagsTest, BadRequestsAreRefused) {
  ASSERT_TRUE(registry_.push("app", "", {"1"}));
  ASSERT_TRUE(registry_.push("app", "t", {"1"}));
  expect_checked(kMove, move("t", "latest"), {"slug", "tag", "to"});
  expect_checked(kDelete, Json::object({{"slug", "app"}, {"tag", "t"}}), {"slug", "tag"});
  EXPECT_EQ(moved("x", "latest"), "NOT_FOUND tag \"x\" not found in dir \"app\"");
  EXPECT_EQ(moved("t", "x"),
            "NOT_FOUND \"x\" is neither a tag of \"app\" nor a version it was pushed in");
  EXPECT_EQ(moved("t", ""), "INVALID to must not be empty");
  Json other = move("t", "latest");
  other.set("slug", "none");
  EXPECT_EQ(input_failure(kMove, other), "NOT_FOUND repository \"none\" not found");
  allow_only({"schema:push"});
  EXPECT_EQ(moved("t", "latest"), "FORBIDDEN permission \"dir:push\" is required");
  EXPECT_EQ(deleted("t"), "FORBIDDEN permission \"dir:push\" is required");
  allow_only({"dir:push"});
  leave_organization();
  EXPECT_EQ(moved("t", "latest"), "NOT_FOUND repository \"app\" not found");
  EXPECT_EQ(deleted("t"), "NOT_FOUND repository \"app\" not found");
}

TEST_F(TagsTest, OfSchemasNeedTheRightToPushSchemas) {
  const char* push =
      "mutation p($input: PushSchemaInput!) { pushSchema(input: $input) { version } }";
  for (const char* version : {"v1", "v2"}) {
    input(push, Json::object({{"slug", "app"},
                              {"hcl", version},
                              {"hash", version},
                              {"version", version},
                              {"tag", version}}));
  }
  allow_only({"dir:push"});
  EXPECT_EQ(moved("v1", "v2"), "FORBIDDEN permission \"schema:push\" is required");
  allow_only({"schema:push"});
  EXPECT_EQ(input(kMove, move("v1", "v2")).at("moveTag").string_or_empty("version"), "v2");
  EXPECT_EQ(deleted("v1"), "");
}

}  // namespace
}  // namespace rhumb::registry
