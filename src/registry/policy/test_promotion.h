#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "registry/policy/policy_check.h"
#include "registry/policy/policy_json.h"
#include "registry/policy/policy_store.h"
#include "registry/test_registry.h"

namespace rhumb::registry {

/// The repository `app` with versions 1 to 3, staging before production, databases `s1` and `s2`
/// in staging; for tests only.
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

  registry_api::MigrationReport run_of(const std::string& env,
                                       const std::string& id,
                                       const std::string& version) {
    registry_api::MigrationReport report = registry_.report(id, "", version);
    report.env_name = env;
    if (!hash_.empty()) {
      report.extras.dir_hash = hash_;
    }
    return report;
  }
  int64_t ingest(registry_api::MigrationReport report) {
    const auto outcome = registry_.ingest(std::move(report));
    EXPECT_TRUE(outcome) << outcome.error().message();
    registry_.clock().advance(std::chrono::minutes(1));
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

}  // namespace rhumb::registry
