#include "registry/content/schemas.h"

#include <gtest/gtest.h>

#include "registry/api/test_api.h"
#include "registry/ingest/rebuild.h"

namespace rhumb::registry {
namespace {

constexpr const char* kPush =
    "mutation pushSchema($input: PushSchemaInput!) { pushSchema(input: $input) { link slug url "
    "version hash changed } }";
constexpr const char* kState =
    "query schemaState($input: SchemaStateInput!) { schemaState(input: $input) { hcl hash sql "
    "version tag driver } }";
constexpr const char* kByVersion =
    "query q($input: SchemaStateByVersionInput!) { schemaStateByVersion(input: $input) { hcl } }";

class SchemasTest : public ApiTest {
 protected:
  static Json schema(const char* hcl, const char* version = nullptr, const char* tag = nullptr) {
    Json push = Json::object(
        {{"slug", "app"}, {"hcl", hcl}, {"hash", std::string("hash-") + hcl}, {"driver", "MYSQL"}});
    push.set("version", version == nullptr ? Json() : Json(version));
    push.set("tag", tag == nullptr ? Json() : Json(tag));
    return push;
  }
  /// `version changed` of a push.
  std::string push(const Json& schema) {
    const Json answer = input(kPush, schema).at("pushSchema");
    return answer.string_or_empty("version") +
           (answer.at("changed").as_bool() ? " changed" : " same");
  }
  /// The schema under a tag, or at a version.
  std::string hcl(const char* member = "tag", const char* value = "") {
    return input(kState, Json::object({{"slug", "app"}, {member, value}}))
        .at("schemaState")
        .string_or_empty("hcl");
  }
};

TEST_F(SchemasTest, ArePushedAndReadAsTheClientSees) {
  EXPECT_EQ(text(input(kPush, schema("A", "v1"))),
            R"j({"pushSchema":{"link":"https://registry.test/schemas/1","slug":"app",)j"
            R"j("url":"atlas://app","version":"v1","hash":"hash-A","changed":true}})j");
  EXPECT_EQ(input(kPush, schema("A", "v1", "t1")).at("pushSchema").string_or_empty("url"),
            "atlas://app?tag=t1");
  registry_.clock().advance(std::chrono::minutes(1));
  Json with_sql = schema("B", "v2");
  with_sql.set("sql", "CREATE TABLE b");
  with_sql.set("desc", "second");
  EXPECT_EQ(push(with_sql), "v2 changed");
  EXPECT_EQ(text(input(kState, Json::object({{"slug", "app"}}))),
            R"j({"schemaState":{"hcl":"B","hash":"hash-B","sql":"CREATE TABLE b","version":"v2",)j"
            R"j("tag":"latest","driver":"MYSQL"}})j");
  EXPECT_EQ(text(input(kState, Json::object({{"slug", "app"}, {"tag", "t1"}}))),
            R"j({"schemaState":{"hcl":"A","hash":"hash-A","sql":null,"version":"v1","tag":"t1",)j"
            R"j("driver":"MYSQL"}})j");
  EXPECT_EQ(hcl("version", "v1"), "A");
  EXPECT_EQ(text(input(kByVersion, Json::object({{"slug", "app"}, {"version", "v1"}}))),
            R"j({"schemaStateByVersion":{"hcl":"A"}})j");
  EXPECT_EQ(
      text(data("{ repo(input: {slug: \"app\"}) { type title reportOnly latestVersion "
                "lastPush { tag version } state { version hcl } files { name } versions { "
                "versions { version desc hash hasState tags { name } } pageInfo { total } } "
                "tags { tags { name version } } } }")),
      R"j({"repo":{"type":"SCHEMA","title":"app (Schema)","reportOnly":false,)j"
      R"j("latestVersion":"v2","lastPush":{"tag":"latest","version":"v2"},"state":{)j"
      R"j("version":"v2","hcl":"B"},"files":[],"versions":{"versions":[{"version":"v2",)j"
      R"j("desc":"second","hash":"hash-B","hasState":true,"tags":[{"name":"latest"}]},{)j"
      R"j("version":"v1","desc":"","hash":"hash-A","hasState":true,"tags":[{"name":"t1"}]}],)j"
      R"j("pageInfo":{"total":2}},"tags":{"tags":[{"name":"latest","version":"v2"},)j"
      R"j({"name":"t1","version":"v1"}]}}})j");
  EXPECT_EQ(audited(), "repo.create schema.push schema.push schema.push");
}

TEST_F(SchemasTest, VersionsAreTimesUnlessTheyAreGiven) {
  const std::string first = push(schema("A"));
  EXPECT_EQ(first.size(), std::string("20261129100000 changed").size());
  EXPECT_EQ(push(schema("A")), first.substr(0, 14) + " same");
  const std::string second = push(schema("B"));
  EXPECT_GT(second, first) << "two pushes within one second";
  EXPECT_EQ(push(schema("A")), first.substr(0, 14) + " changed")
      << "what was there keeps its version";
  EXPECT_EQ(push(schema("A", "named")), "named changed");
  EXPECT_EQ(hcl(), "A");
}

TEST_F(SchemasTest, TaggedPushesLeaveLatestAlone) {
  EXPECT_EQ(push(schema("A", "v1", "t1")), "v1 changed");
  EXPECT_EQ(hcl(), "A") << "for want of an untagged one";
  EXPECT_EQ(push(schema("B", "v2")), "v2 changed");
  EXPECT_EQ(push(schema("C", "v3", "t3")), "v3 changed");
  EXPECT_EQ(hcl(), "B");
  EXPECT_EQ(hcl("tag", "t3"), "C");
  EXPECT_EQ(push(schema("D", "v4", "latest")), "v4 changed");
  EXPECT_EQ(hcl(), "D");
}

TEST_F(SchemasTest, OfDirectoriesAreWhatTheirPushesCarried) {
  PushRequest request;
  request.slug = "app";
  request.driver = "SQLITE";
  request.files = TestRegistry::directory({{"1_a.sql", "A"}, {"2_b.sql", "B"}});
  request.states = {{"2", "hash-2", "two"}, {"1", "hash-1", "one"}};
  ASSERT_TRUE(push_directory(*registry_, registry_.caller(), request));
  EXPECT_EQ(hcl(), "two");
  EXPECT_EQ(hcl("version", "1"), "one");
  allow_only({"dir:read"});
  EXPECT_EQ(hcl("version", "2"), "two");
  ASSERT_TRUE(failure("{ repo(input: {slug: \"app\"}) { id } }").starts_with("FORBIDDEN"));
  registry_.caller().rights = Rights{known_scopes(), {}};
  ASSERT_TRUE(registry_.push("app", "later", {"1", "2", "3"}));
  EXPECT_EQ(input_failure(kState, Json::object({{"slug", "app"}, {"tag", "later"}})),
            "NOT_FOUND no state found for version \"3\" of dir \"app\"");
  EXPECT_EQ(text(data("{ repo(input: {slug: \"app\"}) { state(tag: \"later\") { hcl } } }")),
            R"j({"repo":{"state":null}})j");
}

TEST_F(SchemasTest, UnknownOnesAreErrorsNeverEmpty) {
  const auto refused = [this](const char* member, const char* value) {
    return input_failure(kState, Json::object({{"slug", "app"}, {member, value}}));
  };
  EXPECT_EQ(refused("tag", ""), "NOT_FOUND schema \"app\" not found");
  data(
      "mutation { createRepo(input: {name: \"app\", type: SCHEMA, driver: \"MYSQL\"}) { created } "
      "}");
  EXPECT_EQ(refused("tag", ""), "NOT_FOUND schema \"app\" has no pushed content");
  push(schema("A", "v1"));
  EXPECT_EQ(refused("tag", "t"), "NOT_FOUND tag \"t\" not found in schema \"app\"");
  EXPECT_EQ(refused("version", "v2"),
            "NOT_FOUND no state found for version \"v2\" of schema \"app\"");
  EXPECT_EQ(
      input_failure(kState, Json::object({{"slug", "app"}, {"tag", "latest"}, {"version", "v1"}})),
      "INVALID tag and version exclude each other");
  EXPECT_EQ(input_failure(kByVersion, Json::object({{"slug", "app"}, {"version", ""}})),
            "INVALID version must not be empty");
  allow_only({"dir:read"});
  EXPECT_EQ(refused("tag", ""), "FORBIDDEN permission \"schema:read\" is required");
  leave_organization();
  EXPECT_EQ(refused("tag", ""), "FORBIDDEN permission \"schema:read\" is required");
  allow_only({"schema:read"});
  EXPECT_EQ(refused("tag", ""), "NOT_FOUND schema \"app\" not found");
}

TEST_F(SchemasTest, BadPushesAreRefusedAndWriteNothing) {
  expect_checked(kPush, schema("A"), {"slug", "hcl", "hash"});
  const auto refused = [this](const char* member, Json value) {
    Json bad = schema("A");
    bad.set(member, std::move(value));
    return input_failure(kPush, bad);
  };
  EXPECT_EQ(refused("slug", "App"),
            "INVALID slug must be lowercase alphanumeric and may contain /.-_");
  EXPECT_EQ(refused("tag", "A/B"),
            "INVALID tag must be lowercase alphanumeric and may contain .-_");
  EXPECT_EQ(refused("hash", ""), "INVALID hash must not be empty");
  const std::string long_text(256, 'x');
  EXPECT_TRUE(refused("hash", long_text).starts_with("INVALID hash must not be longer"));
  EXPECT_TRUE(refused("version", long_text).starts_with("INVALID version must not be longer"));
  EXPECT_TRUE(refused("driver", long_text).starts_with("INVALID driver must not be longer"));
  EXPECT_TRUE(
      refused("desc", std::string(4097, 'x')).starts_with("INVALID desc must not be longer"));
  EXPECT_EQ(refused("hcl", std::string((8U << 20U) + 1, 'x')), "LIMIT hcl: larger than 8 MiB");
  EXPECT_EQ(refused("sql", std::string((8U << 20U) + 1, 'x')), "LIMIT sql: larger than 8 MiB");
  allow_only({"dir:push", "repo:create"});
  EXPECT_EQ(refused("tag", "t"), "FORBIDDEN permission \"schema:push\" is required");
  allow_only({"schema:push"});
  EXPECT_EQ(refused("tag", "t"), "FORBIDDEN permission \"repo:create\" is required");
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM repos").number(), 0);
}

TEST_F(SchemasTest, PushedVersionsNeverChange) {
  EXPECT_EQ(push(schema("A", "v1")), "v1 changed");
  EXPECT_EQ(input_failure(kPush, schema("B", "v1")),
            "CONFLICT version \"v1\" of \"app\" holds another schema");
  ASSERT_TRUE(registry_.push("files", "", {"1"}));
  Json other = schema("A");
  other.set("slug", "files");
  EXPECT_EQ(input_failure(kPush, other),
            "CONFLICT repository \"files\" holds a directory, not a schema");
  const Result<PushOutcome> directory = registry_.push("app", "", {"1"});
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().message(), "repository \"app\" holds a schema, not a directory");
  EXPECT_EQ(hcl(), "A");
}

TEST_F(SchemasTest, OfTwoOrganizationsAreApart) {
  push(schema("A", "v1"));
  leave_organization();
  EXPECT_EQ(push(schema("B", "v1")), "v1 changed");
  registry_.caller().org_id = 1;
  EXPECT_EQ(hcl(), "A");
}

}  // namespace
}  // namespace rhumb::registry
