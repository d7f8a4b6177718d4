#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "registry/api/request_context.h"
#include "registry/api/test_api.h"
#include "registry/api/views.h"
#include "registry/store/paging.h"

namespace rhumb::registry {
namespace {

using codec::Json;

/// Names of all pages, each begun where the one before ended.
std::string names_by_cursor(const std::function<Json(Json)>& list, Json filter, Json page) {
  std::string names;
  for (bool more = true; more;) {
    filter.set("page", page);
    const Json answer = list(filter).at("databases");
    for (const Json& database : answer.at("databases").as_array()) {
      names += database.at("name").as_string();
    }
    more = answer.at("pageInfo").at("hasNextPage").as_bool();
    page.set("after", answer.at("pageInfo").at("endCursor"));
  }
  return names;
}

TEST_F(ApiTest, DatabaseLists) {
  ASSERT_TRUE(registry_.push("app", "", {"1", "2"}));
  ASSERT_TRUE(registry_.ingest(registry_.report("a", "", "2")));
  ASSERT_TRUE(registry_.ingest(registry_.report("b", "", "1")));
  registry_api::MigrationReport staging = registry_.report("c", "", "2");
  staging.env_name = "staging";
  ASSERT_TRUE(registry_.ingest(staging));
  EXPECT_EQ(
      text(data("{ databases { databases { id name envName status currentVersion "
                "pendingFiles } pageInfo { page pageSize total hasNextPage } } }")),
      R"j({"databases":{"databases":[)j"
      R"j({"id":"1","name":"a.db","envName":"prod","status":"SYNCED","currentVersion":"2",)j"
      R"j("pendingFiles":0},{"id":"2","name":"b.db","envName":"prod","status":"PENDING",)j"
      R"j("currentVersion":"1","pendingFiles":1},{"id":"3","name":"c.db","envName":"staging",)j"
      R"j("status":"SYNCED","currentVersion":"2","pendingFiles":0}],)j"
      R"j("pageInfo":{"page":1,"pageSize":20,"total":3,"hasNextPage":false}}})j");
  const char* names =
      "query q($input: DatabasesInput) { databases(input: $input) { databases { name } pageInfo { "
      "total endCursor } } }";
  auto list = [&](Json filter) {
    Json page = input(names, std::move(filter)).at("databases");
    std::string out;
    for (const Json& database : page.at("databases").as_array()) {
      out += database.at("name").as_string() + " ";
    }
    return out + std::to_string(page.at("pageInfo").find_int("total").value_or(-1));
  };
  EXPECT_EQ(list(Json::object({{"envName", "staging"}})), "c.db 1");
  EXPECT_EQ(list(Json::object({{"envName", "none"}})), "0");
  EXPECT_EQ(list(Json::object({{"repo", "none"}})), "0");
  EXPECT_EQ(list(Json::object({{"statuses", Json::array({"PENDING"})}})), "b.db 1");
  EXPECT_EQ(list(Json::object({{"search", "_.db"}})), "0");
  EXPECT_EQ(list(Json::object({{"page", Json::object({{"page", 2}, {"pageSize", 2}})}})), "c.db 3");
  EXPECT_EQ(list(Json::object({{"page", Json::object({{"page", 9}})}})), "3");
  EXPECT_EQ(list(Json::object({{"sort", "ENV"}, {"order", "DESC"}})), "c.db b.db a.db 3");
  EXPECT_EQ(input_failure(names, Json::object({{"page", Json::object({{"page", 0}})}})),
            "INVALID page must be at least 1");
  EXPECT_EQ(input_failure(names, Json::object({{"page", Json::object({{"after", "x"}})}})),
            "INVALID after: \"x\" is no cursor of this list");
}

TEST_F(ApiTest, DatabasesAreCountedForWhoWantsTheirNumber) {
  ASSERT_TRUE(registry_.ingest(registry_.report("a", "", "1")));
  ASSERT_TRUE(registry_.ingest(registry_.report("b", "", "1")));
  RequestContext context(*registry_, registry_.caller());
  const auto page_info = [&context](bool wants_total) {
    const Json one = Json::object({{"page", Json::object({{"pageSize", 1}})}});
    const Result<Json> page = list_databases(context, one, std::nullopt, wants_total);
    return page ? text(page->at("pageInfo")) : page.error().message();
  };
  EXPECT_EQ(page_info(true),
            R"j({"page":1,"pageSize":1,"total":2,"endCursor":"YWZ0ZXI6MQ","hasNextPage":true})j");
  EXPECT_EQ(page_info(false),
            R"j({"page":1,"pageSize":1,"total":0,"endCursor":"YWZ0ZXI6MQ","hasNextPage":true})j");
}

TEST_F(ApiTest, DatabaseListsGoOnWhereAPageEnded) {
  ASSERT_TRUE(registry_.push("app", "", {"1", "2", "3"}));
  for (const char* name : {"e", "b", "d", "a", "c"}) {
    registry_api::MigrationReport report =
        registry_.report(name, "", name < std::string("c") ? "1" : "3");
    report.env_name = name < std::string("d") ? "prod" : "staging";
    ASSERT_TRUE(registry_.ingest(report));
    registry_.clock().advance(std::chrono::seconds{1});
  }
  const auto list = [&](Json filter) {
    return input(
        "query q($input: DatabasesInput) { databases(input: $input) { databases { name } pageInfo "
        "{ endCursor hasNextPage total } } }",
        std::move(filter));
  };
  for (const char* sort : {"NAME", "ENV", "STATUS", "LAG", "LAST_DEPLOYMENT"}) {
    for (const char* order : {"ASC", "DESC"}) {
      const Json filter = Json::object({{"sort", sort}, {"order", order}});
      const std::string whole = names_by_cursor(list, filter, Json::object());
      EXPECT_EQ(whole.size(), 5 * std::string("a.db").size()) << sort;
      for (const int size : {1, 2, 5}) {
        EXPECT_EQ(names_by_cursor(list, filter, Json::object({{"pageSize", size}})), whole)
            << sort << " " << order << " " << size;
      }
    }
  }
  // What comes before the place that a page ended at moves nothing after it.
  const Json first = list(Json::object({{"page", Json::object({{"pageSize", 2}})}}));
  ASSERT_TRUE(registry_.ingest(registry_.report("0", "", "1")));
  const Json cursor = first.at("databases").at("pageInfo").at("endCursor");
  EXPECT_EQ(names_by_cursor(list, Json::object(), Json::object({{"after", cursor}})),
            "c.dbd.dbe.db");
  const Json gone = Json::object({{"page", Json::object({{"after", format_cursor(99)}})}});
  EXPECT_EQ(input_failure("query q($input: DatabasesInput) { databases(input: $input) { databases "
                          "{ name } } }",
                          gone),
            "INVALID the database that the page before ended with is gone; begin the list again");
}

}  // namespace
}  // namespace rhumb::registry
