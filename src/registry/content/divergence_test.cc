#include "registry/content/divergence.h"

#include <fmt/format.h>

#include "registry/api/test_api.h"

namespace rhumb::registry {
namespace {

/// `env@version: hash*databases(name, ...) ... unknown*n`, one line for each version.
std::string shown(const std::vector<EnvironmentDivergence>& environments) {
  std::string out;
  for (const EnvironmentDivergence& environment : environments) {
    for (const VersionDivergence& version : environment.versions) {
      out += fmt::format("{}@{}:", environment.name, version.version);
      for (const SchemaCluster& cluster : version.clusters) {
        out += fmt::format(" {}*{}", cluster.hash, cluster.databases);
        for (const NamedDatabase& database : cluster.named) {
          out += fmt::format(" {}/{}", database.name, database.since);
        }
      }
      out += fmt::format(" ?*{} odd {}\n", version.unknown, version.odd);
    }
  }
  return out;
}

TEST(Divergence, DatabasesOfAVersionAreClusteredBySchema) {
  const struct {
    const char* name;
    std::vector<Fingerprinted> databases;
    const char* want;
  } cases[] = {
      {"none", {}, ""},
      {"one", {{1, "a", "prod", "1", "x", 5}}, "prod@1: x*1 ?*0 odd 0\n"},
      {"alike",
       {{1, "a", "prod", "1", "x", 5}, {2, "b", "prod", "1", "x", 6}},
       "prod@1: x*2 ?*0 odd 0\n"},
      {"the odd one is named; it differs since both schemas were there",
       {{1, "a", "prod", "1", "x", 5},
        {2, "b", "prod", "1", "y", 3},
        {3, "c", "prod", "1", "x", 6}},
       "prod@1: x*2 y*1 b/5 ?*0 odd 1\n"},
      {"of two alike the older one is the usual one",
       {{1, "a", "prod", "1", "x", 5}, {2, "b", "prod", "1", "y", 3}},
       "prod@1: y*1 x*1 a/5 ?*0 odd 1\n"},
      {"versions differ rightly, most databases first",
       {{1, "a", "prod", "1", "x", 5},
        {2, "b", "prod", "2", "y", 3},
        {3, "c", "prod", "2", "y", 3}},
       "prod@2: y*2 ?*0 odd 0\nprod@1: x*1 ?*0 odd 0\n"},
      {"so do environments",
       {{1, "a", "prod", "1", "x", 5}, {2, "b", "dev", "1", "y", 3}},
       "dev@1: y*1 ?*0 odd 0\nprod@1: x*1 ?*0 odd 0\n"},
      {"who was not looked at is unknown, not odd",
       {{1, "a", "prod", "1", "", 0}, {2, "b", "prod", "1", "y", 3}, {3, "c", "prod", "1", "", 0}},
       "prod@1: y*1 ?*2 odd 0\n"},
      {"nobody was looked at", {{1, "a", "prod", "", "", 0}}, "prod@: ?*1 odd 0\n"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(shown(find_divergence(c.databases)), c.want) << c.name;
  }
}

TEST(Divergence, WhatIsShownIsBounded) {
  std::vector<Fingerprinted> databases;
  for (int i = 0; i < 300; ++i) {
    const std::string hash = i < 110 ? "common" : i < 210 ? "other" : std::to_string(i);
    databases.push_back({i, std::to_string(i), "prod", "1", hash, i});
  }
  const VersionDivergence version = find_divergence(databases).at(0).versions.at(0);
  EXPECT_EQ(version.clusters.size(), kClustersShown);
  EXPECT_EQ(version.clusters_total, 92);
  EXPECT_EQ(version.clusters.at(1).named.size(), kNamesShown);
  EXPECT_EQ(version.clusters.at(1).databases, 100);
  EXPECT_EQ(version.odd, 190);
}

class DivergenceApiTest : public ApiTest {
 protected:
  DivergenceApiTest() {
    EXPECT_TRUE(registry_.push("app", "", {"1", "2"}));
    for (const char* name : {"a", "b", "c"}) {
      report(name);
    }
  }

  void report(const std::string& name, const std::string& place = "here") {
    registry_.clock().advance(std::chrono::seconds(2));
    registry_api::MigrationReport report = registry_.report(name, "", "2");
    report.target.url = "sqlite://" + place + "/" + name + ".db";
    EXPECT_TRUE(registry_.ingest(report));
  }
  void look_at(const std::string& name,
               const std::string& hash,
               Json more = Json::object(),
               const std::string& place = "here") {
    registry_.clock().advance(std::chrono::seconds(2));
    more.set("url", "sqlite://" + place + "/" + name + ".db");
    more.set("hashMatch", false);
    more.set("snapshot", Json::object({{"hash", hash}, {"hcl", "schema \"main\" {}"}}));
    input("mutation p($input: PushSnapshotInput!) { pushSnapshot(input: $input) { url } }", more);
  }
  /// As above, by the API.
  std::string divergence(const std::string& more = "") {
    const Json answer =
        data("{ divergence(input: {repo: \"app\"" + more +
             "}) { environments { envName versions { version unknown odd clusters { hash databases "
             "named { name } } } } } }");
    return text(answer.at("divergence").at("environments"));
  }
};

TEST_F(DivergenceApiTest, SnapshotsTellWhoDiffers) {
  look_at("a", "x");
  look_at("b", "x", Json::object({{"extID", "b"}}));
  look_at("c", "y", Json::object({{"schemas", Json::array({"main"})}}));
  EXPECT_EQ(divergence(),
            R"([{"envName":"prod","versions":[{"version":"2","unknown":0,"odd":1,"clusters":[)"
            R"({"hash":"x","databases":2,"named":[]},)"
            R"({"hash":"y","databases":1,"named":[{"name":"c.db"}]}]}]}])");
}

TEST_F(DivergenceApiTest, WhatSnapshotsDoNotTellIsUnknown) {
  look_at("a", "x");
  report("a");  // since then nobody looked
  look_at("b", "x", Json::object({{"exclude", Json::array({"t"})}}));
  look_at("c", "x", Json::object({{"schemas", Json::array({"other"})}}));
  EXPECT_EQ(divergence(), R"([{"envName":"prod","versions":[{"version":"2","unknown":3,"odd":0,)"
                          R"("clusters":[]}]}])");
  look_at("a", "x");
  EXPECT_EQ(divergence(), R"([{"envName":"prod","versions":[{"version":"2","unknown":2,"odd":0,)"
                          R"("clusters":[{"hash":"x","databases":1,"named":[]}]}]}])");
}

TEST_F(DivergenceApiTest, MergedAndArchivedDatabasesAreNoneOfTheirOwn) {
  report("a", "there");  // 4, a copy of 1
  look_at("a", "z", Json::object(), "there");
  input("mutation m($input: MergeDatabasesInput!) { mergeDatabases(input: $input) { drifts } }",
        Json::object({{"id", "4"}, {"into", "1"}}));
  input("mutation a($input: ArchiveInput!) { archiveDatabase(input: $input) { id } }",
        Json::object({{"id", "2"}}));
  EXPECT_EQ(divergence(), R"([{"envName":"prod","versions":[{"version":"2","unknown":1,"odd":0,)"
                          R"("clusters":[{"hash":"z","databases":1,"named":[]}]}]}])");
}

TEST_F(DivergenceApiTest, ComingAndGoingEnvironmentsAreShownWhenTheyAreNamed) {
  input(
      "mutation s($input: SetEphemeralEnvironmentsInput!) { setEphemeralEnvironments(input: "
      "$input) { hours } }",
      Json::object({{"glob", "prod"}, {"hours", 1}}));
  EXPECT_EQ(divergence(), "[]");
  EXPECT_EQ(
      divergence(", envName: \"prod\""),
      R"([{"envName":"prod","versions":[{"version":"2","unknown":3,"odd":0,"clusters":[]}]}])");
}

TEST_F(DivergenceApiTest, ManyDatabasesAreReadAtOnce) {
  ASSERT_TRUE(registry_.store()->write([](Session& session) -> Result<void> {
    TRY(session.run(
        "INSERT INTO databases (org_id, repo_id, env_id, ext_id, schema_name, name, url, driver, "
        "first_seen, last_report, atlas_version, status, current_version) WITH RECURSIVE n (i) AS "
        "(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) SELECT org_id, repo_id, env_id, "
        "'x' || i, '', 'x' || i, 'u' || i, driver, first_seen, last_report, atlas_version, status, "
        "'2' FROM databases JOIN n ON 1 = 1 WHERE databases.id = 1"));
    for (int i = 1; i <= 2000; ++i) {
      TRY(
          session.run("INSERT INTO instances (org_id, scope, url, ext_id, schemas, exclude, "
                      "first_seen, last_seen, snapshot_id) VALUES (1, ?, ?, '', '[]', '[]', 1, "
                      "9000000000000000000, 1)",
                      {Blob{std::to_string(i)}, fmt::format("u{}", i)}));
    }
    return {};
  }));
  look_at("a", "x");
  EXPECT_EQ(divergence(),
            R"([{"envName":"prod","versions":[{"version":"2","unknown":2,"odd":0,"clusters":[)"
            R"({"hash":"x","databases":2001,"named":[]}]}]}])");
}

TEST_F(DivergenceApiTest, RefusesWhatThereIsNot) {
  const auto ask = [](const std::string& input) {
    return "{ divergence(input: {" + input + "}) { environments { envName } } }";
  };
  EXPECT_EQ(failure(ask("repo: \"x\"")), "NOT_FOUND repository not found");
  EXPECT_EQ(failure(ask("repo: \"app\", envName: \"x\"")), "NOT_FOUND environment not found");
  EXPECT_TRUE(failure(ask("envName: \"x\"")).starts_with("INVALID"));
  leave_organization();
  EXPECT_EQ(failure(ask("repo: \"app\"")), "NOT_FOUND repository not found");
  allow_only({"report:write"});
  EXPECT_EQ(failure(ask("repo: \"app\"")), "FORBIDDEN permission \"cloud:read\" is required");
}

}  // namespace
}  // namespace rhumb::registry
