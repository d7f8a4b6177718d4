#include <gtest/gtest.h>

#include "registry/api/test_people.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr const char* kUpdate =
    "mutation u($input: UpdateOrganizationInput!) { updateOrganization(input: $input) { name "
    "protectedFlows { migrateDown approvals selfApproval expiryHours } reviewPolicy retentionDays "
    "sessionHours } }";

class OrganizationTest : public PeopleTest {};

TEST_F(OrganizationTest, HasSettings) {
  EXPECT_EQ(text(data("{ organization { id slug name reviewPolicy retentionDays sessionHours "
                      "protectedFlows { migrateDown approvals } } }")),
            R"j({"organization":{"id":"1","slug":"default","name":"default","reviewPolicy":null,)j"
            R"j("retentionDays":null,"sessionHours":24,"protectedFlows":{"migrateDown":false,)j"
            R"j("approvals":1}}})j");
  EXPECT_EQ(
      text(input(kUpdate, Json::object({{"name", "Acme"},
                                        {"protectedFlows",
                                         Json::object({{"migrateDown", true}, {"approvals", 2}})},
                                        {"reviewPolicy", "WARNING"},
                                        {"retentionDays", 90},
                                        {"sessionHours", 8}}))),
      R"j({"updateOrganization":{"name":"Acme","protectedFlows":{"migrateDown":true,)j"
      R"j("approvals":2,"selfApproval":false,"expiryHours":72},"reviewPolicy":"WARNING",)j"
      R"j("retentionDays":90,"sessionHours":8}})j");
  // What is not given stays, null takes away.
  EXPECT_EQ(
      text(input(kUpdate, Json::object({{"reviewPolicy", Json()}, {"retentionDays", Json()}}))),
      R"j({"updateOrganization":{"name":"Acme","protectedFlows":{"migrateDown":true,)j"
      R"j("approvals":2,"selfApproval":false,"expiryHours":72},"reviewPolicy":null,)j"
      R"j("retentionDays":null,"sessionHours":8}})j");
  EXPECT_EQ(audited(), "settings.update settings.update");
  EXPECT_EQ(input_failure(kUpdate, Json::object({{"name", "Acme"}})), "");
  EXPECT_EQ(audited(), "settings.update settings.update");
  use_admin();
  EXPECT_EQ(registry_->tokens.find(kTestToken, registry_->now()).value()->org_name, "Acme");
}

TEST_F(OrganizationTest, SettingsAreChecked) {
  struct Case {
    const char* member;
    Json value;
    const char* want;
  };
  const Case cases[] = {
      {"name", "", "INVALID name must not be empty"},
      {"name", std::string(256, 'x'), "INVALID name must not be longer than 255 bytes"},
      {"retentionDays", 0, "INVALID retentionDays must be from 1 to 36500"},
      {"retentionDays", 36501, "INVALID retentionDays must be from 1 to 36500"},
      {"sessionHours", 0, "INVALID sessionHours must be from 1 to 8760"},
      {"sessionHours", 8761, "INVALID sessionHours must be from 1 to 8760"},
      {"protectedFlows", Json::object({{"approvals", 0}}),
       "INVALID protectedFlows.approvals must be from 1 to 100"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(input_failure(kUpdate, Json::object({{c.member, c.value}})), c.want);
  }
  for (const char* member : {"name", "reviewPolicy", "retentionDays", "sessionHours"}) {
    EXPECT_TRUE(input_failure(kUpdate, Json::object({{member, Json::object()}}))
                    .starts_with("INVALID variable"))
        << member;
  }
}

TEST_F(OrganizationTest, NewRepositoriesStartWithItsFlows) {
  ASSERT_TRUE(registry_.push("old", "", {"1"}));
  ASSERT_EQ(input_failure(kUpdate,
                          Json::object({{"protectedFlows", Json::object({{"migrateDown", true},
                                                                         {"expiryHours", 5}})}})),
            "");
  ASSERT_TRUE(registry_.push("new", "", {"1"}));
  ASSERT_TRUE(registry_.ingest(registry_.report("a", "", "1")));
  EXPECT_EQ(text(data("{ repos { repos { slug protectedFlows { migrateDown expiryHours } } } }")),
            R"j({"repos":{"repos":[{"slug":"app","protectedFlows":{"migrateDown":true,)j"
            R"j("expiryHours":5}},{"slug":"new","protectedFlows":{"migrateDown":true,)j"
            R"j("expiryHours":5}},{"slug":"old","protectedFlows":{"migrateDown":false,)j"
            R"j("expiryHours":72}}]}})j");
}

TEST_F(OrganizationTest, OnlyAdministratorsChangeIt) {
  for (const char* role : {"VIEWER", "DEVELOPER", "DEPLOYER", "APPROVER"}) {
    log_in(add_person(role, role));
    EXPECT_EQ(failure("{ organization { name } }"), "") << role;
    EXPECT_EQ(input_failure(kUpdate, Json::object({{"name", "x"}})),
              "FORBIDDEN permission \"admin\" is required")
        << role;
  }
  allow_only({"report:write"});
  EXPECT_EQ(failure("{ organization { name } }"),
            "FORBIDDEN permission \"cloud:read\" is required");
}

}  // namespace
}  // namespace rhumb::registry
