#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/go_format.h"
#include "base/text.h"
#include "migrate/sum.h"
#include "registry/content/ephemeral.h"
#include "registry/content/repo_settings.h"
#include "registry/policy/permit.h"
#include "registry/policy/policy_approvals.h"
#include "registry/policy/policy_check.h"
#include "registry/policy/policy_json.h"
#include "registry/policy/policy_store.h"
#include "registry/test_registry.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using registry_api::MigrationReport;
using std::chrono::hours;
using std::chrono::minutes;

/// The first line of its checksum file.
std::string hash_of(const std::vector<codec::ArchiveFile>& files) {
  return std::string(split(files.front().content, '\n').front());
}

/// The repository `app` with versions 1 to 3, staging before production, databases `s1` and `s2`
/// in staging.
class PromotionTest : public testing::Test {
 protected:
  PromotionTest() {
    push({"1", "2", "3"});
    set_policy_json(R"([{"name": "staging", "envs": ["staging"]},
      {"name": "production", "envs": ["prod", "prod-*"], "requires": ["staging"]}])");
  }

  /// The directory with those versions; `change` goes into every file.
  static std::vector<codec::ArchiveFile> files_of(const std::vector<std::string>& versions,
                                                  const std::string& change = "") {
    std::vector<std::pair<std::string, std::string>> files;
    files.reserve(versions.size());
    for (const std::string& version : versions) {
      files.emplace_back(version + "_x.sql", fmt::format("SELECT {}{};\n", version, change));
    }
    return TestRegistry::directory(files);
  }
  /// Pushes and remembers the hash as that of what runs.
  void push(const std::vector<std::string>& versions, const std::string& change = "") {
    PushRequest request;
    request.slug = "app";
    request.driver = "SQLITE";
    request.files = files_of(versions, change);
    const auto pushed = push_directory(*registry_, registry_.caller(), std::move(request));
    ASSERT_TRUE(pushed) << pushed.error().message();
    hash_ = pushed->hash;
  }
  void set_policy_json(std::string_view stages) {
    const auto read = read_stages(*codec::parse_json(stages));
    ASSERT_TRUE(read) << read.error().message();
    const auto set = set_policy(*registry_, registry_.caller(), {.repo = "app", .stages = *read});
    ASSERT_TRUE(set) << set.error().message();
  }
  void protect(const std::string& env) {
    const auto done = update_environment(*registry_, registry_.caller(),
                                         {.name = env, .rank = {}, .is_protected = true});
    ASSERT_TRUE(done) << done.error().message();
  }

  MigrationReport run_of(const std::string& env,
                         const std::string& id,
                         const std::string& version) {
    MigrationReport report = registry_.report(id, "", version);
    report.env_name = env;
    if (!hash_.empty()) {
      report.extras.dir_hash = hash_;
    }
    return report;
  }
  int64_t ingest(MigrationReport report) {
    const auto outcome = registry_.ingest(std::move(report));
    EXPECT_TRUE(outcome) << outcome.error().message();
    registry_.clock().advance(minutes(1));
    return outcome ? outcome->event_id : 0;
  }
  void deploy(const std::string& id, const std::string& version) {
    ingest(run_of("staging", id, version));
  }

  DeploymentQuestion question(const std::string& version, const std::string& env = "prod") {
    return {.repo = "app",
            .env = env,
            .version = version,
            .dir_hash = hash_,
            .targets = {{"p1", "main", "sqlite://p1.db"}}};
  }
  Result<DeploymentAnswer> check(const DeploymentQuestion& question) {
    return check_deployment(*registry_, registry_.caller(), question);
  }
  /// `yes`, or the reasons; `yes, but` and the reasons.
  std::string ask(const DeploymentQuestion& question) {
    const auto answer = check(question);
    if (!answer) {
      return answer.error().message();
    }
    std::vector<std::string> messages;
    for (const PolicyReason& reason : answer->reasons) {
      messages.push_back(reason.policy + ": " + reason.message);
    }
    return (answer->allowed ? messages.empty() ? "yes" : "yes, but " : "") + join(messages, "; ");
  }
  std::string ask(const std::string& version) { return ask(question(version)); }

  /// What an event is flagged with.
  std::string flags_of(int64_t event_id) {
    return registry_
        .scalar("SELECT coalesce(policy_violations, '') FROM events WHERE id = ?", {event_id})
        .text();
  }
  int64_t audited(const std::string& action) {
    return registry_.scalar("SELECT count(*) FROM audit WHERE action = ?", {action}).number();
  }

  TestRegistry registry_;
  std::string hash_;
};

TEST_F(PromotionTest, EnvironmentsThatComeAndGoAreNoPartOfAStage) {
  set_policy_json(R"([{"name": "staging", "envs": ["staging", "pr-*"]},
      {"name": "production", "envs": ["prod"], "requires": ["staging"]}])");
  deploy("s1", "2");
  ingest(run_of("pr-7", "preview", "1"));
  EXPECT_NE(ask("2"), "yes");
  ASSERT_TRUE(set_ephemeral(*registry_, registry_.caller(), {.glob = "pr-*", .hours = 24}));
  EXPECT_EQ(ask("2"), "yes");
}

TEST_F(PromotionTest, AVersionGoesOnWhereAllOfTheStageHasIt) {
  EXPECT_EQ(ask("3"), "production: version 3 has not passed in staging (0/0 databases)");
  deploy("s1", "3");
  EXPECT_EQ(ask("3"), "yes");
  deploy("s2", "2");
  EXPECT_EQ(ask("3"), "production: version 3 has not passed in staging (1/2 databases)");
  EXPECT_EQ(ask("2"), "yes") << "a later version contains it";
  deploy("s2", "3");
  EXPECT_EQ(ask("3"), "yes");
  EXPECT_EQ(ask(question("3", "prod-eu")), "yes");
  EXPECT_EQ(ask(question("9", "dev")), "yes") << "no stage covers it";
  EXPECT_EQ(ask(question("3", "staging")), "yes") << "the first stage requires nothing";
}

TEST_F(PromotionTest, OnlyRunsThatPassedCount) {
  MigrationReport failed = run_of("staging", "s1", "3");
  failed.error = "boom";
  ingest(failed);
  EXPECT_EQ(ask("3"), "production: version 3 has not passed in staging (0/1 databases)");
  MigrationReport dry = run_of("staging", "s1", "3");
  dry.dry_run = true;
  ingest(dry);
  EXPECT_EQ(ask("3"), "production: version 3 has not passed in staging (0/1 databases)");
  MigrationReport nothing = run_of("staging", "s1", "");
  nothing.from_version = "3";
  nothing.current_version = "3";
  ingest(nothing);
  EXPECT_EQ(ask("3"), "yes") << "NO_ACTION at the version";
}

TEST_F(PromotionTest, ALaterFailureDoesNotTakeAVersionBack) {
  deploy("s1", "2");
  MigrationReport failed = run_of("staging", "s1", "3");
  failed.from_version = "2";
  failed.current_version = "2";
  failed.error = "boom";
  ingest(failed);
  EXPECT_EQ(ask("2"), "yes");
  EXPECT_EQ(ask("3"), "production: version 3 has not passed in staging (0/1 databases)");
}

TEST_F(PromotionTest, ARevertTakesAVersionBack) {
  deploy("s1", "3");
  const registry_api::RevertReport revert{.plan_id = {}, .run = run_of("staging", "s1", "2")};
  ASSERT_TRUE(ingest_revert(*registry_, registry_.caller(), revert));
  EXPECT_EQ(ask("3"), "production: version 3 has not passed in staging (0/1 databases)");
  EXPECT_EQ(ask("2"), "yes");
}

TEST_F(PromotionTest, TheSameNumberWithOtherContentIsRefused) {
  deploy("s1", "3");
  push({"1", "2", "3"}, " + 1");
  const std::string refusal =
      "production: version 3 has other content than what passed in staging (1/1 databases)";
  EXPECT_EQ(ask("3"), refusal);
  DeploymentQuestion unknown = question("3");
  unknown.dir_hash = "";
  EXPECT_EQ(ask(unknown), refusal) << "the latest state is what would run";
  unknown.dir_hash = "h1:of-a-folder-that-nobody-pushed";
  EXPECT_EQ(ask(unknown), refusal);
  MigrationReport nothing = run_of("staging", "s1", "");
  nothing.from_version = "3";
  nothing.current_version = "3";
  ingest(nothing);
  EXPECT_EQ(ask("3"), refusal) << "it was not executed";
  deploy("s1", "3");
  EXPECT_EQ(ask("3"), "yes");
}

TEST_F(PromotionTest, WhatComesLaterInTheDirectoryDoesNotMatter) {
  deploy("s1", "3");
  push({"1", "2", "3", "4"});
  EXPECT_EQ(ask("3"), "yes");
  EXPECT_EQ(ask("4"), "production: version 4 has not passed in staging (0/1 databases)");
  // A client that cut the directory after the version.
  hash_ = hash_of(files_of({"1", "2", "3"}));
  EXPECT_EQ(ask("3"), "yes");
  hash_ = hash_of(files_of({"1", "2"}));
  EXPECT_EQ(ask("2"), "yes") << "never pushed on its own";
  hash_ = hash_of(files_of({"1", "2"}, " + 1"));
  EXPECT_EQ(ask("2"),
            "production: version 2 has other content than what passed in staging (1/1 "
            "databases)");
}

TEST_F(PromotionTest, ClientsThatNameNoDirectoryRanWhatWasPushedLast) {
  const std::string pushed = std::exchange(hash_, "");
  deploy("s1", "3");
  hash_ = pushed;
  EXPECT_EQ(ask("3"), "yes");
  push({"1", "2", "3"}, " + 1");
  EXPECT_EQ(ask("3"),
            "production: version 3 has other content than what passed in staging (1/1 "
            "databases)");
}

TEST_F(PromotionTest, DirectoriesThatWereNeverPushedCompareAsAWhole) {
  auto local = [&](const std::string& env, const std::string& hash) {
    MigrationReport report = run_of(env, "l", "3");
    report.dir_name = "local";
    report.extras.dir_hash = hash;
    return report;
  };
  ingest(local("staging", "h1:a"));
  const auto read = read_stages(*codec::parse_json(
      R"([{"name": "staging", "envs": ["staging"]},
          {"name": "production", "envs": ["prod"], "requires": ["staging"]}])"));
  ASSERT_TRUE(set_policy(*registry_, registry_.caller(), {.repo = {}, .stages = *read}));
  DeploymentQuestion asked = question("3");
  asked.repo = "local";
  asked.dir_hash = "h1:a";
  EXPECT_EQ(ask(asked), "yes");
  asked.dir_hash = "h1:b";
  EXPECT_EQ(ask(asked),
            "production: version 3 has other content than what passed in staging (1/1 "
            "databases)");
  asked.repo = "nobody-knows";
  EXPECT_EQ(ask(asked), "production: version 3 has not passed in staging (0/0 databases)")
      << "the policy of every other repository";
}

TEST_F(PromotionTest, SoakTimeCountsFromWhenTheRegistryLearnedOfIt) {
  set_policy_json(R"([{"name": "staging", "envs": ["staging"]},
    {"name": "production", "envs": ["prod"], "requires": ["staging"], "soak": "24h"}])");
  MigrationReport report = run_of("staging", "s1", "3");
  report.start = registry_.clock().now() - hours(48);  // whatever the client's clock says
  report.end = report.start;
  ingest(report);
  registry_.clock().advance(hours(1));
  EXPECT_EQ(ask("3"), "production: version 3 has been in staging for 1h1m, 24h are required");
  registry_.clock().advance(hours(23));
  EXPECT_EQ(ask("3"), "yes");
}

TEST_F(PromotionTest, FreezesWarningsAndOverrides) {
  deploy("s1", "3");
  const std::string now = registry_api::format_time(registry_.clock().now());
  const std::string end = registry_api::format_time(registry_.clock().now() + hours(2));
  const std::string freeze = R"([{"name": "production", "envs": ["prod"], "freezes": [{"from": ")" +
                             now + R"(", "until": ")" + end + R"(", "reason": "sale"}])";
  set_policy_json(freeze + "}]");
  const std::string refusal =
      "production: deployments to production are frozen until " + end + ": sale";
  EXPECT_EQ(ask("3"), refusal);
  EXPECT_EQ(audited("policy.block"), 1);
  set_policy_json(freeze + R"(, "onViolation": "WARN"}])");
  EXPECT_EQ(ask("3"), "yes, but " + refusal);
  EXPECT_EQ(audited("policy.block"), 1);
  set_policy_json(freeze + "}]");
  DeploymentQuestion urgent = question("3");
  urgent.override_reason = "the shop is down";
  EXPECT_EQ(ask(urgent), "yes, but " + refusal);
  EXPECT_EQ(audited("policy.override"), 1);
  registry_.caller().rights = Rights{{"report:write"}, {}};
  EXPECT_EQ(ask(urgent), "permission \"deployer-override\" is required");
  EXPECT_EQ(ask("3"), refusal);
  registry_.caller().rights.scopes.emplace_back("deployer-override");
  EXPECT_EQ(ask(urgent), "yes, but " + refusal);
  registry_.clock().advance(hours(2));
  EXPECT_EQ(ask("3"), "yes");
}

TEST_F(PromotionTest, AFreezeFollowsTheClocksOfItsZone) {
  const auto one_day = [](std::string_view zone) {
    return fmt::format(R"([{{"name": "production", "envs": ["prod"], "freezes": [{{"weekly": )"
                       R"("Sun 00:00 - Sun 24:00 {}"}}]}}])",
                       zone);
  };
  registry_.clock().set(sys::Instant(*parse_rfc3339("2026-11-29T12:00:00Z")));
  set_policy_json(one_day("Asia/Kolkata"));
  EXPECT_EQ(ask("3"),
            "production: deployments to production are frozen until 2026-11-29T18:30:00Z "
            "(2026-11-30 00:00 in Asia/Kolkata)");
  registry_.clock().set(sys::Instant(*parse_rfc3339("2026-11-29T18:30:00Z")));
  EXPECT_EQ(ask("3"), "yes");
  const auto unknown = read_stages(*codec::parse_json(one_day("Asia/Kolkatta")));
  ASSERT_TRUE(unknown);
  const auto set = set_policy(*registry_, registry_.caller(), {.repo = "app", .stages = *unknown});
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().code(), ErrorCode::kInvalid);
  EXPECT_EQ(set.error().message(),
            "stage \"production\": time zone \"Asia/Kolkatta\" is not in /usr/share/zoneinfo, "
            "where the package tzdata puts them; did you mean \"Asia/Kolkata\"?");
  // One that tzdata knew when the policy was written.
  ASSERT_TRUE(registry_.store()->write([&](Session& session) {
    return session.run("UPDATE promotion_policies SET stages = ?", {one_day("Asia/Kolkatta")});
  }));
  EXPECT_TRUE(ask("3").starts_with(
      "production: deployments to production are frozen, since it cannot be told when \"Sun 00:00 "
      "- Mon 00:00 Asia/Kolkatta\" is: time zone \"Asia/Kolkatta\" is not in "))
      << ask("3");
}

TEST_F(PromotionTest, ApprovalsAreOfOneContent) {
  set_policy_json(R"([{"name": "production", "envs": ["prod"], "approvals": 1}])");
  const std::string missing = "production: version 3 has 0 of 1 approvals for production";
  EXPECT_EQ(ask("3"), missing);
  auto approve = [&](const Caller& caller, const std::string& version,
                     const std::string& stage = "production") {
    const auto done = approve_version(
        *registry_, caller, {.repo = "app", .stage = stage, .version = version, .comment = "seen"});
    return done ? std::to_string(done->approvals) + "/" + std::to_string(done->needed)
                : done.error().message();
  };
  Caller other = registry_.caller();
  other.origin.actor = Actor{"BOT", 2, "approver"};
  other.rights = Rights{{"plan:approve"}, {}};
  EXPECT_EQ(approve(registry_.caller(), "3"),
            "version 3 cannot be approved by \"admin\", who pushed it");
  EXPECT_EQ(approve(other, "9"),
            "version 9 is not in the latest state of \"app\"; only what was "
            "pushed can be approved");
  EXPECT_EQ(approve(other, "3", "staging"), "stage \"staging\" not found in the policy of \"app\"");
  EXPECT_EQ(approve(other, "3"), "1/1");
  EXPECT_EQ(approve(other, "3"), "\"approver\" has approved version 3 for production already");
  EXPECT_EQ(ask("3"), "yes");
  EXPECT_EQ(ask("2"), "production: version 2 has 0 of 1 approvals for production");
  push({"1", "2", "3"}, " + 1");
  EXPECT_EQ(ask("3"), missing);
  other.rights.scopes.clear();
  EXPECT_EQ(approve(other, "2"), "permission \"plan:approve\" is required");
  EXPECT_EQ(audited("policy.approve"), 1);
}

TEST_F(PromotionTest, WhoMayAskAndWhoMayDeploy) {
  protect("prod");
  deploy("s1", "3");
  Caller& caller = registry_.caller();
  struct Row {
    Rights rights;
    std::string answer;
    std::string only_asking;
  };
  const std::string refused =
      "protected environment: \"admin\" may not deploy \"app\" to \"prod\", which is protected";
  const std::string no_rights = "permission \"report:write\" is required";
  const Row rows[] = {
      {{{"report:write"}, {}}, "yes", "yes"},
      {{{"cloud:read"}, {}}, no_rights, refused},
      {{{}, {{"DEVELOPER", {}, {}, {}}}}, refused, refused},
      {{{}, {{"DEPLOYER", {}, {}, {}}}}, "yes", "yes"},
      {{{}, {{"DEPLOYER", {}, {}, "prod"}}}, "yes", "yes"},
      {{{}, {{"DEPLOYER", {}, {}, "staging"}}}, no_rights, no_rights},
      {{{}, {{"VIEWER", {}, {}, {}}}}, no_rights, refused},
      {{{}, {{"OWNER", {}, {}, {}}}}, "yes", "yes"},
      {{{}, {}}, no_rights, no_rights},
  };
  for (size_t i = 0; i < std::size(rows); ++i) {
    caller.rights = rows[i].rights;
    DeploymentQuestion asked = question("3");
    EXPECT_EQ(ask(asked), rows[i].answer) << i;
    asked.targets.clear();
    EXPECT_EQ(ask(asked), rows[i].only_asking) << i;
  }
}

TEST_F(PromotionTest, ARepositoryCanProtectItsDeploymentsEverywhere) {
  RepoChange change;
  change.flows.deploy = true;
  ASSERT_TRUE(update_repo(*registry_, registry_.caller(), 1, change));
  deploy("s1", "3");
  EXPECT_EQ(check(question("3"))->permits.size(), 1U);
  registry_.caller().rights = Rights{{}, {{"DEVELOPER", {}, {}, {}}}};
  EXPECT_EQ(ask(question("3")),
            "protected environment: \"admin\" may not deploy \"app\" to \"prod\", which is "
            "protected");
  registry_.caller().rights = Rights{{}, {{"OWNER", {}, {}, {}}}};
  change.flows.deploy = false;
  ASSERT_TRUE(update_repo(*registry_, registry_.caller(), 1, change));
  EXPECT_TRUE(check(question("3"))->permits.empty());
}

TEST_F(PromotionTest, PermitsAreForProtectedEnvironmentsOnly) {
  deploy("s1", "3");
  DeploymentQuestion asked = question("3");
  asked.targets.push_back({"p2", "", "sqlite://p2.db"});
  EXPECT_TRUE(check(asked)->permits.empty());
  protect("prod");
  const auto answer = check(asked);
  ASSERT_EQ(answer->permits.size(), 2U);
  EXPECT_EQ(answer->permits[0].target_id, "p1");
  EXPECT_EQ(answer->permits[1].target_id, "p2");
  EXPECT_NE(answer->permits[0].permit, answer->permits[1].permit);
  EXPECT_EQ(answer->permits[0].expires_at - registry_->now(), kPermitLifetimeNs);
  asked.dry_run = true;
  EXPECT_TRUE(check(asked)->permits.empty());
  EXPECT_TRUE(check(question("9"))->permits.empty()) << "refused";
}

TEST_F(PromotionTest, TargetsAreFoundByTheirAddress) {
  deploy("s1", "3");
  protect("prod");
  auto run = [&](const std::string& id, const std::string& url) {
    MigrationReport report = run_of("prod", id, "2");
    report.target.url = url;
    ingest(report);
  };
  run("p1", "postgres://u:xxxxx@db:5432/a?sslmode=disable");
  run("p2", "postgres://u:xxxxx@db:5432/b?search_path=one");
  run("p3", "postgres://u:xxxxx@db:5432/b?search_path=two");
  DeploymentQuestion asked = question("3");
  asked.targets = {{"", "", "postgres://u:secret@db:5432/a"},
                   {"", "", "postgres://u:xxxxx@db:5432/b?search_path=two"},
                   {"", "", "postgres://u:xxxxx@db:5432/b"},
                   {"", "", "postgres://u:xxxxx@db:5432/nobody"},
                   {"p9", "public", "postgres://u:xxxxx@db:5432/a"}};
  const auto answer = check(asked);
  ASSERT_TRUE(answer) << answer.error().message();
  std::vector<std::string> ids;
  for (const IssuedPermit& permit : answer->permits) {
    ids.push_back(permit.permit.empty() ? "-" : permit.target_id);
  }
  EXPECT_EQ(join(ids, " "), "p1 p3 - - p9");
}

struct Misuse {
  const char* name;
  std::function<void(MigrationReport&)> change;
  const char* reason;  // empty: it is let in
};

class PermitMisuse : public PromotionTest, public testing::WithParamInterface<Misuse> {};

TEST_P(PermitMisuse, IsFlagged) {
  const Misuse& misuse = GetParam();
  deploy("s1", "3");
  protect("prod");
  protect("prod-eu");
  registry_.clock().advance(hours(3));
  const auto answer = check(question("3"));
  ASSERT_TRUE(answer && answer->permits.size() == 1);
  registry_.clock().advance(minutes(2));
  MigrationReport report = run_of("prod", "p1", "3");
  report.extras.permit = answer->permits[0].permit;
  misuse.change(report);
  const std::string flags = flags_of(ingest(report));
  const bool flagged = *misuse.reason != '\0';
  EXPECT_EQ(flagged, !flags.empty()) << flags;
  EXPECT_NE(flags.find(misuse.reason), std::string::npos) << flags;
  EXPECT_EQ(audited("deployment.policy_violation"), flagged ? 1 : 0);
  EXPECT_EQ(registry_.scalar("SELECT status FROM events ORDER BY id DESC").text(),
            report.error ? "FAILED" : "PASSED")
      << "it is stored all the same";
}

void move(MigrationReport& report, std::chrono::nanoseconds by) {
  *report.start += by;
  *report.end += by;
}

INSTANTIATE_TEST_SUITE_P(
    Runs,
    PermitMisuse,
    testing::ValuesIn(std::vector<Misuse>{
        {"Used", [](MigrationReport&) {}, ""},
        {"FailedRun", [](MigrationReport& r) { r.error = "boom"; }, ""},
        {"None", [](MigrationReport& r) { r.extras.permit.reset(); }, "it has no permit"},
        {"Empty", [](MigrationReport& r) { r.extras.permit = ""; }, "it has no permit"},
        {"AnotherTarget", [](MigrationReport& r) { r.target.id = "p2"; },
         "its permit is for another database"},
        {"AnotherSchema", [](MigrationReport& r) { r.target.schema = "other"; },
         "its permit is for another database"},
        {"AnotherEnvironment", [](MigrationReport& r) { r.env_name = "prod-eu"; },
         R"(its permit is for the environment \"prod\")"},
        {"AnotherHash", [](MigrationReport& r) { r.extras.dir_hash = "h1:other"; },
         "its permit is for another content"},
        {"NoHash", [](MigrationReport& r) { r.extras.dir_hash.reset(); },
         "its permit is for another content"},
        {"AnotherVersion", [](MigrationReport& r) { r.to_version = "2"; },
         "its permit is for version 3"},
        {"AnotherRepository", [](MigrationReport& r) { r.dir_name = "other"; },
         "its permit is for another repository"},
        {"Garbage", [](MigrationReport& r) { r.extras.permit = "x"; }, "was not issued here"},
        {"GarbageInTwoParts", [](MigrationReport& r) { r.extras.permit = "e30.AAAA"; },
         "was not issued here"},
        {"Forged",
         [](MigrationReport& r) {
           std::string& permit = *r.extras.permit;
           permit[10] = permit[10] == 'A' ? 'B' : 'A';
         },
         "was not issued here"},
        {"SignatureOfSomebodyElse",
         [](MigrationReport& r) {
           const PermitKey other{.id = 1};
           const auto parts = cut(*r.extras.permit, ".");
           const auto forged =
               sign_permit(other, {.bond = {.org_id = 1, .repo = "app", .env = "prod"}});
           r.extras.permit =
               std::string(parts->first) + "." + std::string(cut(*forged, ".")->second);
         },
         "was not issued here"},
        {"BeforeItWasIssued",
         [](MigrationReport& r) {
           *r.start -= hours(2);
           *r.end -= hours(1);
         },
         "its permit was valid from"},
        {"ClockThatIsALittleBehind", [](MigrationReport& r) { move(r, -minutes(4)); }, ""},
        {"ClockThatIsFarBehind", [](MigrationReport& r) { move(r, -hours(9)); }, ""},
        {"ClockThatIsFarAhead", [](MigrationReport& r) { move(r, hours(9)); }, ""},
    }),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST_F(PromotionTest, APermitIsGoodForItsLifeWithoutTheRegistry) {
  deploy("s1", "3");
  protect("prod");
  const auto answer = check(question("3"));
  ASSERT_EQ(answer->permits.size(), 1U);
  auto run = [&](std::chrono::nanoseconds started_after, std::chrono::nanoseconds took,
                 std::chrono::nanoseconds clock_error) {
    MigrationReport report = run_of("prod", "p1", "3");
    report.extras.permit = answer->permits[0].permit;
    report.start = registry_api::Time(std::chrono::nanoseconds(answer->permits[0].expires_at -
                                                               kPermitLifetimeNs)) +
                   started_after + clock_error;
    report.end = *report.start + took;
    return report;
  };
  registry_.clock().advance(hours(30));
  EXPECT_EQ(flags_of(ingest(run(minutes(14), hours(3), minutes(0)))), "")
      << "started in time, delivered a day later";
  EXPECT_NE(flags_of(ingest(run(minutes(21), minutes(1), minutes(0)))), "") << "started too late";
  EXPECT_EQ(flags_of(ingest(run(minutes(14), minutes(1), minutes(5)))), "")
      << "as much as clocks may differ";
}

TEST_F(PromotionTest, ALongRunIsJudgedByOurClockToo) {
  deploy("s1", "3");
  protect("prod");
  MigrationReport report = run_of("prod", "p1", "3");
  report.extras.permit = check(question("3"))->permits[0].permit;
  registry_.clock().advance(hours(5));
  report.start = registry_.clock().now() - hours(5) + hours(9);  // nine hours ahead
  report.end = registry_.clock().now() + hours(9);
  EXPECT_EQ(flags_of(ingest(report)), "");
}

TEST_F(PromotionTest, WhoSkipsTheCheckIsFoundOut) {
  deploy("s1", "2");
  const std::string flags = flags_of(ingest(run_of("prod", "p1", "3")));
  EXPECT_NE(flags.find("version 3 has not passed in staging (0/1 databases)"), std::string::npos);
  EXPECT_EQ(flags_of(ingest(run_of("prod", "p2", "2"))), "");
  EXPECT_EQ(flags_of(ingest(run_of("staging", "s2", "3"))), "");
  MigrationReport dry = run_of("prod", "p1", "3");
  dry.dry_run = true;
  EXPECT_EQ(flags_of(ingest(dry)), "");
  MigrationReport refused = run_of("prod", "p1", "3");
  refused.files->clear();
  refused.error = "was blocked";
  EXPECT_EQ(flags_of(ingest(refused)), "") << "nothing was executed";
  EXPECT_EQ(audited("deployment.policy_violation"), 1);
}

TEST_F(PromotionTest, WhatWasDeployedBeforeThereWasARuleBreaksNone) {
  registry_.clock().advance(hours(1));
  protect("prod");
  MigrationReport report = run_of("prod", "p1", "3");
  *report.start -= hours(3);
  EXPECT_EQ(flags_of(ingest(report)), "") << "another tool's, perhaps";
  *report.start += hours(3) - minutes(30);
  report.target.id = "p2";
  const std::string flags = flags_of(ingest(report));
  EXPECT_EQ(flags.find("it has no permit"), std::string::npos) << flags;
  EXPECT_NE(flags.find("version 3 has not passed"), std::string::npos) << flags;
  ASSERT_TRUE(update_environment(*registry_, registry_.caller(),
                                 {.name = "prod", .rank = 1, .is_protected = {}}));
  report.target.id = "p3";
  *report.start += minutes(30);
  EXPECT_NE(flags_of(ingest(report)).find("it has no permit"), std::string::npos);
}

TEST_F(PromotionTest, AnOverrideIsNoViolation) {
  deploy("s1", "2");
  DeploymentQuestion urgent = question("3");
  urgent.override_reason = "the shop is down";
  const auto answer = check(urgent);
  ASSERT_EQ(answer->permits.size(), 1U) << "of an environment that is not protected";
  MigrationReport report = run_of("prod", "p1", "3");
  report.extras.permit = answer->permits[0].permit;
  EXPECT_EQ(flags_of(ingest(report)), "");
}

TEST_F(PromotionTest, EveryTargetOfASetIsLookedAt) {
  deploy("s1", "3");
  protect("prod");
  registry_api::MigrationSetReport set;
  set.id = "set-1";
  set.planned = 2;
  set.start = registry_.clock().now();
  set.end = registry_.clock().now();
  set.completed = {run_of("prod", "p1", "3"), run_of("prod", "p2", "3")};
  set.completed[0].extras.permit = check(question("3"))->permits[0].permit;
  set.completed[1].extras.permit = set.completed[0].extras.permit;
  const auto outcome = ingest_set(*registry_, registry_.caller(), set);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(
      registry_
          .scalar("SELECT count(*) FROM events WHERE set_id = ? AND policy_violations IS NULL",
                  {outcome->event_id})
          .number(),
      1);
  EXPECT_EQ(audited("deployment.policy_violation"), 1);
}

TEST_F(PromotionTest, ChangesAreAudited) {
  EXPECT_EQ(audited("policy.set"), 1);
  set_policy_json(R"([{"name": "production", "envs": ["prod"]}])");
  EXPECT_EQ(registry_
                .scalar("SELECT before_json LIKE '%staging%' AND after_json NOT LIKE '%staging%' "
                        "FROM audit WHERE action = 'policy.set' ORDER BY seq DESC")
                .number(),
            1);
  protect("prod");
  protect("prod");
  EXPECT_EQ(audited("policy.environment"), 1) << "the second changes nothing";
  EXPECT_TRUE(registry_->policies.has_any(1, registry_->now()));
  ASSERT_TRUE(delete_policy(*registry_, registry_.caller(), 1));
  EXPECT_EQ(delete_policy(*registry_, registry_.caller(), 1).error().message(), "policy not found");
  EXPECT_EQ(audited("policy.delete"), 1);
  EXPECT_TRUE(registry_->policies.has_any(1, registry_->now())) << "an environment is protected";
  ASSERT_TRUE(update_environment(*registry_, registry_.caller(),
                                 {.name = "prod", .rank = 3, .is_protected = false}));
  EXPECT_FALSE(registry_->policies.has_any(1, registry_->now()));
  EXPECT_TRUE(read_value<AuditHead>(*registry_.store(),
                                    [](Session& session) { return verify_audit(session); }));
}

TEST_F(PromotionTest, PoliciesAreReadAsTheyAreWritten) {
  const std::string written =
      R"([{"name":"a","envs":["dev"],"requires":[],"coverage":"ALL","soak":null,"approvals":0,)"
      R"("onViolation":"FAIL","freezes":[]},)"
      R"({"name":"b","envs":["prod","prod-*"],"requires":["a"],"coverage":"80%","soak":"1h30m",)"
      R"("approvals":2,"onViolation":"WARN","freezes":[)"
      R"({"from":"2026-12-20T00:00:00Z","until":"2027-01-02T00:00:00Z","weekly":null,"reason":"x"},)"
      R"({"from":null,"until":null,"weekly":"Fri 16:00 - Mon 08:00","reason":null},)"
      R"({"from":null,"until":null,"weekly":"Fri 16:00 - Mon 08:00 Asia/Kolkata","reason":null}]}])";
  const auto stages = read_stages(*codec::parse_json(written));
  ASSERT_TRUE(stages) << stages.error().message();
  EXPECT_EQ(codec::format_json(to_json(*stages)), written);
}

TEST_F(PromotionTest, PoliciesThatMakeNoSense) {
  struct Row {
    const char* stages;
    const char* error;
  };
  const Row rows[] = {
      {"[]", "a policy needs at least one stage"},
      {R"([{"envs": ["a"]}])", "stage name must not be empty"},
      {R"([{"name": "a", "envs": []}])", "stage \"a\": it needs at least one environment"},
      {R"([{"name": "a", "envs": ["x"]}, {"name": "a", "envs": ["y"]}])",
       "stage \"a\": another stage has that name"},
      {R"([{"name": "a", "envs": ["x"], "requires": ["a"]}])",
       "stage \"a\": it requires \"a\", which is no stage before it"},
      {R"([{"name": "a", "envs": ["x"], "requires": ["b"]}, {"name": "b", "envs": ["y"]}])",
       "stage \"a\": it requires \"b\", which is no stage before it"},
      {R"([{"name": "a", "envs": ["x"], "coverage": "half"}])",
       "stage \"a\": coverage \"half\" is none; use ALL, ANY or a percentage such as 80%"},
      {R"([{"name": "a", "envs": ["x"], "soak": "a day"}])",
       "stage \"a\": soak \"a day\" is none; write a duration such as 24h or 90m"},
      {R"([{"name": "a", "envs": ["x"], "soak": "-1h"}])",
       "stage \"a\": soak \"-1h\" is none; write a duration such as 24h or 90m"},
      {R"([{"name": "a", "envs": ["x"], "approvals": -1}])",
       "stage \"a\": approvals must be from 0 to 100"},
      {R"([{"name": "a", "envs": ["x"], "freezes": [{}]}])",
       "stage \"a\": a freeze has a time from and a later time until, or is weekly"},
      {R"([{"name": "a", "envs": ["x"], "freezes": [{"weekly": "Fri"}]}])",
       "stage \"a\": weekly freeze \"Fri\" is none; write it as \"Fri 16:00 - Mon 08:00\", in UTC, "
       "or as \"Fri 16:00 - Mon 08:00 Europe/Berlin\""},
      {R"([{"name": "a", "envs": ["x"], "freezes": [{"from": "2026-12-02T00:00:00Z",
            "until": "2026-12-01T00:00:00Z"}]}])",
       "stage \"a\": a freeze has a time from and a later time until, or is weekly"},
      {R"([{"name": "a", "envs": ["x"], "freezes": [{"from": "2026-12-01T00:00:00Z",
            "until": "2026-12-02T00:00:00Z", "weekly": "Fri 16:00 - Mon 08:00"}]}])",
       "stage \"a\": a freeze has a time from and a later time until, or is weekly"},
  };
  for (const Row& row : rows) {
    const auto stages = read_stages(*codec::parse_json(row.stages));
    ASSERT_FALSE(stages) << row.stages;
    EXPECT_EQ(stages.error().message(), row.error);
  }
}

}  // namespace
}  // namespace rhumb::registry
