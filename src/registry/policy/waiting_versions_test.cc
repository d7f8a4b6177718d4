#include "registry/policy/waiting_versions.h"

#include <fmt/format.h>

#include "base/text.h"
#include "registry/content/ephemeral.h"
#include "registry/policy/policy_approvals.h"
#include "registry/policy/policy_json.h"
#include "registry/policy/policy_store.h"
#include "registry/test_registry.h"

namespace rhumb::registry {
namespace {

using std::chrono::hours;

class WaitingVersionsTest : public testing::Test {
 protected:
  WaitingVersionsTest() {
    approver_ = registry_.caller();
    approver_.origin.actor = Actor{"BOT", 2, "approver"};
    approver_.rights = Rights{{"plan:approve", "dir:push", "repo:create"}, {}};
  }

  /// The policy of a repository, or of every other one, with stages `name:approvals:env,env`.
  void set_stages(const std::string& repo, const std::vector<std::string>& texts) {
    PolicyChange change{.repo = repo.empty() ? std::nullopt : std::optional(repo)};
    for (const std::string& text : texts) {
      const std::vector<std::string_view> parts = split(text, ':');
      PromotionStage stage{.name = std::string(parts.at(0))};
      stage.approvals = std::stoll(std::string(parts.at(1)));
      for (const std::string_view env : split(parts.at(2), ',')) {
        stage.envs.emplace_back(env);
      }
      change.stages.push_back(std::move(stage));
    }
    const auto set = set_policy(*registry_, registry_.caller(), change);
    ASSERT_TRUE(set) << set.error().message();
  }

  void push(const Caller& caller,
            const std::string& repo,
            const std::vector<std::string>& versions,
            const std::string& change = "") {
    std::vector<std::pair<std::string, std::string>> files;
    files.reserve(versions.size());
    for (const std::string& version : versions) {
      files.emplace_back(version + "_x.sql", fmt::format("SELECT {}{};\n", version, change));
    }
    PushRequest request;
    request.slug = repo;
    request.driver = "SQLITE";
    request.files = TestRegistry::directory(files);
    const auto pushed = push_directory(*registry_, caller, std::move(request));
    ASSERT_TRUE(pushed) << pushed.error().message();
    registry_.clock().advance(hours(1));
  }
  void push(const std::string& repo, const std::vector<std::string>& versions) {
    push(registry_.caller(), repo, versions);
  }

  void deploy(const std::string& repo,
              const std::string& env,
              const std::string& database,
              const std::string& version) {
    registry_api::MigrationReport report = registry_.report(database, "", version);
    report.dir_name = repo;
    report.env_name = env;
    const auto outcome = registry_.ingest(std::move(report));
    ASSERT_TRUE(outcome) << outcome.error().message();
    registry_.clock().advance(hours(1));
  }

  void approve(const Caller& caller, const std::string& repo, const std::string& version) {
    const auto done =
        approve_version(*registry_, caller,
                        {.repo = repo, .stage = "production", .version = version, .comment = {}});
    ASSERT_TRUE(done) << done.error().message();
  }

  WaitingPage list(const WaitingFilter& filter, const Page& page) {
    const auto found = read_value<WaitingPage>(*registry_.store(), [&](Session& session) {
      return list_waiting_versions(session, filter, page);
    });
    EXPECT_TRUE(found) << found.error().message();
    return found ? *found : WaitingPage();
  }
  /// As `repo version>stage given/needed`, a line each.
  static std::string shown(const WaitingPage& page) {
    std::vector<std::string> lines;
    for (const WaitingVersion& each : page.versions) {
      lines.push_back(fmt::format("{} {}>{} {}/{}", each.repo, each.version, each.stage,
                                  each.approved_by.size(), each.needed));
    }
    return join(lines, "\n");
  }
  std::string waiting(WaitingFilter filter = {}) {
    filter.org_id = filter.org_id == 0 ? 1 : filter.org_id;
    const WaitingPage found = list(filter, {});
    EXPECT_EQ(found.facts.total, static_cast<int64_t>(found.versions.size()));
    return shown(found);
  }
  int64_t repo_id(const std::string& slug) {
    return registry_.scalar("SELECT id FROM repos WHERE slug = ?", {slug}).number();
  }

  TestRegistry registry_;
  Caller approver_;
};

TEST_F(WaitingVersionsTest, AVersionWaitsUntilItHasItsApprovals) {
  set_stages("", {"staging:0:staging", "production:2:prod,prod-*"});
  EXPECT_EQ(waiting(), "");
  const int64_t pushed_at = registry_->now();
  push("app", {"1", "2"});
  EXPECT_EQ(waiting(), "app 2>production 0/2");
  approve(approver_, "app", "1");
  EXPECT_EQ(waiting(), "app 2>production 0/2") << "another version";
  approve(approver_, "app", "2");
  const WaitingPage page = list({.org_id = 1}, {});
  ASSERT_EQ(shown(page), "app 2>production 1/2");
  const WaitingVersion& version = page.versions.front();
  EXPECT_EQ(version.approved_by.front().name, "approver");
  EXPECT_EQ(version.pushed_by->name, "admin");
  EXPECT_EQ(version.since, pushed_at);
  EXPECT_EQ(join(version.envs, " "), "prod prod-*");
  Caller second = approver_;
  second.origin.actor = Actor{"USER", 7, "second"};
  approve(second, "app", "2");
  EXPECT_EQ(waiting(), "");
}

TEST_F(WaitingVersionsTest, ApprovalsAreOfOneContent) {
  set_stages("", {"production:1:prod"});
  push("app", {"1", "2"});
  approve(approver_, "app", "2");
  EXPECT_EQ(waiting(), "");
  const int64_t changed_at = registry_->now();
  push(approver_, "app", {"1", "2"}, " + 1");
  const WaitingPage page = list({.org_id = 1}, {});
  ASSERT_EQ(shown(page), "app 2>production 0/1");
  EXPECT_EQ(page.versions.front().pushed_by->name, "approver");
  EXPECT_EQ(page.versions.front().since, changed_at);
}

TEST_F(WaitingVersionsTest, ThePusherIsWhoBroughtTheContent) {
  set_stages("", {"production:1:prod"});
  const int64_t first = registry_->now();
  push("app", {"1", "2", "3"});
  push(approver_, "app", {"1"});
  push(approver_, "app", {"1", "2"});
  push(approver_, "app", {"1", "2", "3"});
  push(approver_, "app", {"1", "2"});
  const WaitingPage page = list({.org_id = 1}, {});
  ASSERT_EQ(shown(page), "app 2>production 0/1");
  EXPECT_EQ(page.versions.front().pushed_by->name, "admin") << "with a later version, at first";
  EXPECT_EQ(page.versions.front().since, first);
  approve(approver_, "app", "2");
  EXPECT_EQ(waiting(), "");
}

TEST_F(WaitingVersionsTest, WhatAStageHasDoesNotWait) {
  set_stages("", {"production:1:prod,prod-*"});
  push("app", {"1", "2"});
  deploy("app", "dev", "d", "2");
  EXPECT_EQ(waiting(), "app 2>production 0/1") << "it is in no database of the stage";
  deploy("app", "prod", "p", "2");
  EXPECT_EQ(waiting(), "");
  deploy("app", "prod-eu", "q", "1");
  EXPECT_EQ(waiting(), "app 2>production 0/1");
  EXPECT_EQ(join(list({.org_id = 1}, {}).versions.front().envs, " "), "prod prod-eu");
  ASSERT_TRUE(set_ephemeral(*registry_, registry_.caller(), {.glob = "prod-eu", .hours = 24}));
  EXPECT_EQ(waiting(), "") << "the environment comes and goes";
  push("app", {"1", "2", "3"});
  EXPECT_EQ(waiting(), "app 3>production 0/1");
}

TEST_F(WaitingVersionsTest, ARepositoryIsUnderOnePolicy) {
  set_stages("", {"production:1:prod"});
  push("app", {"1"});
  push("free", {"1"});
  set_stages("free", {"production:0:prod"});
  push("strict", {"7"});
  set_stages("strict", {"canary:1:canary", "open:0:dev", "production:3:prod"});
  EXPECT_EQ(waiting(), "strict 7>canary 0/1\nstrict 7>production 0/3\napp 1>production 0/1");
  EXPECT_EQ(waiting({.repo_id = repo_id("strict")}),
            "strict 7>canary 0/1\nstrict 7>production 0/3");
  EXPECT_EQ(waiting({.env = "prod"}), "strict 7>production 0/3\napp 1>production 0/1");
  EXPECT_EQ(waiting({.env = "canary"}), "strict 7>canary 0/1");
  EXPECT_EQ(waiting({.repo_id = repo_id("app"), .env = "canary"}), "");
  EXPECT_EQ(waiting({.env = "nowhere"}), "");
  EXPECT_EQ(waiting({.repo_id = 0}), "");
  EXPECT_EQ(waiting({.org_id = 2}), "") << "another organization";
}

TEST_F(WaitingVersionsTest, WhatIsGoneOrOnlyReportedDoesNotWait) {
  set_stages("", {"production:1:prod"});
  push("gone", {"1"});
  push("kept", {"1"});
  push("empty", {});
  deploy("reported", "prod", "r", "1");
  ASSERT_TRUE(registry_.store()->write([](Session& session) {
    return session.run("UPDATE repos SET archived_at = 1 WHERE slug = 'gone'");
  }));
  EXPECT_EQ(waiting(), "kept 1>production 0/1");
}

TEST_F(WaitingVersionsTest, PagesFollowOneAnother) {
  set_stages("", {"canary:1:canary", "production:1:prod"});
  for (int i = 1; i <= 4; ++i) {
    push(fmt::format("repo-{}", i), {"1"});
  }
  Page page{.number = 1, .size = 3, .after = {}};
  const WaitingPage first = list({.org_id = 1}, page);
  EXPECT_EQ(shown(first), "repo-4 1>canary 0/1\nrepo-4 1>production 0/1\nrepo-3 1>canary 0/1");
  EXPECT_EQ(first.facts.total, 8);
  EXPECT_TRUE(first.facts.has_next);
  // What comes and goes meanwhile moves nothing.
  push("repo-5", {"1"});
  approve(approver_, "repo-4", "1");
  page.after = first.facts.end;
  const WaitingPage second = list({.org_id = 1}, page);
  EXPECT_EQ(shown(second), "repo-3 1>production 0/1\nrepo-2 1>canary 0/1\nrepo-2 1>production 0/1");
  page.after = second.facts.end;
  const WaitingPage third = list({.org_id = 1}, page);
  EXPECT_EQ(shown(third), "repo-1 1>canary 0/1\nrepo-1 1>production 0/1");
  EXPECT_FALSE(third.facts.has_next);
  page.after = third.facts.end;
  EXPECT_EQ(shown(list({.org_id = 1}, page)), "");
  EXPECT_EQ(shown(list({.org_id = 1}, {.number = 2, .size = 8, .after = {}})),
            "repo-1 1>production 0/1");
  EXPECT_EQ(shown(list({.org_id = 1}, {.number = 1'000'000'000, .size = 100, .after = {}})), "");
}

TEST_F(WaitingVersionsTest, StagesThatTakeNoneCostNothing) {
  push("app", {"1"});
  EXPECT_EQ(waiting(), "");
  set_stages("", {"production:0:prod"});
  EXPECT_EQ(waiting(), "");
}

}  // namespace
}  // namespace rhumb::registry
