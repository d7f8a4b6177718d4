#include "registry/api/api.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "codec/base64.h"
#include "codec/hex.h"
#include "registry/api/test_api.h"
#include "registry_api/documents.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr const char* kReport =
    "mutation ReportMigration($input: ReportMigrationInput!) {\n reportMigration(input: $input) "
    "{ url success } }";
constexpr const char* kReportSet =
    "mutation ReportMigrationSet($input: ReportMigrationSetInput!) { reportMigrationSet(input: "
    "$input) { url success } }";
constexpr const char* kPush =
    "mutation pushDir($input: PushDirInput!) { pushDir(input: $input) { url changed } }";
constexpr const char* kSync =
    "mutation diffSyncDir($input: DiffSyncDirInput!) { diffSyncDir(input: $input) { url changed } "
    "}";
constexpr const char* kState =
    "query dirState($input: DirStateInput!) { dirState(input: $input) { content version } }";

TEST_F(ApiTest, Me) {
  EXPECT_EQ(text(data("query Bot { me { name org } }")),
            R"j({"me":{"name":"admin","org":"default"}})j");
  EXPECT_EQ(text(data("{ me { kind roles } }")), R"j({"me":{"kind":"BOT","roles":["OWNER"]}})j");
}

TEST_F(ApiTest, ValidateToken) {
  const char* document = "mutation v($token: String!) { validateToken(token: $token) { success } }";
  EXPECT_EQ(text(data(document, Json::object({{"token", kTestToken}}))),
            R"j({"validateToken":{"success":true}})j");
  EXPECT_EQ(text(data(document, Json::object({{"token", "other"}}))),
            R"j({"validateToken":{"success":false}})j");
}

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
  Json legacy = input("query getDir($input: DirInput!) { dir(input: $input) { content } }",
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
  Json good = Json::object(
      {{"slug", "app"}, {"tag", "v1"}, {"driver", "SQLITE"}, {"dir", tar({{"1_a.sql", "A"}})}});
  for (const char* member : {"slug", "tag", "driver", "dir"}) {
    Json without = good;
    without.erase(member);
    EXPECT_TRUE(input_failure(kPush, without).starts_with("INVALID variable")) << member;
    Json wrong = good;
    wrong.set(member, Json::array({Json::object()}));
    EXPECT_TRUE(input_failure(kPush, wrong).starts_with("INVALID variable")) << member;
  }
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

TEST_F(ApiTest, ReportsIgnoreWhatTheyDoNotKnow) {
  Json report = registry_api::to_json(registry_.report("a", "", "2"));
  report.set("fromTheFuture", 1);
  report.find("files")->as_array()[0].set("alsoNew", Json::object());
  EXPECT_EQ(
      text(input(kReport, report)),
      R"j({"reportMigration":{"url":"https://registry.test/deployments/1","success":true}})j");
  report.set("files", Json());
  report.set("endTime", "2026-11-23T23:56:07.1+01:00");
  EXPECT_EQ(
      text(input(kReport, report)),
      R"j({"reportMigration":{"url":"https://registry.test/deployments/2","success":true}})j");
  Json set = Json::object({{"id", "s"},
                           {"planned", 1},
                           {"startTime", "2026-11-23T22:56:07Z"},
                           {"endTime", "2026-11-23T22:56:08Z"},
                           {"error", "Error: x"},
                           {"log", Json()},
                           {"completed", Json()}});
  EXPECT_EQ(
      text(input(kReportSet, set)),
      R"j({"reportMigrationSet":{"url":"https://registry.test/deployments/sets/3","success":true}})j");
}

/// As it comes over HTTP: its entries are still text when the request runs.
TEST_F(ApiTest, ReportSetsThatAreStillText) {
  registry_api::MigrationSetReport set;
  set.id = "s";
  set.planned = 2;
  set.start = set.end = registry_.clock().now();
  set.completed = {registry_.report("a", "", "1"), registry_.report("b", "", "1")};
  const auto send = [this](const char* document, const Json& input) {
    const std::string body = codec::format_json(
        Json::object({{"query", document}, {"variables", Json::object({{"input", input}})}}));
    const Result<graphql::Request> request = graphql::parse_request(body, kSetEntries);
    EXPECT_TRUE(request && request->late);
    RequestContext context(*registry_, registry_.caller());
    return text(graphql::to_json(engine_->execute(*request, context), ""));
  };
  const Json good = registry_api::to_json(set);
  Json bad = good;
  bad.find("completed")->as_array()[1].find("target")->erase("url");
  EXPECT_EQ(send(kReportSet, bad),
            R"j({"data":null,"errors":[{"message":"variable \"input\".completed[1].target.url is )j"
            R"j(missing; it must be of type String!","extensions":{"code":"INVALID"}}]})j");
  EXPECT_EQ(audited(), "") << "it was refused before anything ran";
  EXPECT_EQ(send("mutation m($input: ReportMigrationSetInput!) { a: reportMigrationSet(input: "
                 "$input) { url } b: reportMigrationSet(input: $input) { url } }",
                 good),
            R"j({"data":{"a":{"url":"https://registry.test/deployments/sets/1"},)j"
            R"j("b":{"url":"https://registry.test/deployments/sets/1"}}})j");
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM events").number(), 3);
  EXPECT_EQ(
      registry_.scalar("SELECT count(*) FROM audit WHERE action = 'deployment.report'").number(),
      1);
}

/// Whatever else is wrong with them, and wherever.
TEST_F(ApiTest, ReportSetsThatAreNoJson) {
  for (const char* entries : {R"([{"target":nul}])", R"([{"noReport":1},{"x":2}}])", "[{} {}]"}) {
    for (const char* document : {kReportSet, "{ me { name } }", "{ nope }"}) {
      const std::string body =
          fmt::format(R"({{"query":"{}","variables":{{"input":{{"completed":{}}}}}}})", document,
                      entries);
      const Result<Json> whole = codec::parse_json(body);
      const Result<graphql::Request> request = graphql::parse_request(body, kSetEntries);
      if (!request) {  // it was seen at once
        EXPECT_EQ(request.error().message(), whole.error().message()) << body;
        continue;
      }
      RequestContext context(*registry_, registry_.caller());
      const graphql::Response response = engine_->execute(*request, context);
      EXPECT_EQ(graphql::http_status(response), 400) << body;
      EXPECT_EQ(response.errors.front().error.message(), whole.error().message()) << body;
    }
  }
}

TEST_F(ApiTest, ReportInputs) {
  Json good = registry_api::to_json(registry_.report("a", "", "2"));
  for (const char* member :
       {"projectName", "envName", "dirName", "atlasVersion", "target", "startTime", "endTime",
        "fromVersion", "toVersion", "currentVersion", "log"}) {
    Json without = good;
    without.erase(member);
    EXPECT_TRUE(input_failure(kReport, without).starts_with("INVALID variable")) << member;
    Json wrong = good;
    wrong.set(member, 7);
    EXPECT_TRUE(input_failure(kReport, wrong).starts_with("INVALID variable")) << member;
  }
  Json wrong = good;
  wrong.set("endTime", "yesterday");
  EXPECT_TRUE(input_failure(kReport, wrong).starts_with("INVALID"));
  wrong = good;
  wrong.set("envName", std::string(256, 'e'));
  EXPECT_EQ(input_failure(kReport, wrong), "INVALID envName must not be longer than 255 bytes");
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM events").number(), 0);
  EXPECT_EQ(
      registry_.scalar("SELECT count(*) FROM audit WHERE action = 'request.refused'").number(), 1);
}

TEST_F(ApiTest, OneDatabase) {
  ASSERT_TRUE(registry_.ingest(registry_.report("a", "", "2")));
  const char* document =
      "query q($input: DatabaseInput!) { database(input: $input) { name repo { slug } "
      "latestVersion migrations { pageInfo { total } } drifts { drifts { id } } } }";
  const char* want = R"j({"database":{"name":"a.db","repo":{"slug":"app"},"latestVersion":"2",)j"
                     R"j("migrations":{"pageInfo":{"total":1}},"drifts":{"drifts":[]}}})j";
  EXPECT_EQ(text(input(document, Json::object({{"id", "1"}}))), want);
  EXPECT_EQ(text(input(document, Json::object({{"extID", "a"}}))), want);
  EXPECT_EQ(input_failure(document, Json::object({{"id", "9"}})), "NOT_FOUND database not found");
  EXPECT_EQ(input_failure(document, Json::object({{"id", "x"}})), "NOT_FOUND database not found");
  EXPECT_EQ(input_failure(document, Json::object()),
            "INVALID exactly one of id and extID must be given");
}

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
    Json page = input(document, std::move(filter)).at("migrations");
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
  Json first = input(document, Json::object({{"page", Json::object({{"pageSize", 1}})}}));
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
          Json found = input(document, filter).at("migrations");
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

TEST_F(ApiTest, Repositories) {
  const char* create =
      "mutation c($input: CreateRepoInput!) { createRepo(input: $input) { created repo { slug "
      "title "
      "type driver url link reportOnly project } } }";
  Json wanted =
      Json::object({{"name", "My App"}, {"type", "MIGRATION_DIRECTORY"}, {"driver", "postgres"}});
  const std::string repo =
      R"j("repo":{"slug":"my-app","title":"My App (Migration Directory)",)j"
      R"j("type":"MIGRATION_DIRECTORY","driver":"POSTGRESQL","url":"atlas://my-app",)j"
      R"j("link":"https://registry.test/repos/my-app","reportOnly":true,"project":"default"}}})j";
  EXPECT_EQ(text(input(create, wanted)), R"j({"createRepo":{"created":true,)j" + repo);
  EXPECT_EQ(text(input(create, wanted)), R"j({"createRepo":{"created":false,)j" + repo);
  wanted.set("skipIfExists", false);
  EXPECT_EQ(input_failure(create, wanted), "CONFLICT repository \"my-app\" already exists");
  wanted.set("skipIfExists", true);
  wanted.set("type", "SCHEMA");
  EXPECT_TRUE(input_failure(create, wanted).starts_with("CONFLICT"));
  wanted.set("name", "");
  EXPECT_EQ(input_failure(create, wanted), "INVALID name must not be empty");
  wanted.set("name", std::string(256, 'n'));
  EXPECT_TRUE(input_failure(create, wanted).starts_with("INVALID name must not be longer"));
  ASSERT_TRUE(registry_.push("app", "", {"1", "2"}));
  EXPECT_EQ(text(data("query { repos { repos { title slug url type driver } } }")),
            R"j({"repos":{"repos":[{"title":"app (Migration Directory)","slug":"app",)j"
            R"j("url":"atlas://app","type":"MIGRATION_DIRECTORY","driver":"SQLITE"},)j"
            R"j({"title":"My App (Migration Directory)","slug":"my-app","url":"atlas://my-app",)j"
            R"j("type":"MIGRATION_DIRECTORY","driver":"POSTGRESQL"}]}})j");
  EXPECT_EQ(text(data("{ repos(input: {search: \"my\"}) { repos { slug } pageInfo { total } } }")),
            R"j({"repos":{"repos":[{"slug":"my-app"}],"pageInfo":{"total":1}}})j");
  const char* document =
      "query repo($input: RepoInput!) { repo(input: $input) { slug latestVersion lastPush { tag "
      "version } files { name firstTag databases } versions { versions { version tags { name } } } "
      "tags { tags { name } } databasesSynced ciRuns { runs { id } } } }";
  const char* want =
      R"j({"repo":{"slug":"app","latestVersion":"2","lastPush":{"tag":"latest","version":"2"},)j"
      R"j("files":[{"name":"1_x.sql","firstTag":"latest","databases":0},{"name":"2_x.sql",)j"
      R"j("firstTag":"latest","databases":0}],"versions":{"versions":[{"version":"2","tags":[{)j"
      R"j("name":"latest"}]},{"version":"1","tags":[]}]},"tags":{"tags":[{"name":"latest"}]},)j"
      R"j("databasesSynced":0,"ciRuns":{"runs":[]}}})j";
  EXPECT_EQ(text(input(document, Json::object({{"slug", "app"}}))), want);
  EXPECT_EQ(text(input(document, Json::object({{"id", "2"}}))), want);
  EXPECT_EQ(input_failure(document, Json::object({{"name", "zzz"}})),
            "NOT_FOUND repository not found");
  EXPECT_EQ(input_failure(document, Json::object({{"slug", "a"}, {"name", "b"}})),
            "INVALID exactly one of id, slug and name must be given");
}

TEST_F(ApiTest, FileCountsTheDatabasesThatRanItToItsEnd) {
  ASSERT_TRUE(registry_.push("app", "", {"1"}));
  auto ran = [this](const char* id, const std::function<void(registry_api::DeployedFile&)>& how) {
    registry_api::MigrationReport report = registry_.report(id, "", "1");
    how(report.files->front());
    ASSERT_TRUE(registry_.ingest(report));
  };
  registry_api::FileChecks checks;
  checks.name = "checks.sql";
  checks.checks = {{"SELECT 1", std::nullopt}};
  registry_api::FileChecks failed = checks;
  failed.checks.push_back({"SELECT 0", "assertion failed"});
  ran("plain", [](auto&) {});
  ran("checked", [&](auto& file) { file.checks = {checks}; });
  ran("check failed", [&](auto& file) { file.checks = {checks, failed}; });
  ran("statement failed", [](auto& file) { file.error = {"SELECT x", "no such column"}; });
  registry_.clock().advance(std::chrono::minutes(1));
  ran("checked", [&](auto& file) { file.checks = {checks}; });
  EXPECT_EQ(
      text(input("query repo($input: RepoInput!) { repo(input: $input) { files { databases } } }",
                 Json::object({{"slug", "app"}}))),
      R"j({"repo":{"files":[{"databases":2}]}})j");
}

TEST_F(ApiTest, RevertsAsTheClientAsksForThem) {
  namespace api = registry_api;
  auto ask = [this](const api::Document& document, Json value) {
    return input(std::string(document.text), std::move(value)).at(document.field);
  };
  ASSERT_TRUE(registry_.push("app", "", {"1", "2"}));
  ASSERT_TRUE(registry_.ingest(registry_.report("a", "1", "2")));
  const Json dir = Json::object({{"slug", "app"}});
  EXPECT_EQ(text(ask(api::kProtectedFlows, dir)), R"j({"protectedFlows":{"migrateDown":false}})j");
  const char* update =
      "mutation u($input: UpdateRepoInput!) { updateRepo(input: $input) { protectedFlows { "
      "migrateDown approvals selfApproval expiryHours push } } }";
  const Json flows = Json::object({{"migrateDown", true}, {"expiryHours", 5}});
  EXPECT_EQ(text(input(update, Json::object({{"id", "1"}, {"protectedFlows", flows}}))),
            R"j({"updateRepo":{"protectedFlows":{"migrateDown":true,"approvals":1,)j"
            R"j("selfApproval":false,"expiryHours":5,"push":false}}})j");
  EXPECT_EQ(text(ask(api::kProtectedFlows, dir)), R"j({"protectedFlows":{"migrateDown":true}})j");
  EXPECT_EQ(text(ask(api::kMigrateTarget, Json::object({{"extID", "nobody"}}))), "null");
  EXPECT_EQ(text(ask(api::kMigrateTarget, Json::object({{"extID", "a"}, {"dirName", "app"}}))
                     .at("applied")
                     .at(0)
                     .at("content")),
            R"j("SELECT 2;\n")j");
  const Json by_id = Json::object({{"extID", "digest"}});
  EXPECT_EQ(text(ask(api::kMigratePlan, by_id)), "null");
  EXPECT_EQ(
      text(ask(api::kCreateMigrateDownPlan, api::to_json(TestRegistry::revert_plan("2", "1")))),
      R"j({"url":"https://registry.test/plans/1"})j");
  EXPECT_EQ(text(ask(api::kMigratePlan, by_id)),
            R"j({"url":"https://registry.test/plans/1","status":"PENDING_USER"})j");
  EXPECT_EQ(text(data("{ migratePlans(input: {repo: \"app\", status: [PENDING_USER]}) { plans { id "
                      "envName fromVersion toVersion files { name stmts } createdBy { name } "
                      "database { name } repo { slug } decisions { approved } migration { id } } "
                      "pageInfo { total } } }")),
            R"j({"migratePlans":{"plans":[{"id":"1","envName":"prod","fromVersion":"2",)j"
            R"j("toVersion":"1","files":[{"name":"2_x.sql","stmts":["DROP TABLE c"]}],)j"
            R"j("createdBy":{"name":"admin"},"database":{"name":"a.db"},"repo":{"slug":"app"},)j"
            R"j("decisions":[],"migration":null}],"pageInfo":{"total":1}}})j");
  const char* approve = "mutation { approveMigratePlan(input: {id: 1}) { status } }";
  EXPECT_EQ(failure(approve), "FORBIDDEN plan 1 cannot be approved by \"admin\", who asked for it");
  registry_.caller().origin.actor = Actor{"BOT", 2, "approver"};
  EXPECT_EQ(text(data("mutation { approveMigratePlan(input: {id: 1, comment: \"fine\"}) { status "
                      "decisions { approved comment actor { name } } } }")),
            R"j({"approveMigratePlan":{"status":"APPROVED","decisions":[{"approved":true,)j"
            R"j("comment":"fine","actor":{"name":"approver"}}]}})j");
  Json report =
      api::to_json(api::RevertReport{.plan_id = "digest", .run = registry_.report("a", "2", "1")});
  report.find("files")->as_array()[0].erase("content");
  EXPECT_EQ(text(ask(api::kReportMigrationDown, report)),
            R"j({"url":"https://registry.test/deployments/2"})j");
  EXPECT_EQ(text(data("{ migration(id: 2) { kind fromVersion toVersion downPlan { status } } }")),
            R"j({"migration":{"kind":"DOWN","fromVersion":"2","toVersion":"1","downPlan":{)j"
            R"j("status":"APPLIED"}}})j");
  EXPECT_EQ(
      text(data("{ migrations(input: {kinds: [DOWN]}) { migrations { id } pageInfo { total } } }")),
      R"j({"migrations":{"migrations":[{"id":"2"}],"pageInfo":{"total":1}}})j");
  EXPECT_EQ(text(data("{ migrations(input: {kinds: [APPLY]}) { migrations { id } } }")),
            R"j({"migrations":{"migrations":[{"id":"1"}]}})j");
  EXPECT_EQ(failure("mutation { abortMigratePlan(input: {id: 1}) { status } }"),
            "CONFLICT plan 1 is APPLIED and cannot be aborted");
}

TEST_F(ApiTest, Environments) {
  ASSERT_TRUE(registry_.ingest(registry_.report("a", "", "1")));
  EXPECT_EQ(text(data("{ environments { name databases failed pending protected } }")),
            R"j({"environments":[{"name":"prod","databases":1,"failed":0,"pending":0,)j"
            R"j("protected":false}]})j");
}

TEST_F(ApiTest, Tokens) {
  const char* create =
      "mutation c($input: CreateBotInput!) { createBot(input: $input) { secret token { id prefix "
      "scopes owner { name } } } }";
  Json bot = Json::object({{"name", "ci"}, {"scopes", Json::array({"report:write"})}});
  Json made = input(create, bot).at("createBot");
  EXPECT_EQ(text(made.at("token")),
            R"j({"id":"2","prefix":"rgb_","scopes":["report:write"],"owner":{"name":"ci"}})j");
  std::string secret = made.at("secret").as_string();
  EXPECT_TRUE(secret.starts_with("rgb_"));
  EXPECT_EQ(input_failure(create, bot), "CONFLICT bot \"ci\" already exists");
  bot.set("name", "x");
  bot.set("scopes", Json::array({"everything"}));
  EXPECT_EQ(input_failure(create, bot), "INVALID unknown scope \"everything\"");
  bot.set("scopes", Json::array());
  bot.set("expiresAt", "2001-01-01T00:00:00Z");
  EXPECT_EQ(input_failure(create, bot), "INVALID expiresAt must lie in the future");
  bot.set("name", "");
  EXPECT_EQ(input_failure(create, bot), "INVALID name must not be empty");

  const char* revoke = "mutation r($id: ID!) { revokeToken(id: $id) { success } }";
  EXPECT_EQ(text(data(revoke, Json::object({{"id", "2"}}))),
            R"j({"revokeToken":{"success":true}})j");
  const char* validate = "mutation v($token: String!) { validateToken(token: $token) { success } }";
  EXPECT_EQ(text(data(validate, Json::object({{"token", secret}}))),
            R"j({"validateToken":{"success":false}})j");
  EXPECT_EQ(failure(revoke, Json::object({{"id", "1"}})),
            "CONFLICT token 1 is the last that may administer; create another first");
  EXPECT_EQ(failure(revoke, Json::object({{"id", "77"}})), "NOT_FOUND token not found");
  Json further = input(
      "mutation c($input: CreateTokenInput!) { createToken(input: $input) { token { owner { name } "
      "} "
      "} }",
      Json::object());
  EXPECT_EQ(text(further), R"j({"createToken":{"token":{"owner":{"name":"admin"}}}})j");
  EXPECT_EQ(text(data(revoke, Json::object({{"id", "1"}}))),
            R"j({"revokeToken":{"success":true}})j");
  EXPECT_EQ(text(data("{ tokens { tokens { id } pageInfo { total } } }")),
            R"j({"tokens":{"tokens":[{"id":"1"},{"id":"2"},{"id":"3"}],"pageInfo":{"total":3}}})j");
}

TEST_F(ApiTest, RefusalsAreAudited) {
  registry_.caller().rights = Rights{{"report:write"}, {}};
  EXPECT_EQ(failure("{ tokens { pageInfo { total } } }"),
            "FORBIDDEN permission \"admin\" is required");
  EXPECT_EQ(failure("{ databases { pageInfo { total } } }"),
            "FORBIDDEN permission \"cloud:read\" is required");
  registry_.caller().rights = Rights{{}, {Grant{"ADMIN", {}, {}, {}}}};
  EXPECT_EQ(
      text(
          data("{ auditLog(input: {actions: [\"request.refused\"]}) { entries { seq object actor { "
               "name } after } pageInfo { total } } }")),
      R"j({"auditLog":{"entries":[{"seq":"5","object":"operation/databases","actor":{)j"
      R"j("name":"admin"},"after":{"code":"FORBIDDEN","message":)j"
      R"j("permission \"cloud:read\" is required"}},{"seq":"4","object":"operation/tokens","actor":)j"
      R"j({"name":"admin"},"after":{"code":"FORBIDDEN","message":)j"
      R"j("permission \"admin\" is required"}}],"pageInfo":{"total":2}}})j");
}

TEST_F(ApiTest, EveryWriteIsAudited) {
  ASSERT_TRUE(registry_.push("app", "", {"1"}));
  ASSERT_TRUE(registry_.ingest(registry_.report("a", "", "1")));
  Json log = data("{ auditLog { entries { action } pageInfo { total } } }").at("auditLog");
  std::string actions;
  for (const Json& entry : log.at("entries").as_array()) {
    actions += entry.at("action").as_string() + " ";
  }
  EXPECT_EQ(actions,
            "deployment.report dir.push repo.create token.create bot.create organization.create ");
  EXPECT_EQ(log.at("pageInfo").find_int("total"), 6);
  EXPECT_TRUE(read_value<AuditHead>(*registry_.store(),
                                    [](Session& session) { return verify_audit(session); }));
}

}  // namespace
}  // namespace rhumb::registry
