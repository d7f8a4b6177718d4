#include "registry/api/api.h"

#include <gtest/gtest.h>

#include "registry/api/test_api.h"
#include "registry_api/documents.h"

namespace rhumb::registry {
namespace {

using codec::Json;

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
