#include <gtest/gtest.h>

#include "registry/api/test_api.h"

namespace rhumb::registry {
namespace {

using codec::Json;

TEST_F(ApiTest, MigrationLists) {
  ASSERT_TRUE(registry_.ingest(registry_.report("a", "", "1")));
  registry_api::MigrationSetReport set;
  set.id = "s";
  set.planned = 3;
  set.start = set.end = registry_.clock().now();
  set.completed = {registry_.report("b", "", "1"), registry_.report("c", "", "2")};
  set.log = {{"Start migration for 3 targets",
              set.start,
              set.end,
              false,
              {{"sqlite://b.db", {}}, {"sqlite://c.db", {}}, {"sqlite://d.db", {}}}}};
  ASSERT_TRUE(ingest_set(*registry_, registry_.caller(), set));
  registry_api::MigrationReport other = registry_.report("a", "1", "");
  other.env_name = "staging";
  other.dir_name = "other";
  ASSERT_TRUE(registry_.ingest(other));
  const char* document =
      "query q($input: MigrationsInput) { migrations(input: $input) { migrations { id repoName "
      "databaseName targetsSucceeded targetsTotal version status } pageInfo { total endCursor "
      "hasNextPage } } }";
  auto list = [&](Json filter) {
    const Json page = input(document, std::move(filter)).at("migrations");
    std::string out;
    for (const Json& event : page.at("migrations").as_array()) {
      out += event.at("id").as_string() + " ";
    }
    return out + "/ " + std::to_string(page.at("pageInfo").find_int("total").value_or(-1));
  };
  EXPECT_EQ(list(Json()), "5 2 1 / 3");
  EXPECT_EQ(list(Json::object({{"repo", "app"}})), "2 1 / 2");
  EXPECT_EQ(list(Json::object({{"repo", "app"}, {"envName", "prod"}})), "2 1 / 2");
  EXPECT_EQ(list(Json::object({{"envName", "staging"}})), "5 / 1");
  EXPECT_EQ(list(Json::object({{"repo", "none"}})), "/ 0");
  EXPECT_EQ(list(Json::object({{"statuses", Json::array({"FAILED", "NO_ACTION"})}})), "5 2 / 2");
  EXPECT_EQ(list(Json::object({{"name", "a."}})), "5 1 / 2");
  EXPECT_EQ(list(Json::object({{"name", "a."}, {"repo", "app"}})), "1 / 1");
  EXPECT_EQ(list(Json::object({{"name", "zzz"}})), "/ 0");
  EXPECT_EQ(list(Json::object({{"version", "1"}})), "1 / 1");
  EXPECT_EQ(list(Json::object({{"database", "2"}})), "3 / 1");
  EXPECT_EQ(list(Json::object({{"kinds", Json::array({"DOWN"})}})), "/ 0");
  EXPECT_EQ(list(Json::object({{"order", "ASC"}})), "1 2 5 / 3");
  EXPECT_EQ(list(Json::object({{"page", Json::object({{"page", 2}, {"pageSize", 2}})}})), "1 / 3");
  const Json first = input(document, Json::object({{"page", Json::object({{"pageSize", 1}})}}));
  const Json& info = first.at("migrations").at("pageInfo");
  EXPECT_EQ(text(info.at("hasNextPage")), "true");
  EXPECT_EQ(list(Json::object({{"page", Json::object({{"after", info.at("endCursor")}})}})),
            "2 1 / 3");
  EXPECT_EQ(text(input(document,
                       Json::object({{"repo", "app"}, {"page", Json::object({{"pageSize", 1}})}}))
                     .at("migrations")
                     .at("migrations")
                     .at(0)),
            R"j({"id":"2","repoName":"app","databaseName":"(multiple)","targetsSucceeded":2,)j"
            R"j("targetsTotal":3,"version":"2","status":"FAILED"})j");
}

TEST_F(ApiTest, EveryPageFromBothEndsHoldsEachEventOnce) {
  constexpr int kEvents = 23;
  for (int i = 0; i < kEvents; ++i) {
    registry_api::MigrationReport report =
        registry_.report("db" + std::to_string(i % 3), "", std::to_string(i + 1));
    report.env_name = i % 2 == 0 ? "prod" : "staging";
    report.error = i % 4 == 0 ? std::optional<std::string>("boom") : std::nullopt;
    ASSERT_TRUE(registry_.ingest(report));
  }
  const char* document =
      "query q($input: MigrationsInput) { migrations(input: $input) { migrations { id } pageInfo { "
      "total hasNextPage } } }";
  for (const char* repo : {"", "app"}) {
    for (const char* order : {"ASC", "DESC"}) {
      for (int size : {1, 5, 22, 23, 24}) {
        std::vector<std::string> seen;
        bool more = true;
        for (int page = 1; more; ++page) {
          Json filter = Json::object(
              {{"order", order}, {"page", Json::object({{"page", page}, {"pageSize", size}})}});
          filter.set_unless_empty("repo", repo);
          const Json found = input(document, filter).at("migrations");
          for (const Json& event : found.at("migrations").as_array()) {
            seen.push_back(event.at("id").as_string());
          }
          more = found.at("pageInfo").at("hasNextPage").as_bool();
          EXPECT_EQ(found.at("pageInfo").find_int("total"), kEvents);
        }
        ASSERT_EQ(seen.size(), static_cast<size_t>(kEvents)) << repo << order << size;
        EXPECT_EQ(seen.front(), std::string(order) == "ASC" ? "1" : "23");
        EXPECT_EQ(seen.back(), std::string(order) == "ASC" ? "23" : "1");
      }
    }
  }
}

TEST_F(ApiTest, NeighboursOfASetAreTheSetsOfItsRepository) {
  for (const auto& [id, dir] : std::vector<std::pair<std::string, std::string>>{
           {"first", "app"}, {"elsewhere", "other"}, {"second", "app"}}) {
    registry_api::MigrationSetReport set;
    set.id = id;
    set.planned = 1;
    set.start = set.end = registry_.clock().now();
    set.completed = {registry_.report("db of " + id, "", "1")};
    set.completed.front().dir_name = dir;
    ASSERT_TRUE(ingest_set(*registry_, registry_.caller(), set));
    ASSERT_TRUE(registry_.ingest(registry_.report("after " + id, "", "1")));
  }
  const auto neighbours = [this](int id) {
    return text(data("query m($id: ID!) { migration(id: $id) { previous { id } next { id } } }",
                     Json::object({{"id", std::to_string(id)}}))
                    .at("migration"));
  };
  EXPECT_EQ(neighbours(1), R"j({"previous":null,"next":{"id":"7"}})j");
  EXPECT_EQ(neighbours(4), R"j({"previous":null,"next":null})j");
  EXPECT_EQ(neighbours(7), R"j({"previous":{"id":"1"},"next":null})j");
}

TEST_F(ApiTest, OneMigration) {
  ASSERT_TRUE(registry_.ingest(registry_.report("a", "", "1")));
  ASSERT_TRUE(registry_.ingest(registry_.report("a", "1", "2")));
  const char* document =
      "query migration($id: ID!) { migration(id: $id) { id log error files { name version desc "
      "content skipped applied error { text } checks { name } } previous { id } next { id } set { "
      "id } database { name } repo { slug } steps { text } notStarted targets { pageInfo { total } "
      "} actor { name } context { triggerType } } }";
  EXPECT_EQ(
      text(data(document, Json::object({{"id", "1"}}))),
      R"j({"migration":{"id":"1","log":"Migrating to version 1\n","error":null,"files":[{)j"
      R"j("name":"1_x.sql","version":"1","desc":"x","content":"SELECT 1;\n","skipped":0,"applied":1,)j"
      R"j("error":null,"checks":[]}],"previous":null,"next":{"id":"2"},"set":null,"database":{)j"
      R"j("name":"a.db"},"repo":{"slug":"app"},"steps":[],"notStarted":[],"targets":{"pageInfo":{)j"
      R"j("total":0}},"actor":{"name":"admin"},"context":null}})j");
  EXPECT_EQ(failure(document, Json::object({{"id", "99"}})), "NOT_FOUND migration not found");
}

TEST_F(ApiTest, OneSet) {
  registry_api::MigrationSetReport set;
  set.id = "s";
  set.planned = 2;
  set.start = set.end = registry_.clock().now();
  set.completed = {registry_.report("b", "", "1")};
  set.log = {{"Start migration for 2 targets",
              set.start,
              set.end,
              false,
              {{"sqlite://b.db", {}}, {"sqlite://d.db", {}}}}};
  ASSERT_TRUE(ingest_set(*registry_, registry_.caller(), set));
  EXPECT_EQ(
      text(data("{ migration(id: 1) { databaseName steps { text error log { text children { text } "
                "} } notStarted targets { migrations { id databaseName set { id } } } } }")),
      R"j({"migration":{"databaseName":"(multiple)","steps":[{"text":)j"
      R"j("Start migration for 2 targets","error":false,"log":[{"text":"sqlite://b.db",)j"
      R"j("children":[]},{"text":"sqlite://d.db","children":[]}]}],"notStarted":["sqlite://d.db"],)j"
      R"j("targets":{"migrations":[{"id":"2","databaseName":"b.db","set":{"id":"1"}}]}}})j");
}

}  // namespace
}  // namespace rhumb::registry
