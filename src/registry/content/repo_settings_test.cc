#include "registry/content/repo_settings.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "registry/api/test_api.h"
#include "registry/content/repo_removal.h"
#include "registry/store/tables.h"

namespace rhumb::registry {
namespace {

constexpr const char* kUpdate =
    "mutation u($input: UpdateRepoInput!) { updateRepo(input: $input) { name slug description "
    "project reviewPolicy lockedTags protectedFlows { migrateDown push moveTag deploy pushPlan "
    "approvePlan approvals selfApproval expiryHours } } }";
constexpr const char* kArchive =
    "mutation a($input: ArchiveInput!) { archiveRepo(input: $input) { slug archivedAt } }";
constexpr const char* kDelete =
    "mutation d($input: DeleteRepoInput!) { deleteRepo(input: $input) { success } }";

class RepoSettingsTest : public ApiTest {
 protected:
  RepoSettingsTest() {
    EXPECT_TRUE(registry_.push("app", "", {"1"}));
    EXPECT_TRUE(registry_.push("app", "stable", {"1"}));
  }

  static Json change(const char* member, Json value, const char* id = "1") {
    Json out = Json::object({{"id", id}});
    out.set(member, std::move(value));
    return out;
  }
  std::string refused(const char* member, Json value, const char* id = "1") {
    return input_failure(kUpdate, change(member, std::move(value), id));
  }
  void protect(const char* flow) {
    EXPECT_EQ(refused("protectedFlows", Json::object({{flow, true}})), "");
  }
  static Json archive(bool archived, const char* id = "1") {
    return Json::object({{"id", id}, {"archived", archived}});
  }
  static Json removal(const char* slug, const char* id = "1") {
    return Json::object({{"id", id}, {"confirmSlug", slug}});
  }
  std::string pushed(const char* slug, const char* tag, const std::vector<std::string>& versions) {
    const Result<PushOutcome> outcome = registry_.push(slug, tag, versions);
    return outcome ? "" : outcome.error().message();
  }
  int64_t count(const std::string& sql) { return registry_.scalar(sql).number(); }
  /// A change of somebody who may do everything but `permission`.
  void take_away(std::string_view permission) {
    std::vector<std::string> scopes = known_scopes();
    std::erase(scopes, permission);
    allow_only(scopes);
  }
};

TEST_F(RepoSettingsTest, EachMemberIsKept) {
  Json wanted = Json::object({{"id", "1"},
                              {"name", "Our app"},
                              {"description", "what it is for"},
                              {"project", "shop"},
                              {"reviewPolicy", "WARNING"},
                              {"retentionDays", 30},
                              {"lockedTags", true}});
  wanted.set("protectedFlows", Json::object({{"migrateDown", true},
                                             {"push", true},
                                             {"moveTag", true},
                                             {"deploy", true},
                                             {"pushPlan", true},
                                             {"approvePlan", true},
                                             {"approvals", 2},
                                             {"selfApproval", true},
                                             {"expiryHours", 5}}));
  const std::string kept =
      R"j({"updateRepo":{"name":"Our app","slug":"app","description":"what it is for",)j"
      R"j("project":"shop","reviewPolicy":"WARNING","lockedTags":true,"protectedFlows":{)j"
      R"j("migrateDown":true,"push":true,"moveTag":true,"deploy":true,"pushPlan":true,)j"
      R"j("approvePlan":true,"approvals":2,"selfApproval":true,"expiryHours":5}}})j";
  EXPECT_EQ(text(input(kUpdate, wanted)), kept);
  EXPECT_EQ(text(input(kUpdate, wanted)), kept) << "again";
  EXPECT_EQ(text(input(kUpdate, Json::object({{"id", "1"}}))), kept) << "nothing asked for";
  EXPECT_EQ(audited(), "repo.create dir.push dir.push settings.update policy.update");
  EXPECT_EQ(count("SELECT retention_days FROM repos WHERE id = 1"), 30);

  Json cleared = Json::object({{"id", "1"}});
  cleared.set("description", Json());
  cleared.set("reviewPolicy", Json());
  cleared.set("retentionDays", Json());
  const Json after = input(kUpdate, cleared).at("updateRepo");
  EXPECT_TRUE(after.at("description").is_null());
  EXPECT_TRUE(after.at("reviewPolicy").is_null());
  EXPECT_EQ(
      registry_
          .scalar("SELECT before_json || after_json FROM audit WHERE action = 'settings.update' "
                  "ORDER BY seq DESC LIMIT 1")
          .text(),
      R"j({"description":"what it is for","reviewPolicy":"WARNING","retentionDays":30})j"
      R"j({"description":null,"reviewPolicy":null,"retentionDays":null})j");
}

TEST_F(RepoSettingsTest, WhatIsWrongIsNamed) {
  const std::string long_text(256, 'a');
  EXPECT_EQ(refused("name", ""), "INVALID name must not be empty");
  EXPECT_EQ(refused("name", long_text), "INVALID name must not be longer than 255 bytes");
  EXPECT_EQ(refused("slug", "App"),
            "INVALID slug must be lowercase alphanumeric and may contain /.-_");
  EXPECT_EQ(refused("slug", long_text), "INVALID slug must not be longer than 255 bytes");
  EXPECT_EQ(refused("project", ""), "INVALID project must not be empty");
  EXPECT_EQ(refused("description", std::string(4097, 'a')),
            "INVALID description must not be longer than 4096 bytes");
  EXPECT_EQ(refused("retentionDays", -1), "INVALID retentionDays must be from 0 to 36500");
  EXPECT_EQ(refused("protectedFlows", Json::object({{"approvals", 0}})),
            "INVALID protectedFlows.approvals must be from 1 to 100");
  EXPECT_EQ(refused("protectedFlows", Json::object({{"expiryHours", 8761}})),
            "INVALID protectedFlows.expiryHours must be from 1 to 8760");
  EXPECT_EQ(refused("lockedTags", true, "9"), "NOT_FOUND repository not found");
  expect_checked(kUpdate, change("lockedTags", true), {"id"});
  for (const char* member : {"name", "slug", "description", "project", "reviewPolicy",
                             "retentionDays", "lockedTags", "protectedFlows"}) {
    EXPECT_TRUE(refused(member, Json::array({Json::object()})).starts_with("INVALID variable"))
        << member;
  }
  EXPECT_EQ(
      count("SELECT count(*) FROM audit WHERE action IN ('settings.update', 'policy.update')"), 0);
}

TEST_F(RepoSettingsTest, OnlyAdministratorsOfTheOrganizationChangeThem) {
  take_away(kAdminPermission);
  const std::string denied = "FORBIDDEN permission \"admin\" is required";
  EXPECT_EQ(refused("lockedTags", true), denied);
  EXPECT_EQ(input_failure(kArchive, archive(true)), denied);
  EXPECT_EQ(input_failure(kDelete, removal("app")), denied);
  leave_organization();
  const std::string absent = "NOT_FOUND repository not found";
  EXPECT_EQ(refused("lockedTags", true), absent);
  EXPECT_EQ(input_failure(kArchive, archive(true)), absent);
  EXPECT_EQ(input_failure(kDelete, removal("app")), absent);
}

TEST_F(RepoSettingsTest, AFormerSlugStillLeadsThere) {
  ASSERT_TRUE(registry_.ingest(registry_.report("t1", "", "1")));
  EXPECT_EQ(refused("slug", "shop"), "");
  EXPECT_EQ(refused("name", "shop"), "");
  registry_.clock().advance(std::chrono::seconds(5));
  ASSERT_TRUE(registry_.ingest(registry_.report("t2", "", "1")));
  EXPECT_EQ(pushed("app", "", {"1", "2"}), "");
  EXPECT_EQ(count("SELECT count(*) FROM repos"), 1) << "everything went to the same one";
  const char* create =
      "mutation c($input: CreateRepoInput!) { createRepo(input: $input) { created repo { slug } } "
      "}";
  EXPECT_EQ(
      text(input(
          create,
          Json::object({{"name", "app"}, {"type", "MIGRATION_DIRECTORY"}, {"driver", "SQLITE"}}))),
      R"j({"createRepo":{"created":true,"repo":{"slug":"app"}}})j");
  EXPECT_EQ(refused("slug", "app"), "CONFLICT slug \"app\" is taken by repository 2");
  EXPECT_EQ(refused("slug", "shop-2"), "");
  EXPECT_EQ(refused("slug", "shop"), "") << "back to what it was";
  EXPECT_EQ(count("SELECT count(*) FROM former_slugs"), 1);
}

TEST_F(RepoSettingsTest, ProtectedFlowsNeedTheRightToPassThem) {
  protect("push");
  protect("moveTag");
  take_away(kProtectedPermission);
  const std::string hint =
      " of \"app\" are protected: ask an administrator, or a token with the scope \"protected\"";
  EXPECT_EQ(pushed("app", "", {"1", "2"}), "pushes" + hint);
  const char* move = "mutation m($input: MoveTagInput!) { moveTag(input: $input) { name } }";
  const char* erase =
      "mutation d($input: DeleteTagInput!) { deleteTag(input: $input) { success } }";
  registry_.caller().rights.grants = {Grant{"OWNER", {}, {}, {}}};
  EXPECT_EQ(pushed("app", "", {"1", "2"}), "");
  take_away(kProtectedPermission);
  EXPECT_EQ(input_failure(move, Json::object({{"slug", "app"}, {"tag", "stable"}, {"to", "2"}})),
            "FORBIDDEN moves of tags" + hint);
  EXPECT_EQ(input_failure(erase, Json::object({{"slug", "app"}, {"tag", "stable"}})),
            "FORBIDDEN moves of tags" + hint);
}

TEST_F(RepoSettingsTest, WhatIsArchivedTakesNoPushesAndComesBackWithADeployment) {
  const std::string list = "{ repos(input: {}) { repos { slug } } }";
  EXPECT_FALSE(input(kArchive, archive(true)).at("archiveRepo").at("archivedAt").is_null());
  input(kArchive, archive(true));
  EXPECT_EQ(text(data(list)), R"j({"repos":{"repos":[]}})j");
  EXPECT_EQ(pushed("app", "", {"1", "2"}),
            "repository \"app\" is archived; bring it back before you push to it");
  ASSERT_TRUE(registry_.ingest(registry_.report("t1", "", "1")));
  EXPECT_EQ(text(data(list)), R"j({"repos":{"repos":[{"slug":"app"}]}})j");
  EXPECT_EQ(audited(), "repo.create dir.push dir.push repo.archive repo.archive deployment.report");
  EXPECT_EQ(input_failure(kArchive, archive(true, "7")), "NOT_FOUND repository not found");
}

TEST_F(RepoSettingsTest, DeletingAsksTwice) {
  EXPECT_EQ(input_failure(kDelete, removal("app")),
            "CONFLICT repository \"app\" is not archived; archive it first");
  input(kArchive, archive(true));
  EXPECT_EQ(input_failure(kDelete, removal("App")),
            "INVALID confirmSlug must be the slug of the repository, \"app\"");
  EXPECT_EQ(input_failure(kDelete, removal("app", "7")), "NOT_FOUND repository not found");
  expect_checked(kDelete, removal("app"), {"id", "confirmSlug"});
}

class RepoRemovalTest : public RepoSettingsTest {
 protected:
  /// Rows of any table that belong to the repository.
  std::vector<std::string> left(int64_t repo_id) {
    std::vector<std::string> out;
    const Result<void> read = registry_.store()->read([&](Session& session) -> Result<void> {
      for (const Table& table : TRY(list_tables(session))) {
        if (std::ranges::find(table.columns, "repo_id") == table.columns.end()) {
          continue;
        }
        const Value rows = TRY(
            session.scalar("SELECT count(*) FROM " + table.name + " WHERE repo_id = ?", {repo_id}));
        if (rows.number() != 0) {
          out.push_back(table.name);
        }
      }
      return {};
    });
    EXPECT_TRUE(read);
    return out;
  }
};

TEST_F(RepoRemovalTest, NothingIsLeftOfItAndNothingElseGoes) {
  ASSERT_TRUE(registry_.push("other", "", {"1"}));
  registry_api::MigrationReport elsewhere = registry_.report("t1", "", "1");
  elsewhere.dir_name = "other";
  ASSERT_TRUE(registry_.ingest(elsewhere));
  const registry_api::MigrationReport report = registry_.report("t1", "", "1");
  ASSERT_TRUE(registry_.ingest(report));
  ASSERT_TRUE(registry_.store()->write([](Session& session) {
    return session.run(
        "INSERT INTO webhooks (org_id, repo_id, type, url_shown, url_sealed, events, envs, "
        "statuses, created_at) VALUES (1, 1, 'GENERIC', '', ?, '[]', '[]', '[]', 0)",
        {Blob{"sealed"}});
  }));
  EXPECT_EQ(refused("slug", "shop"), "");
  input(kArchive, archive(true));
  EXPECT_EQ(text(input(kDelete, removal("shop"))), R"j({"deleteRepo":{"success":true}})j");

  EXPECT_THAT(left(1), testing::IsEmpty());
  EXPECT_EQ(registry_
                .scalar("SELECT reported_version || databases_synced || databases_pending || "
                        "databases_failed FROM repos WHERE id = 1")
                .text(),
            "000")
      << "what a rebuild makes of it";
  EXPECT_EQ(count("SELECT count(*) FROM event_files"), 1);
  EXPECT_EQ(count("SELECT count(*) FROM events"), 1);
  EXPECT_EQ(count("SELECT count(*) FROM dir_files"), count("SELECT count(*) FROM dir_files f JOIN "
                                                           "dir_states s ON s.id = f.state_id"));
  EXPECT_EQ(text(data("{ repos(input: {}) { repos { slug } } migrations(input: {}) { migrations { "
                      "id } pageInfo { total } } }")),
            R"j({"repos":{"repos":[{"slug":"other"}]},"migrations":{"migrations":[{"id":"1"}],)j"
            R"j("pageInfo":{"total":1}}})j");
  EXPECT_EQ(registry_.scalar("SELECT before_json FROM audit WHERE action = 'repo.delete'").text(),
            R"j({"slug":"shop","name":"app","type":"MIGRATION_DIRECTORY","states":1,)j"
            R"j("deployments":1,"databases":1})j");

  ASSERT_TRUE(registry_.ingest(report)) << "sent once more by a client that was away";
  EXPECT_EQ(count("SELECT count(*) FROM repos WHERE org_id = 1"), 1) << "it does not come back";
  EXPECT_EQ(pushed("shop", "", {"1"}), "") << "the name is free";
}

TEST_F(RepoRemovalTest, ADatabaseThatComesLaterIsFoundByItsName) {
  const auto total = [this](const char* name) {
    return text(
        data(fmt::format("{{ databases(input: {{search: \"{}\"}}) {{ pageInfo {{ total }} "
                         "}} }}",
                         name)));
  };
  ASSERT_TRUE(registry_.ingest(registry_.report("t1", "", "1")));
  EXPECT_EQ(total("t1"), R"j({"databases":{"pageInfo":{"total":1}}})j");
  input(kArchive, archive(true));
  input(kDelete, removal("app"));
  registry_api::MigrationReport later = registry_.report("t2", "", "1");  // by the same number
  later.dir_name = "other";
  ASSERT_TRUE(registry_.ingest(later));
  EXPECT_EQ(total("t1"), R"j({"databases":{"pageInfo":{"total":0}}})j");
  EXPECT_EQ(total("t2"), R"j({"databases":{"pageInfo":{"total":1}}})j");
}

TEST_F(RepoRemovalTest, WhatWasInterruptedIsFinishedLater) {
  ASSERT_TRUE(registry_.ingest(registry_.report("t1", "", "1")));
  ASSERT_TRUE(registry_.store()->write([](Session& session) {
    return session.run("UPDATE repos SET org_id = 0, hidden = 1, name = 'leaving' WHERE id = 1");
  }));
  EXPECT_EQ(finish_removals(*registry_.store()).value(), 1);
  EXPECT_THAT(left(1), testing::IsEmpty());
  EXPECT_EQ(finish_removals(*registry_.store()).value(), 0);
}

}  // namespace
}  // namespace rhumb::registry
