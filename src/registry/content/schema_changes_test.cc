#include "registry/content/schema_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/api/test_api.h"

namespace rhumb::registry {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kBefore = R"hcl(
schema "main" {}
table "users" {
  schema = schema.main
  column "id" {
    type = int
  }
  column "name" {
    type = text # of any length
    null = true
  }
  primary_key {
    columns = [column.id]
  }
  index "by_name" {
    on { column = column.name }
    on { column = column.id }
  }
}
)hcl";

TEST(SchemaChanges, BlanksCommentsAndOrderDoNotCount) {
  EXPECT_THAT(list_schema_changes(kBefore, kBefore), IsEmpty());
  EXPECT_THAT(list_schema_changes("a \"x\" {\n y = 1\n}\nb {}\n", "# c\nb {}\na \"x\" {y=1}\n"),
              IsEmpty());
  EXPECT_THAT(list_schema_changes("", "\n"), IsEmpty());
}

TEST(SchemaChanges, EachKindIsNamedWithItsPlace) {
  const std::string after = R"hcl(
schema "main" {}
table "users" {
  schema = schema.main
  comment = "people"
  column "id" {
    type = bigint
  }
  column "email" {
    type = text
  }
  primary_key {
    columns = [column.id]
  }
  index "by_name" {
    on { column = column.name }
  }
}
table "orders" {}
)hcl";
  EXPECT_THAT(list_schema_changes(kBefore, after),
              ElementsAre("change table \"users\" (comment)",
                          "change column \"id\" of table \"users\" (type)",
                          "add column \"email\" of table \"users\"",
                          "drop on #2 of index \"by_name\" of table \"users\"",
                          "drop column \"name\" of table \"users\"", "add table \"orders\""));
  EXPECT_THAT(list_schema_changes(after, ""),
              ElementsAre("drop schema \"main\"", "drop table \"orders\"", "drop table \"users\""));
}

TEST(SchemaChanges, OtherTextsSaySo) {
  EXPECT_THAT(list_schema_changes("table {", "x"),
              ElementsAre("the texts differ; they cannot be compared as HCL"));
}

class SchemaDiffTest : public ApiTest {
 protected:
  SchemaDiffTest() {
    push("v1", "1", "schema \"main\" {}");
    push("v2", "2", "schema \"main\" {}\ntable \"t\" {}");
  }
  void push(const char* tag, const char* version, const char* hcl) {
    input("mutation p($input: PushSchemaInput!) { pushSchema(input: $input) { url } }",
          Json::object({{"slug", "app"},
                        {"tag", tag},
                        {"version", version},
                        {"hcl", hcl},
                        {"hash", version},
                        {"driver", "SQLITE"}}));
  }
  static Json ref(const char* member, const char* value) {
    Json out = Json::object({{"repo", "app"}});
    out.set(member, value);
    return out;
  }
  static Json sides(Json from, Json to) {
    return Json::object({{"from", std::move(from)}, {"to", std::move(to)}});
  }
  std::string changes(Json from, Json to) {
    return text(input(kDiff, sides(std::move(from), std::move(to))).at("schemaDiff").at("changes"));
  }
  std::string refused(Json from) {
    return input_failure(kDiff, sides(std::move(from), ref("tag", "v1")));
  }

  static constexpr const char* kDiff =
      "query d($input: SchemaDiffInput!) { schemaDiff(input: $input) { sql fromHCL toHCL changes } "
      "}";
};

TEST_F(SchemaDiffTest, OfTagsAndVersions) {
  EXPECT_EQ(changes(ref("tag", "v1"), ref("version", "2")), R"j(["add table \"t\""])j");
  EXPECT_EQ(changes(ref("version", "2"), ref("tag", "v1")), R"j(["drop table \"t\""])j");
  EXPECT_EQ(changes(ref("tag", "v2"), ref("tag", "v2")), "[]");
  const Json diff = input(kDiff, sides(ref("tag", "v1"), ref("tag", "v2"))).at("schemaDiff");
  EXPECT_EQ(text(diff.at("fromHCL")), R"j("schema \"main\" {}")j");
  EXPECT_TRUE(diff.at("sql").is_null());
}

TEST_F(SchemaDiffTest, OfADatabaseAndASnapshot) {
  ASSERT_TRUE(registry_.push("dir", "", {"1"}));
  registry_api::MigrationReport report = registry_.report("db", "", "1");
  report.dir_name = "dir";
  ASSERT_TRUE(registry_.ingest(report));
  const Json database = Json::object({{"database", "1"}});
  EXPECT_EQ(refused(database), "NOT_FOUND no state found for version \"1\" of dir \"dir\"");
  input("mutation p($input: PushSnapshotInput!) { pushSnapshot(input: $input) { url } }",
        Json::object({{"extID", "db"},
                      {"url", "sqlite://db.db"},
                      {"hashMatch", false},
                      {"snapshot", Json::object({{"hash", "h"}, {"hcl", "table \"s\" {}"}})}}));
  EXPECT_EQ(changes(ref("tag", "v1"), database), R"j(["add table \"s\"","drop schema \"main\""])j");
  EXPECT_EQ(changes(database, Json::object({{"snapshot", "1"}})), "[]");
}

TEST_F(SchemaDiffTest, WrongSidesAreNamed) {
  EXPECT_EQ(refused(Json::object()),
            "INVALID a side of a diff is one of repo, database and snapshot");
  EXPECT_EQ(refused(ref("database", "1")),
            "INVALID a side of a diff is one of repo, database and snapshot");
  EXPECT_EQ(refused(Json::object({{"repo", "nobody"}})), "NOT_FOUND schema \"nobody\" not found");
  EXPECT_EQ(refused(Json::object({{"database", "9"}})), "NOT_FOUND database not found");
  EXPECT_EQ(refused(Json::object({{"snapshot", "9"}})), "NOT_FOUND snapshot not found");
  EXPECT_EQ(refused(ref("tag", "v9")), "NOT_FOUND tag \"v9\" not found in schema \"app\"");
  expect_checked(kDiff, sides(ref("tag", "v1"), ref("tag", "v1")), {"from", "to"});
  allow_only({"dir:read"});
  EXPECT_EQ(refused(ref("tag", "v1")), "FORBIDDEN permission \"schema:read\" is required");
  EXPECT_EQ(refused(Json::object({{"database", "1"}})),
            "FORBIDDEN permission \"cloud:read\" is required");
  leave_organization();
  allow_only({"schema:read", "cloud:read"});
  EXPECT_EQ(refused(ref("tag", "v1")), "NOT_FOUND schema \"app\" not found");
}

}  // namespace
}  // namespace rhumb::registry
