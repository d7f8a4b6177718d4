#include <gtest/gtest.h>

#include "registry/api/test_people.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr const char* kInvite =
    "mutation i($input: InviteMemberInput!) { inviteMember(input: $input) { id name email roles "
    "grants { role repo project envName } joinedAt lastSeen } }";
constexpr const char* kUpdate =
    "mutation u($input: UpdateMemberInput!) { updateMember(input: $input) { id roles grants { role "
    "repo } } }";
constexpr const char* kRemove = "mutation r($id: ID!) { removeMember(id: $id) { success } }";
constexpr const char* kReset =
    "mutation r($id: ID!) { resetMember(id: $id) { id joinedAt inviteURL } }";

class MembersTest : public PeopleTest {
 protected:
  static Json of(const std::string& email, const std::string& role) {
    return Json::object({{"email", email}, {"roles", Json::array({role})}});
  }
  static Json by_id(int64_t id) { return Json::object({{"id", std::to_string(id)}}); }
  static Json change(int64_t id, Json roles) {
    return Json::object({{"id", std::to_string(id)}, {"roles", std::move(roles)}});
  }
};

TEST_F(MembersTest, AreInvitedByAnAddressThatIsShownOnce) {
  const Json made =
      input("mutation i($input: InviteMemberInput!) { inviteMember(input: $input) { inviteURL } }",
            of("Ann@Example.com ", "DEVELOPER"));
  const std::string url = made.at("inviteMember").at("inviteURL").as_string();
  EXPECT_TRUE(url.starts_with("https://registry.test/invite#")) << url;
  EXPECT_EQ(url.size(), std::string("https://registry.test/invite#").size() + 43);
  EXPECT_EQ(text(data("{ members { members { id name email roles joinedAt inviteURL } pageInfo { "
                      "total } } }")),
            R"j({"members":{"members":[{"id":"1","name":"ann@example.com","email":)j"
            R"j("ann@example.com","roles":["DEVELOPER"],"joinedAt":null,"inviteURL":null}],)j"
            R"j("pageInfo":{"total":1}}})j");
  const std::string secret = url.substr(url.find('#') + 1);
  EXPECT_EQ(
      registry_.scalar("SELECT count(*) FROM audit WHERE after_json LIKE ?", {"%" + secret + "%"})
          .number(),
      0);
  EXPECT_EQ(registry_.store().count_with("SELECT sha256 FROM invitations", secret), 0);
  EXPECT_EQ(audited(), "member.invite");
}

TEST_F(MembersTest, InvitationsAreChecked) {
  expect_checked(kInvite, of("a@b.c", "VIEWER"), {"email", "roles"});
  const std::string address = "INVALID email must be an address such as ann@example.com";
  for (const char* wrong :
       {"", "ann", "@b.c", "a@", "a@b@c", "a b@c.d", "a@b.c\n", "a,b@c.d", "<a@b.c>"}) {
    const std::string got = input_failure(kInvite, of(wrong, "VIEWER"));
    if (std::string_view(wrong) == "a@b.c\n") {
      EXPECT_EQ(got, "") << "blanks around an address are taken off";
    } else {
      EXPECT_EQ(got, address) << wrong;
    }
  }
  EXPECT_EQ(input_failure(kInvite, of(std::string(250, 'a') + "@b.cd", "VIEWER")),
            "INVALID email must not be longer than 254 bytes");
  EXPECT_TRUE(input_failure(kInvite, of("x@y.z", "KING")).starts_with("INVALID variable"));
  Json nothing = of("x@y.z", "VIEWER");
  nothing.set("roles", Json::array());
  EXPECT_EQ(input_failure(kInvite, nothing), "INVALID give at least one role or grant");
  Json empty_glob = nothing;
  empty_glob.set("grants", Json::array({Json::object({{"role", "VIEWER"}, {"repo", ""}})}));
  EXPECT_EQ(input_failure(kInvite, empty_glob), "INVALID repo must not be empty");
  Json long_glob = nothing;
  long_glob.set(
      "grants",
      Json::array({Json::object({{"role", "VIEWER"}, {"envName", std::string(256, 'x')}})}));
  EXPECT_EQ(input_failure(kInvite, long_glob), "INVALID envName must not be longer than 255 bytes");
  Json many = nothing;
  Json grants = Json::array();
  for (int i = 0; i < 101; ++i) {
    grants.push_back(Json::object({{"role", "VIEWER"}, {"repo", std::to_string(i)}}));
  }
  many.set("grants", std::move(grants));
  EXPECT_EQ(input_failure(kInvite, many), "LIMIT more than 100 roles and grants");
}

TEST_F(MembersTest, WhoWasOnlyInvitedIsInvitedAgain) {
  ASSERT_EQ(input_failure(kInvite, of("ann@example.com", "VIEWER")), "");
  const Value first = registry_.scalar("SELECT sha256 FROM invitations");
  EXPECT_EQ(text(input(kInvite, of("ANN@example.com", "APPROVER")).at("inviteMember").at("roles")),
            R"j(["APPROVER"])j");
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM invitations").number(), 1);
  EXPECT_NE(registry_.scalar("SELECT sha256 FROM invitations"), first);
  add_person("bob", "VIEWER");
  EXPECT_EQ(input_failure(kInvite, of("bob@example.com", "VIEWER")),
            "CONFLICT bob@example.com is a member already");
}

TEST_F(MembersTest, RolesAndGrantsAreChangedApart) {
  const int64_t ann =
      add_person("ann", {Grant{"VIEWER", {}, {}, {}}, Grant{"DEVELOPER", "app-*", {}, {}}});
  EXPECT_EQ(text(input(kUpdate, change(ann, Json::array({"APPROVER"})))),
            R"j({"updateMember":{"id":"1","roles":["APPROVER"],"grants":[{"role":"DEVELOPER",)j"
            R"j("repo":"app-*"}]}})j");
  EXPECT_EQ(text(input(kUpdate, Json::object({{"id", "1"}, {"grants", Json::array()}}))),
            R"j({"updateMember":{"id":"1","roles":["APPROVER"],"grants":[]}})j");
  EXPECT_EQ(input_failure(kUpdate, change(ann, Json::array())),
            "INVALID give at least one role or grant");
  EXPECT_EQ(audited(), "member.role member.role request.refused");
  EXPECT_EQ(input_failure(kUpdate, by_id(ann)), "");
  EXPECT_EQ(audited(), "member.role member.role request.refused");
  EXPECT_EQ(input_failure(kUpdate, by_id(9)), "NOT_FOUND member not found");
  expect_checked(kUpdate, change(ann, Json::array({"VIEWER"})), {"id"});
}

TEST_F(MembersTest, ChangedRightsCountAtOnce) {
  const int64_t ann = add_person("ann", "ADMIN");
  const std::string session = log_in(ann);
  EXPECT_EQ(failure("{ members { pageInfo { total } } }"), "");
  use_admin();
  ASSERT_EQ(input_failure(kUpdate, change(ann, Json::array({"VIEWER"}))), "");
  ASSERT_TRUE(use_session(session));
  EXPECT_EQ(failure("{ members { pageInfo { total } } }"),
            "FORBIDDEN permission \"admin\" is required");
}

TEST_F(MembersTest, WhoIsRemovedIsOutAtOnce) {
  const int64_t ann = add_person("ann", "DEVELOPER");
  const std::string session = log_in(ann);
  const std::string token =
      input("mutation c($input: CreateTokenInput!) { createToken(input: $input) { secret } }",
            Json::object())
          .at("createToken")
          .at("secret")
          .as_string();
  EXPECT_TRUE(token.starts_with("rgp_"));
  EXPECT_TRUE(use_token(token));
  use_admin();
  EXPECT_EQ(text(data(kRemove, by_id(ann))), R"j({"removeMember":{"success":true}})j");
  EXPECT_FALSE(use_token(token));
  EXPECT_FALSE(use_session(session));
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM sessions").number(), 0);
  EXPECT_TRUE(registry_.scalar("SELECT password FROM users WHERE id = ?", {ann}).is_null());
  EXPECT_EQ(failure(kRemove, by_id(ann)), "NOT_FOUND member not found");
  // Back again, a person has neither the old token nor the old password.
  ASSERT_EQ(input_failure(kInvite, of("ann@example.com", "DEVELOPER")), "");
  ASSERT_TRUE(registry_->store.write(
      [&](Session& s) { return s.run("UPDATE memberships SET joined_at = 1"); }));
  EXPECT_FALSE(use_token(token));
  EXPECT_EQ(audited(), "token.create member.remove request.refused member.invite");
}

TEST_F(MembersTest, LastOwnerStays) {
  const int64_t ann = add_person("ann", "OWNER");
  const std::string last = "CONFLICT ann is the last owner; make somebody else an owner first";
  EXPECT_EQ(failure(kRemove, by_id(ann)), last);
  EXPECT_EQ(input_failure(kUpdate, change(ann, Json::array({"ADMIN"}))), last);
  // Whoever was only invited cannot stand in.
  ASSERT_EQ(input_failure(kInvite, of("bob@example.com", "OWNER")), "");
  EXPECT_EQ(failure(kRemove, by_id(ann)), last);
  add_person("cid", {Grant{"OWNER", "app", {}, {}}});
  EXPECT_EQ(failure(kRemove, by_id(ann)), last);
  add_person("dan", "OWNER");
  EXPECT_EQ(input_failure(kUpdate, change(ann, Json::array({"ADMIN"}))), "");
  EXPECT_EQ(failure(kRemove, by_id(ann)), "");
}

TEST_F(MembersTest, AdministratorsDoNotReachOwners) {
  const int64_t owner = add_person("owner", "OWNER");
  add_person("other", "OWNER");
  const int64_t admin = add_person("admin", "ADMIN");
  const int64_t viewer = add_person("viewer", "VIEWER");
  log_in(admin);
  const std::string beyond = "FORBIDDEN role OWNER goes beyond what you may do yourself";
  EXPECT_EQ(input_failure(kInvite, of("x@y.z", "OWNER")), beyond);
  EXPECT_EQ(input_failure(kUpdate, change(owner, Json::array({"VIEWER"}))), beyond);
  EXPECT_EQ(input_failure(kUpdate, change(viewer, Json::array({"OWNER"}))), beyond);
  EXPECT_EQ(input_failure(kUpdate, change(admin, Json::array({"OWNER"}))), beyond);
  EXPECT_EQ(failure(kRemove, by_id(owner)), beyond);
  EXPECT_EQ(failure(kReset, by_id(owner)), beyond);
  EXPECT_EQ(input_failure(kUpdate, change(viewer, Json::array({"ADMIN"}))), "");
  EXPECT_EQ(input_failure(kInvite, of("x@y.z", "ADMIN")), "");
  // Nor those who are to become owners.
  use_admin();
  ASSERT_EQ(input_failure(kInvite, of("next@y.z", "OWNER")), "");
  log_in(admin);
  EXPECT_EQ(input_failure(kInvite, of("next@y.z", "VIEWER")), beyond);
}

TEST_F(MembersTest, NobodyElseDoes) {
  const int64_t ann = add_person("ann", "VIEWER");
  const std::string denied = "FORBIDDEN permission \"admin\" is required";
  const std::vector<Grant> refused = {{"VIEWER", {}, {}, {}},   {"DEVELOPER", {}, {}, {}},
                                      {"DEPLOYER", {}, {}, {}}, {"APPROVER", {}, {}, {}},
                                      {"ADMIN", "app", {}, {}}, {"OWNER", {}, {}, "prod"},
                                      {"ADMIN", {}, "p", {}}};
  for (const Grant& grant : refused) {
    log_in(
        add_person("p" + grant.role + grant.repo.value_or("") + grant.env.value_or(""), {grant}));
    EXPECT_EQ(failure("{ members { pageInfo { total } } }"), denied) << grant.role;
    EXPECT_EQ(input_failure(kInvite, of("x@y.z", "VIEWER")), denied) << grant.role;
    EXPECT_EQ(input_failure(kUpdate, change(ann, Json::array({"ADMIN"}))), denied) << grant.role;
    EXPECT_EQ(failure(kRemove, by_id(ann)), denied) << grant.role;
    EXPECT_EQ(failure(kReset, by_id(ann)), denied) << grant.role;
  }
  use_admin();
  allow_only(known_scopes());
  EXPECT_EQ(failure("{ members { pageInfo { total } } }"), denied);
}

TEST_F(MembersTest, OfAnotherOrganizationAreUnknown) {
  const int64_t ann = add_person("ann", "VIEWER");
  leave_organization();
  EXPECT_EQ(text(data("{ members { members { id } pageInfo { total } } }")),
            R"j({"members":{"members":[],"pageInfo":{"total":0}}})j");
  const std::string unknown = "NOT_FOUND member not found";
  EXPECT_EQ(input_failure(kUpdate, change(ann, Json::array({"ADMIN"}))), unknown);
  EXPECT_EQ(failure(kRemove, by_id(ann)), unknown);
  EXPECT_EQ(failure(kReset, by_id(ann)), unknown);
}

TEST_F(MembersTest, ResetTakesWhatGetsOneIn) {
  const int64_t ann = add_person("ann", "VIEWER");
  const std::string session = log_in(ann);
  use_admin();
  const Json reset = data(kReset, by_id(ann)).at("resetMember");
  EXPECT_TRUE(reset.at("inviteURL").as_string().starts_with("https://registry.test/invite#"));
  EXPECT_FALSE(use_session(session));
  EXPECT_TRUE(registry_.scalar("SELECT password FROM users").is_null());
  EXPECT_EQ(audited(), "member.reset");
  // An administrator of one organization has no hold over members of others.
  ASSERT_TRUE(registry_->store.write([&](Session& s) {
    return s.run(
        "INSERT INTO memberships (org_id, user_id, grants, created_at, created_by) "
        "VALUES (2, ?, '[]', 1, 'x')",
        {ann});
  }));
  EXPECT_EQ(failure(kReset, by_id(ann)), "CONFLICT the member belongs to other organizations too");
}

TEST_F(MembersTest, TheLogSaysThatAPersonDidIt) {
  log_in(add_person("ann", "ADMIN"));
  ASSERT_EQ(input_failure(kInvite, of("x@y.z", "VIEWER")), "");
  EXPECT_EQ(text(data("{ auditLog(input: {actions: [\"member.invite\"]}) { entries { actor { kind "
                      "id name } object after } } }")),
            R"j({"auditLog":{"entries":[{"actor":{"kind":"USER","id":"1","name":"ann"},"object":)j"
            R"j("user/2","after":{"roles":["VIEWER"],"grants":[],"email":"x@y.z"}}]}})j");
  EXPECT_EQ(text(data("{ me { name kind roles scopes } }")),
            R"j({"me":{"name":"ann","kind":"USER","roles":["ADMIN"],"scopes":[]}})j");
}

TEST_F(MembersTest, SomebodyLearnsWhatTheyMayDoInAPart) {
  log_in(add_person("ann", {Grant{"VIEWER", {}, {}, {}}, Grant{"APPROVER", "shop", {}, {}}}));
  EXPECT_EQ(text(data("{ me { roles grants { role repo project envName } } }")),
            R"j({"me":{"roles":["VIEWER"],"grants":[{"role":"VIEWER","repo":null,"project":null,)j"
            R"j("envName":null},{"role":"APPROVER","repo":"shop","project":null,)j"
            R"j("envName":null}]}})j");
}

TEST_F(MembersTest, SessionsLastAsLongAsTheOrganizationSays) {
  const std::string session = log_in(add_person("ann", "ADMIN"));
  registry_.clock().advance(std::chrono::hours(23));
  EXPECT_TRUE(use_session(session));
  ASSERT_EQ(failure("mutation { updateOrganization(input: {sessionHours: 22}) { sessionHours } }"),
            "");
  EXPECT_FALSE(use_session(session));
  use_admin();
  ASSERT_EQ(failure("mutation { updateOrganization(input: {sessionHours: 48}) { sessionHours } }"),
            "");
  EXPECT_TRUE(use_session(session));
  registry_.clock().advance(std::chrono::hours(2));
  EXPECT_FALSE(use_session(session));
}

}  // namespace
}  // namespace rhumb::registry
