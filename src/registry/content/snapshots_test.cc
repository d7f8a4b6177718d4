#include "registry/content/snapshots.h"

#include <gtest/gtest.h>

#include "registry/api/test_api.h"

namespace rhumb::registry {
namespace {

constexpr const char* kHash =
    "query snapshotHash($input: SnapshotHashInput!) { snapshotHash(input: $input) { hash } }";
constexpr const char* kPush =
    "mutation pushSnapshot($input: PushSnapshotInput!) { pushSnapshot(input: $input) { newVersion "
    "url } }";

class SnapshotsTest : public ApiTest {
 protected:
  static Json scope(const char* url = "mysql://u:pass@h/db") {
    return Json::object({{"url", url}});
  }
  static Json snapshot(const char* hash, const char* url = "mysql://u:pass@h/db") {
    Json push = scope(url);
    push.set("hashMatch", false);
    push.set("snapshot", Json::object({{"hash", hash}, {"hcl", std::string("schema of ") + hash}}));
    return push;
  }
  std::string push(const Json& push) {
    const std::string refused = input_failure(kPush, push);
    if (!refused.empty()) {
      return refused;
    }
    const Json answer = input(kPush, push).at("pushSnapshot");
    return answer.string_or_empty("url") + (answer.at("newVersion").as_bool() ? " new" : " known");
  }
  std::string hash(const Json& scope) {
    return input(kHash, scope).at("snapshotHash").string_or_empty("hash");
  }
};

TEST_F(SnapshotsTest, AreStoredWhenTheyDiffer) {
  EXPECT_EQ(hash(scope()), "");
  EXPECT_EQ(text(input(kPush, snapshot("one"))),
            R"j({"pushSnapshot":{"newVersion":true,"url":"https://registry.test/instances/1"}})j");
  EXPECT_EQ(hash(scope()), "one");
  EXPECT_EQ(push(snapshot("one")), "https://registry.test/instances/1 known");
  Json seen = scope();
  seen.set("hashMatch", true);
  EXPECT_EQ(push(seen), "https://registry.test/instances/1 known");
  input(kPush, snapshot("two"));
  EXPECT_EQ(hash(scope("mysql://u:other@h/db")), "two") << "a password names nothing";
  EXPECT_EQ(text(data("{ instances { instances { id url extID schemas link latest { hash hcl stats "
                      "diffSQL } snapshots(page: {pageSize: 1}) { snapshots { hash } pageInfo { "
                      "total } } } pageInfo { total } } }")),
            R"j({"instances":{"instances":[{"id":"1","url":"mysql://u:xxxxx@h/db","extID":null,)j"
            R"j("schemas":[],"link":"https://registry.test/instances/1","latest":{"hash":"two",)j"
            R"j("hcl":"schema of two","stats":null,"diffSQL":null},"snapshots":{"snapshots":[)j"
            R"j({"hash":"two"}],"pageInfo":{"total":2}}}],"pageInfo":{"total":1}}})j");
  EXPECT_EQ(text(data("{ instance(id: 1) { url } }")),
            R"j({"instance":{"url":"mysql://u:xxxxx@h/db"}})j");
  EXPECT_EQ(failure("{ instance(id: 2) { url } }"), "NOT_FOUND instance not found");
  EXPECT_EQ(audited(), "snapshot.push snapshot.push");
}

TEST_F(SnapshotsTest, ScopesAreApart) {
  Json part = snapshot("part");
  part.set("schemas", Json::array({"b", "a"}));
  Json named = snapshot("named");
  named.set("extID", "db-1");
  Json less = snapshot("less");
  less.set("exclude", Json::array({"logs"}));
  input(kPush, snapshot("whole"));
  input(kPush, part);
  input(kPush, named);
  input(kPush, less);
  EXPECT_EQ(hash(scope()), "whole");
  Json asked = scope();
  asked.set("schemas", Json::array({"a", "b", "a"}));
  EXPECT_EQ(hash(asked), "part");
  asked = scope("mysql://moved/db");
  asked.set("extID", "db-1");
  EXPECT_EQ(hash(asked), "named") << "an external id outlives the address";
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM instances").number(), 4);
  EXPECT_EQ(text(data("{ instances(input: {search: \"db-1\"}) { instances { extID } } }")),
            R"j({"instances":{"instances":[{"extID":"db-1"}]}})j");
  leave_organization();
  EXPECT_EQ(hash(scope()), "");
}

TEST_F(SnapshotsTest, CarryFigures) {
  Json with_stats = snapshot("one");
  with_stats.set("stats",
                 Json::object({{"stats", "{\"rows\":7}"}, {"time", "2026-11-29T10:00:00Z"}}));
  input(kPush, with_stats);
  EXPECT_EQ(text(data("{ instances { instances { latest { stats } } } }")),
            R"j({"instances":{"instances":[{"latest":{"stats":{"rows":7}}}]}})j");
  with_stats.set("stats", Json::object({{"stats", "{"}, {"time", "2026-11-29T10:00:00Z"}}));
  EXPECT_TRUE(push(with_stats).starts_with("INVALID stats: "));
}

TEST_F(SnapshotsTest, BadInputIsRefusedAndWritesNothing) {
  expect_checked(kPush, snapshot("one"), {"url", "hashMatch"});
  const auto refused = [this](const char* member, Json value) {
    Json bad = snapshot("one");
    bad.set(member, std::move(value));
    return push(bad);
  };
  EXPECT_EQ(refused("url", ""), "INVALID url must not be empty");
  EXPECT_EQ(refused("snapshot", Json()), "INVALID snapshot must be given unless hashMatch is true");
  EXPECT_EQ(refused("snapshot", Json::object({{"hash", ""}, {"hcl", ""}})),
            "INVALID snapshot.hash must not be empty");
  EXPECT_EQ(refused("snapshot",
                    Json::object({{"hash", "h"}, {"hcl", std::string((8U << 20U) + 1, 'x')}})),
            "LIMIT snapshot.hcl: larger than 8 MiB");
  const std::string long_text(256, 'x');
  EXPECT_EQ(refused("extID", long_text), "INVALID extID must not be longer than 255 bytes");
  EXPECT_EQ(refused("schemas", Json::array({long_text})),
            "INVALID schemas must not be longer than 255 bytes");
  Json many = Json::array();
  for (int i = 0; i < 1001; ++i) {
    many.push_back(std::to_string(i));
  }
  EXPECT_EQ(refused("exclude", many), "LIMIT exclude: more than 1000");
  Json unknown = scope();
  unknown.set("hashMatch", true);
  EXPECT_EQ(push(unknown), "INVALID no snapshot of this scope is stored; send one");
  allow_only({"report:write"});
  EXPECT_EQ(push(snapshot("one")), "FORBIDDEN permission \"snapshot:write\" is required");
  EXPECT_EQ(input_failure(kHash, scope()), "FORBIDDEN permission \"snapshot:write\" is required");
  EXPECT_EQ(failure("{ instances { pageInfo { total } } }"),
            "FORBIDDEN permission \"cloud:read\" is required");
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM instances").number(), 0);
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM snapshots").number(), 0);
}

}  // namespace
}  // namespace rhumb::registry
