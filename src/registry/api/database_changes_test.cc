#include <fmt/format.h>

#include "registry/api/test_api.h"
#include "registry/ingest/rebuild.h"

namespace rhumb::registry {
namespace {

constexpr const char* kArchive =
    "mutation a($input: ArchiveInput!) { archiveDatabase(input: $input) { id archivedAt status } }";
constexpr const char* kRename =
    "mutation r($input: RenameDatabaseInput!) { renameDatabase(input: $input) { id name } }";

class DatabaseChangesTest : public ApiTest {
 protected:
  DatabaseChangesTest() {
    EXPECT_TRUE(registry_.push("app", "", {"1", "2"}));
    EXPECT_TRUE(registry_.ingest(registry_.report("a", "", "2")));
    fail("b");
  }

  void fail(const std::string& id) {
    registry_api::MigrationReport report = registry_.report(id, "", "1");
    report.error = "boom";
    EXPECT_TRUE(registry_.ingest(report));
  }

  /// Synced, pending and failed databases of the repository, and those that a list shows.
  std::string counts() {
    const Json repo =
        data("{ repos { repos { databasesSynced databasesPending databasesFailed } } }")
            .at("repos")
            .at("repos")
            .as_array()
            .at(0);
    const Json listed =
        data("{ databases { databases { name } } }").at("databases").at("databases");
    std::string out = text(repo);
    for (const Json& database : listed.as_array()) {
      out += " " + database.string_or_empty("name");
    }
    return out;
  }

  static std::string repo(int synced, int pending, int failed) {
    return fmt::format(R"({{"databasesSynced":{},"databasesPending":{},"databasesFailed":{}}})",
                       synced, pending, failed);
  }

  int64_t rebuild_of_test() {
    const Result<RebuildReport> report = write_value<RebuildReport>(
        *registry_.store(), [](Session& session) { return rebuild_projections(session); });
    return report ? report->difference_count : -1;
  }

  /// Behind the set-up, the push and two reports.
  std::string changes() {
    const std::string all = audited();
    const std::string before = "repo.create dir.push deployment.report deployment.report";
    EXPECT_TRUE(all.starts_with(before)) << all;
    return all.substr(std::min(all.size(), before.size()));
  }
};

TEST_F(DatabaseChangesTest, ArchivedOneIsNeitherListedNorCounted) {
  EXPECT_EQ(counts(), repo(1, 0, 1) + " a.db b.db");
  const Json archived = input(kArchive, Json::object({{"id", "2"}}));
  EXPECT_FALSE(archived.at("archiveDatabase").at("archivedAt").is_null());
  EXPECT_EQ(counts(), repo(1, 0, 0) + " a.db");
  input(kArchive, Json::object({{"id", "2"}}));  // again: nothing more
  EXPECT_EQ(counts(), repo(1, 0, 0) + " a.db");
  EXPECT_EQ(changes(), " database.archive");
  EXPECT_EQ(rebuild_of_test(), 0);
  input(kArchive, Json::object({{"id", "2"}, {"archived", false}}));
  EXPECT_EQ(counts(), repo(1, 0, 1) + " a.db b.db");
  EXPECT_EQ(changes(), " database.archive database.archive");
}

TEST_F(DatabaseChangesTest, ArchivedOneThatIsDeployedToIsBack) {
  input(kArchive, Json::object({{"id", "2"}}));
  registry_api::MigrationReport dry = registry_.report("b", "1", "2");
  dry.dry_run = true;
  ASSERT_TRUE(registry_.ingest(dry));
  EXPECT_EQ(counts(), repo(1, 0, 0) + " a.db") << "a dry run is no sign of life";
  ASSERT_TRUE(registry_.ingest(registry_.report("b", "1", "2")));
  EXPECT_EQ(counts(), repo(2, 0, 0) + " a.db b.db");
  EXPECT_EQ(rebuild_of_test(), 0);
}

TEST_F(DatabaseChangesTest, ArchivedOneStaysOutOfTheCountsOfAPush) {
  input(kArchive, Json::object({{"id", "2"}}));
  ASSERT_TRUE(registry_.push("app", "", {"1", "2", "3"}));
  EXPECT_EQ(counts(), repo(0, 1, 0) + " a.db");
}

TEST_F(DatabaseChangesTest, RenamedOneKeepsItsName) {
  EXPECT_EQ(text(input(kRename, Json::object({{"id", "2"}, {"name", "tenant b"}}))),
            R"({"renameDatabase":{"id":"2","name":"tenant b"}})");
  ASSERT_TRUE(registry_.ingest(registry_.report("b", "1", "2")));
  EXPECT_EQ(counts(), repo(2, 0, 0) + " a.db tenant b");
  input(kRename, Json::object({{"id", "2"}, {"name", "tenant b"}}));  // again: nothing more
  EXPECT_EQ(changes(), " database.rename deployment.report");
}

TEST_F(DatabaseChangesTest, RenamedOneIsFoundByItsNewName) {
  const auto found = [this](const std::string& name) {
    const Json databases = data(
        "query d($input: DatabasesInput) { databases(input: $input) { databases { id } pageInfo { "
        "total } } }",
        Json::object({{"input", Json::object({{"search", name}})}}));
    const Json migrations = data(
        "query m($input: MigrationsInput) { migrations(input: $input) { migrations { databaseName "
        "} pageInfo { total } } }",
        Json::object({{"input", Json::object({{"name", name}})}}));
    return fmt::format("{} {}", *databases.at("databases").at("pageInfo").find_int("total"),
                       *migrations.at("migrations").at("pageInfo").find_int("total"));
  };
  EXPECT_EQ(found("b.d"), "1 1");
  EXPECT_EQ(found("TENANT"), "0 0");
  input(kRename, Json::object({{"id", "2"}, {"name", "tenant b"}}));
  EXPECT_EQ(found("b.d"), "0 0");
  EXPECT_EQ(found("TENANT"), "1 1");
  ASSERT_TRUE(registry_.ingest(registry_.report("tenants", "", "1")));
  EXPECT_EQ(found("TENANT"), "2 2");
}

TEST_F(DatabaseChangesTest, RefusalsChangeNothing) {
  EXPECT_EQ(input_failure(kRename, Json::object({{"id", "2"}, {"name", "a.db"}})),
            "CONFLICT name \"a.db\" is taken by database 1 of the same repository and environment");
  EXPECT_EQ(input_failure(kRename, Json::object({{"id", "9"}, {"name", "x"}})),
            "NOT_FOUND database not found");
  EXPECT_TRUE(
      input_failure(kRename, Json::object({{"id", "2"}, {"name", " "}})).starts_with("INVALID"));
  EXPECT_TRUE(input_failure(kRename, Json::object({{"id", "2"}, {"name", std::string(256, 'x')}}))
                  .starts_with("INVALID"));
  EXPECT_EQ(input_failure(kRename, Json::object({{"id", "2"}, {"name", std::string("a\0b", 3)}})),
            "INVALID name must not hold U+0000");
  EXPECT_EQ(input_failure(kArchive, Json::object({{"id", "x"}})), "NOT_FOUND database not found");
  expect_checked(kRename, Json::object({{"id", "2"}, {"name", "x"}}), {"id", "name"});
  expect_checked(kArchive, Json::object({{"id", "2"}}), {"id"});
  EXPECT_EQ(counts(), repo(1, 0, 1) + " a.db b.db");
}

TEST_F(DatabaseChangesTest, OthersMayNot) {
  allow_only({"cloud:read", "report:write"});
  for (const char* document : {kArchive, kRename}) {
    EXPECT_EQ(
        input_failure(document, document == kArchive ? Json::object({{"id", "2"}})
                                                     : Json::object({{"id", "2"}, {"name", "x"}})),
        "FORBIDDEN permission \"admin\" is required");
  }
}

TEST_F(DatabaseChangesTest, OtherOrganizationsHaveNone) {
  leave_organization();
  EXPECT_EQ(input_failure(kArchive, Json::object({{"id", "2"}})), "NOT_FOUND database not found");
  EXPECT_EQ(input_failure(kRename, Json::object({{"id", "2"}, {"name", "x"}})),
            "NOT_FOUND database not found");
}

}  // namespace
}  // namespace rhumb::registry
