#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <string>
#include <vector>

#include "registry/ingest/rebuild.h"
#include "registry/store/test_batch.h"
#include "registry/test_registry.h"

/// Reports that wait at the same time are stored together; nobody may be able to tell.
namespace rhumb::registry {
namespace {

using Answers = std::vector<Result<IngestOutcome>>;

struct Sent {
  registry_api::MigrationReport report;
  const Caller* caller = nullptr;  ///< null: the registry's own
};

/// In one batch; the answers, in order.
Answers ingest_at_once(TestRegistry& registry, const std::vector<Sent>& sent) {
  Answers answers(sent.size(), Error(ErrorCode::kInternal, "not sent"));
  std::vector<std::function<void()>> calls;
  for (size_t i = 0; i < sent.size(); ++i) {
    calls.emplace_back([&, i] {
      const Caller& caller = sent[i].caller == nullptr ? registry.caller() : *sent[i].caller;
      answers[i] = ingest_report(*registry, caller, sent[i].report);
    });
  }
  write_in_one_batch(*registry.store(), calls);
  return answers;
}

void expect_sound(TestRegistry& registry) {
  const Result<RebuildReport> rebuilt = write_value<RebuildReport>(
      *registry.store(), [](Session& session) { return rebuild_projections(session); });
  ASSERT_TRUE(rebuilt) << rebuilt.error().message();
  EXPECT_EQ(rebuilt->difference_count, 0);
  for (const std::string& difference : rebuilt->differences) {
    ADD_FAILURE() << difference;
  }
}

TEST(ReportJobs, TheLastOfOneDatabaseCounts) {
  TestRegistry registry;
  ASSERT_TRUE(registry.push("app", "", {"1", "2", "3"}));
  std::vector<Sent> sent;
  for (const char* version : {"1", "2", "3"}) {
    registry.clock().advance(std::chrono::seconds(1));
    sent.push_back({registry.report("a", "", version)});
    sent.push_back({registry.report(std::string("other") + version, "", version)});
  }
  std::swap(sent[2], sent[4]);  // the newest is not the last to come
  for (const Result<IngestOutcome>& answer : ingest_at_once(registry, sent)) {
    EXPECT_TRUE(answer);
  }
  EXPECT_EQ(registry.database("a"), "SYNCED 3");
  EXPECT_EQ(registry.database("other1"), "PENDING 1");
  EXPECT_EQ(registry.scalar("SELECT count(*) FROM databases").number(), 4);
  EXPECT_EQ(registry.scalar("SELECT events FROM event_counts").number(), 6);
  EXPECT_EQ(registry.scalar("SELECT databases_synced FROM repos").number(), 2);
  EXPECT_EQ(registry.scalar("SELECT databases_pending FROM repos").number(), 2);
  expect_sound(registry);
}

TEST(ReportJobs, OneThatComesTwiceIsOne) {
  TestRegistry registry;
  registry_api::MigrationReport named = registry.report("a", "", "1");
  named.extras.report_id = "r-1";
  registry_api::MigrationReport other = registry.report("b", "", "1");
  other.extras.report_id = "r-1";
  const Answers answers = ingest_at_once(
      registry, {{registry.report("c", "", "1")}, {named}, {named}, {other}, {named}});
  ASSERT_TRUE(answers[0] && answers[1] && answers[2] && answers[4]);
  EXPECT_FALSE(answers[1]->repeated);
  EXPECT_TRUE(answers[2]->repeated && answers[4]->repeated);
  EXPECT_EQ(answers[2]->event_id, answers[1]->event_id);
  ASSERT_FALSE(answers[3]);
  EXPECT_EQ(answers[3].error().message(),
            "reportID \"r-1\" was used for another report; send a new id");
  EXPECT_EQ(registry.scalar("SELECT count(*) FROM events").number(), 2);
  expect_sound(registry);
}

TEST(ReportJobs, EachIsHeldAgainstTheRightsOfWhoSentIt) {
  TestRegistry registry;
  ASSERT_TRUE(registry.ingest(registry.report("known", "", "1")));
  Caller staging = registry.caller();
  staging.rights = {.scopes = {}, .grants = {Grant{"DEPLOYER", {}, {}, "staging"}}};
  staging.origin.actor = {"BOT", 7, "staging-bot"};
  registry_api::MigrationReport allowed = registry.report("s", "", "1");
  allowed.env_name = "staging";
  const Answers answers = ingest_at_once(registry, {{registry.report("a", "", "1")},
                                                    {registry.report("b", "", "1"), &staging},
                                                    {allowed, &staging},
                                                    {registry.report("c", "", "1")}});
  ASSERT_TRUE(answers[0] && answers[2] && answers[3]);
  ASSERT_FALSE(answers[1]);
  EXPECT_EQ(answers[1].error().code(), ErrorCode::kDenied);
  const auto actor_of = [&registry](int64_t event_id) {
    return registry.scalar("SELECT actor_name FROM events WHERE id = ?", {event_id}).text() + " " +
           registry
               .scalar("SELECT actor_name FROM audit WHERE object = ?",
                       {"deployment/" + std::to_string(event_id)})
               .text();
  };
  EXPECT_EQ(actor_of(answers[0]->event_id), "admin admin");
  EXPECT_EQ(actor_of(answers[2]->event_id), "staging-bot staging-bot");
  EXPECT_EQ(registry.scalar("SELECT count(*) FROM databases WHERE ext_id = 'b'").number(), 0);
  expect_sound(registry);
}

/// A report that is refused after its repository was made takes only itself back.
TEST(ReportJobs, OneThatIsRefusedAfterItWroteTakesOnlyItselfBack) {
  TestRegistry registry;
  Caller maker = registry.caller();
  maker.rights = {.scopes = {"repo:create"}, .grants = {}};
  registry_api::MigrationReport half = registry.report("h", "", "1");
  half.dir_name = "half";
  const Answers answers = ingest_at_once(
      registry, {{registry.report("a", "", "1")}, {half, &maker}, {registry.report("b", "", "1")}});
  ASSERT_TRUE(answers[0] && answers[2]);
  ASSERT_FALSE(answers[1]);
  EXPECT_EQ(answers[1].error().code(), ErrorCode::kDenied);
  EXPECT_EQ(registry.scalar("SELECT count(*) FROM repos WHERE slug = 'half'").number(), 0);
  EXPECT_EQ(registry.scalar("SELECT count(*) FROM events").number(), 2);
  expect_sound(registry);
}

/// The store is asked before it is known where they belong.
TEST(ReportJobs, BelongWhereTheyDoWhateverWasGuessed) {
  TestRegistry registry;
  const auto report = [&registry](const char* dir, const char* version) {
    registry.clock().advance(std::chrono::seconds(1));
    registry_api::MigrationReport out = registry.report("a", "", version);
    out.dir_name = dir;
    return out;
  };
  for (const char* dir : {"app", "web", "app", "web"}) {
    ASSERT_TRUE(registry.ingest(report(dir, "1")));
  }
  PlaceHints& hints = (*registry).places;
  const int64_t org = registry.caller().org_id;
  const std::string env = report("app", "1").env_name;
  const std::optional<PlaceHints::Place> app = hints.find(org, "app", env);
  const std::optional<PlaceHints::Place> web = hints.find(org, "web", env);
  ASSERT_TRUE(app && web && *app != *web);
  for (const PlaceHints::Place& wrong : {*web, PlaceHints::Place{777, 777}}) {
    hints.note(org, "app", env, wrong);
    const Answers answers = ingest_at_once(
        registry, {{report("app", "2")}, {report("web", "3")}, {report("app", "4")}});
    EXPECT_TRUE(answers[0] && answers[1] && answers[2]);
    EXPECT_TRUE(hints.find(org, "app", env) == app) << "it is known better now";
  }
  const auto known = [&registry](const char* dir) {
    return registry
        .scalar(
            "SELECT d.current_version || ' ' || d.listed_events FROM databases d JOIN repos r "
            "ON r.id = d.repo_id WHERE r.slug = ?",
            {dir})
        .text();
  };
  EXPECT_EQ(known("app"), "4 6");
  EXPECT_EQ(known("web"), "3 4");
  expect_sound(registry);
}

/// Whatever comes at once is kept as if it had come one by one.
TEST(ReportJobs, AreStoredAsOneByOne) {
  for (unsigned seed : {1U, 2U, 3U, 4U}) {
    SCOPED_TRACE(seed);
    TestRegistry together;
    TestRegistry apart;
    std::mt19937 random(seed);
    const auto pick = [&random](size_t count) { return random() % count; };
    std::vector<Sent> sent;
    for (TestRegistry* registry : {&together, &apart}) {
      ASSERT_TRUE(registry->push("app", "", {"1", "2", "3"}));
    }
    for (int i = 0; i < 60; ++i) {
      together.clock().advance(std::chrono::seconds(1));
      registry_api::MigrationReport report =
          together.report("db" + std::to_string(pick(12)), "", std::to_string(1 + pick(4)));
      report.dir_name = pick(4) == 0 ? "web" : "app";
      report.env_name = pick(3) == 0 ? "staging" : "prod";
      report.dry_run = pick(8) == 0;
      report.target.url = pick(6) == 0 ? "sqlite://moved.db" : report.target.url;
      report.target.id = pick(6) == 0 ? "" : report.target.id;
      report.extras.provisional_target = pick(6) == 0;
      if (pick(6) == 0) {
        report.error = "boom";
      }
      sent.push_back({report});
    }
    apart.clock().advance(std::chrono::seconds(60));
    for (size_t done = 0; done < sent.size(); done += 20) {
      const std::vector<Sent> next(sent.begin() + static_cast<std::ptrdiff_t>(done),
                                   sent.begin() + static_cast<std::ptrdiff_t>(done + 20));
      for (const Result<IngestOutcome>& answer : ingest_at_once(together, next)) {
        EXPECT_TRUE(answer);
      }
    }
    for (const Sent& each : sent) {
      ASSERT_TRUE(apart.ingest(each.report));
    }
    for (const char* sql :
         {"SELECT repo_id, env_id, name, ext_id, url, status, current_version, last_failed, "
          "pending_files, listed_events, provisional, last_event_id FROM databases ORDER BY id",
          "SELECT e.id, e.repo_id, e.env_id, d.name, e.status, e.version, e.order_at FROM events e "
          "JOIN databases d ON d.id = e.database_id ORDER BY e.id",
          "SELECT repo_id, env_id, status, kind, events FROM event_counts ORDER BY 1, 2, 3, 4",
          "SELECT slug, databases_synced, databases_pending, databases_failed, reported_version "
          "FROM repos ORDER BY id",
          "SELECT seq, action, object, after_json FROM audit ORDER BY seq"}) {
      const auto rows = [sql](TestRegistry& registry) {
        return read_value<Rows>(*registry.store(),
                                [sql](Session& session) { return session.query(sql); })
            .value();
      };
      EXPECT_TRUE(rows(together) == rows(apart)) << sql;
    }
    expect_sound(together);
  }
}

}  // namespace
}  // namespace rhumb::registry
