#include "registry/content/declarative_plans.h"

#include <gtest/gtest.h>

#include "registry/api/test_api.h"

namespace rhumb::registry {
namespace {

constexpr const char* kCreate =
    "mutation CreateDeclarativePlan($input: CreateDeclarativePlanInput!) { "
    "createDeclarativePlan(input: $input) { link url } }";
constexpr const char* kByHashes =
    "query DeclarativePlanByHashes($input: DeclarativePlanByHashesInput!) { "
    "DeclarativePlanByHashes(input: $input) { id name schemaSlug status fromHash toHash migration "
    "link url } }";
constexpr const char* kByName =
    "query DeclarativePlanByName($input: DeclarativePlanByNameInput!) { "
    "declarativePlanByName(input: $input) { name status migration fromDesc toDesc lint context { "
    "branch } createdBy { name } approvedAt approvedBy { name } } }";
constexpr const char* kApprove =
    "mutation a($input: ApproveDeclarativePlanInput!) { approveDeclarativePlan(input: $input) { "
    "url link status } }";
constexpr const char* kDelete =
    "mutation d($input: DeleteDeclarativePlanInput!) { deleteDeclarativePlan(input: $input) { "
    "success } }";

class DeclarativePlansTest : public ApiTest {
 protected:
  DeclarativePlansTest() {
    data(
        "mutation { createRepo(input: {name: \"app\", type: SCHEMA, driver: \"MYSQL\"}) { "
        "created } }");
  }
  static Json plan(const char* name, const char* status = "PENDING") {
    return Json::object({{"name", name},
                         {"schemaSlug", "app"},
                         {"status", status},
                         {"fromHash", "from"},
                         {"toHash", "to"},
                         {"migration", "CREATE TABLE t"}});
  }
  static Json named(const char* name) {
    return Json::object({{"schemaSlug", "app"}, {"name", name}});
  }
  /// The status of a plan, or why it cannot be told.
  std::string status(const char* name) {
    const std::string refused = input_failure(kByName, named(name));
    return refused.empty()
               ? input(kByName, named(name)).at("declarativePlanByName").string_or_empty("status")
               : refused;
  }
  std::string create(Json wanted) { return input_failure(kCreate, std::move(wanted)); }
};

TEST_F(DeclarativePlansTest, ArePushedFoundAndApproved) {
  EXPECT_EQ(text(input(kCreate, plan("p1"))),
            R"j({"createDeclarativePlan":{"link":"https://registry.test/schemas/1/plans/1",)j"
            R"j("url":"atlas://app/plans/p1"}})j");
  EXPECT_EQ(create(plan("p2", "APPROVED")), "");
  const Json hashes = Json::object({{"schemaSlug", "app"}, {"fromHash", "from"}, {"toHash", "to"}});
  EXPECT_EQ(
      text(input(kByHashes, hashes)),
      R"j({"DeclarativePlanByHashes":[{"id":"1","name":"p1","schemaSlug":"app",)j"
      R"j("status":"PENDING","fromHash":"from","toHash":"to","migration":"CREATE TABLE t",)j"
      R"j("link":"https://registry.test/schemas/1/plans/1","url":"atlas://app/plans/p1"},)j"
      R"j({"id":"2","name":"p2","schemaSlug":"app","status":"APPROVED","fromHash":"from",)j"
      R"j("toHash":"to","migration":"CREATE TABLE t",)j"
      R"j("link":"https://registry.test/schemas/1/plans/2","url":"atlas://app/plans/p2"}]})j");
  EXPECT_EQ(text(input(kApprove, named("p1"))),
            R"j({"approveDeclarativePlan":{"url":"atlas://app/plans/p1",)j"
            R"j("link":"https://registry.test/schemas/1/plans/1","status":"APPROVED"}})j");
  EXPECT_EQ(input_failure(kApprove, named("p1")), "") << "again";
  EXPECT_EQ(status("p1"), "APPROVED");
  EXPECT_EQ(text(data("{ declarativePlan(id: 1) { name } }")),
            R"j({"declarativePlan":{"name":"p1"}})j");
  EXPECT_EQ(failure("{ declarativePlan(id: 3) { name } }"), "NOT_FOUND plan not found");
  EXPECT_EQ(audited(), "repo.create plan.push plan.push plan.approve");
}

TEST_F(DeclarativePlansTest, KeepWhatTheyWerePushedWith) {
  Json full = plan("p", "APPROVED");
  full.set("fromDesc", "env://url");
  full.set("toDesc", "mysql://root:pass@h/db");
  full.set("context", Json::object({{"branch", "main"}}));
  full.set("lint", Json::object({{"Files", Json::array({"mysql://root:pass@h/db"})}}));
  full.set("migration", "-- mysql://root:pass@h/db");
  ASSERT_EQ(create(full), "");
  Json shown = input(kByName, named("p")).at("declarativePlanByName");
  EXPECT_FALSE(shown.at("approvedAt").is_null());
  shown.erase("approvedAt");
  EXPECT_EQ(text(shown),
            R"j({"name":"p","status":"APPROVED","migration":"-- mysql://root:pass@h/db",)j"
            R"j("fromDesc":"env://url","toDesc":"mysql://root:xxxxx@h/db",)j"
            R"j("lint":{"Files":["mysql://root:xxxxx@h/db"]},"context":{"branch":"main"},)j"
            R"j("createdBy":{"name":"admin"},"approvedBy":[{"name":"admin"}]})j");
}

TEST_F(DeclarativePlansTest, OneNameHoldsOnePlan) {
  ASSERT_EQ(create(plan("p")), "");
  EXPECT_EQ(text(input(kCreate, plan("p")).at("createDeclarativePlan").at("link")),
            R"j("https://registry.test/schemas/1/plans/1")j");
  for (const char* member : {"fromHash", "toHash", "migration"}) {
    Json other = plan("p");
    other.set(member, "other");
    EXPECT_EQ(create(other),
              "CONFLICT plan \"p\" of schema \"app\" holds another plan; use another name");
  }
  allow_only({"plan:push", "schema:read"});
  EXPECT_EQ(create(plan("p", "APPROVED")), "FORBIDDEN permission \"plan:approve\" is required");
  EXPECT_EQ(status("p"), "PENDING");
  allow_only({"plan:push", "plan:approve", "schema:read"});
  EXPECT_EQ(create(plan("p", "APPROVED")), "");
  EXPECT_EQ(status("p"), "APPROVED");
  EXPECT_EQ(create(plan("p")), "");
  EXPECT_EQ(status("p"), "APPROVED") << "an approval is not taken back by a repetition";
}

TEST_F(DeclarativePlansTest, AreRemovedByWhoMayDecide) {
  ASSERT_EQ(create(plan("pending")), "");
  ASSERT_EQ(create(plan("approved", "APPROVED")), "");
  allow_only({"schema:read", "cloud:read"});
  EXPECT_EQ(input_failure(kDelete, named("pending")),
            "FORBIDDEN permission \"plan:push\" is required");
  EXPECT_EQ(input_failure(kApprove, named("pending")),
            "FORBIDDEN permission \"plan:approve\" is required");
  allow_only({"plan:push", "schema:read"});
  EXPECT_EQ(input_failure(kDelete, named("pending")), "");
  EXPECT_EQ(input_failure(kDelete, named("approved")),
            "FORBIDDEN permission \"plan:approve\" is required");
  allow_only({"plan:push", "plan:approve", "schema:read"});
  EXPECT_EQ(input_failure(kDelete, named("approved")), "");
  EXPECT_EQ(status("approved"), "NOT_FOUND plan \"approved\" not found in schema \"app\"");
  EXPECT_EQ(input_failure(kDelete, named("approved")),
            "NOT_FOUND plan \"approved\" not found in schema \"app\"");
  EXPECT_EQ(registry_
                .scalar("SELECT object || before_json FROM audit WHERE action = 'plan.remove' "
                        "ORDER BY seq DESC LIMIT 1")
                .text(),
            R"j(atlas://app/plans/approved{"id":"2","status":"APPROVED","fromHash":"from",)j"
            R"j("toHash":"to"})j");
  Json again = plan("pending");
  EXPECT_EQ(text(input(kCreate, again).at("createDeclarativePlan").at("link")),
            R"j("https://registry.test/schemas/1/plans/3")j");
}

TEST_F(DeclarativePlansTest, Lists) {
  for (const char* name : {"a", "b", "c"}) {
    ASSERT_EQ(create(plan(name, name[0] == 'b' ? "APPROVED" : "PENDING")), "");
  }
  const auto list = [this](Json filter) {
    const Json found = input(
                           "query q($input: DeclarativePlansInput) { declarativePlans(input: "
                           "$input) { plans { name } pageInfo { total } } }",
                           std::move(filter))
                           .at("declarativePlans");
    std::string out;
    for (const Json& plan : found.at("plans").as_array()) {
      out += plan.string_or_empty("name");
    }
    return out + std::to_string(found.at("pageInfo").find_int("total").value_or(-1));
  };
  EXPECT_EQ(list(Json()), "cba3");
  EXPECT_EQ(list(Json::object({{"status", "PENDING"}})), "ca2");
  EXPECT_EQ(list(Json::object({{"schemaSlug", "app"}, {"status", "APPROVED"}})), "b1");
  EXPECT_EQ(list(Json::object({{"schemaSlug", "none"}})), "0");
  EXPECT_EQ(list(Json::object({{"page", Json::object({{"page", 2}, {"pageSize", 2}})}})), "a3");
  EXPECT_EQ(text(data("{ repo(input: {slug: \"app\"}) { plans(input: {status: APPROVED}) { plans { "
                      "name } pageInfo { total } } } }")),
            R"j({"repo":{"plans":{"plans":[{"name":"b"}],"pageInfo":{"total":1}}}})j");
  leave_organization();
  EXPECT_EQ(list(Json()), "0");
}

TEST_F(DeclarativePlansTest, BadInputIsRefusedAndWritesNothing) {
  expect_checked(kCreate, plan("p"),
                 {"name", "schemaSlug", "status", "fromHash", "toHash", "migration"});
  const auto refused = [this](const char* member, Json value) {
    Json bad = plan("p");
    bad.set(member, std::move(value));
    return create(bad);
  };
  EXPECT_EQ(refused("schemaSlug", "none"), "NOT_FOUND schema \"none\" not found");
  EXPECT_EQ(refused("name", ""), "INVALID plan name must not be empty");
  EXPECT_EQ(refused("name", "a/b"), "INVALID plan name must be alphanumeric and may contain .-_");
  EXPECT_TRUE(refused("name", std::string(256, 'n')).starts_with("INVALID plan name must not be"));
  EXPECT_EQ(refused("fromHash", ""), "INVALID fromHash must not be empty");
  EXPECT_TRUE(refused("toHash", std::string(256, 'n')).starts_with("INVALID toHash must not be"));
  EXPECT_EQ(refused("migration", std::string((8U << 20U) + 1, 'x')),
            "LIMIT migration: larger than 8 MiB");
  EXPECT_TRUE(refused("status", "DONE").starts_with("INVALID variable"));
  ASSERT_TRUE(registry_.push("files", "", {"1"}));
  EXPECT_EQ(refused("schemaSlug", "files"), "NOT_FOUND schema \"files\" not found");
  leave_organization();
  EXPECT_EQ(create(plan("p")), "NOT_FOUND schema \"app\" not found");
  EXPECT_EQ(
      text(input(kByHashes,
                 Json::object({{"schemaSlug", "app"}, {"fromHash", "from"}, {"toHash", "to"}}))),
      R"j({"DeclarativePlanByHashes":[]})j");
  allow_only({"report:write"});
  EXPECT_EQ(create(plan("p")), "FORBIDDEN permission \"plan:push\" is required");
  EXPECT_EQ(status("p"), "FORBIDDEN permission \"schema:read\" is required");
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM declarative_plans").number(), 0);
}

TEST(DeclarativePlanUrls, BothForms) {
  for (const char* url : {"atlas://my/app/plans/p1", "atlas://repo/schema/my/app/plans/p1"}) {
    const DeclarativePlanName name = parse_plan_url(url);
    EXPECT_EQ(name.schema_slug + " " + name.name, "my/app p1") << url;
  }
  for (const char* url : {"", "atlas://app", "https://h/app/plans/p", "app/plans/p"}) {
    EXPECT_EQ(parse_plan_url(url).name, "") << url;
  }
}

TEST_F(DeclarativePlansTest, ProtectedApprovalsAreGivenBySomebodyElse) {
  const char* update = "mutation u($input: UpdateRepoInput!) { updateRepo(input: $input) { id } }";
  auto protect = [&](const char* flow, bool on = true) {
    Json change = Json::object({{"id", "1"}});
    change.set("protectedFlows", Json::object({{flow, on}}));
    input(update, change);
  };
  const std::string hint =
      " of \"app\" are protected: ask an administrator, or a token with the scope \"protected\"";
  protect("pushPlan");
  Caller& caller = registry_.caller();
  const Caller admin = caller;
  allow_only({"plan:push", "plan:approve", "schema:read"});
  EXPECT_EQ(create(plan("p", "APPROVED")), "FORBIDDEN pushes of approved plans" + hint);
  EXPECT_EQ(create(plan("p")), "");
  EXPECT_EQ(input_failure(kApprove, named("p")), "") << "approvals are not protected";

  caller = admin;
  protect("pushPlan", false);
  protect("approvePlan");
  EXPECT_EQ(create(plan("q", "APPROVED")), "") << "an administrator may";
  EXPECT_EQ(create(plan("r")), "");
  EXPECT_EQ(input_failure(kApprove, named("r")),
            "FORBIDDEN plan \"r\" of \"app\" is your own: somebody else must approve it");
  caller.origin.actor = Actor{"BOT", 7, "reviewer"};
  allow_only({"plan:push", "plan:approve", "schema:read"});
  EXPECT_EQ(input_failure(kApprove, named("r")), "FORBIDDEN approvals of plans" + hint);
  EXPECT_EQ(create(plan("s", "APPROVED")), "FORBIDDEN pushes of approved plans" + hint);
  allow_only({"plan:approve", "protected", "schema:read"});
  EXPECT_EQ(input_failure(kApprove, named("r")), "");
  EXPECT_EQ(status("r"), "APPROVED");
  caller = admin;
  protect("selfApproval");
  EXPECT_EQ(create(plan("t")), "");
  EXPECT_EQ(input_failure(kApprove, named("t")), "");
}

}  // namespace
}  // namespace rhumb::registry
