#include "registry/maintenance.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <future>
#include <mutex>

#include "registry/test_registry.h"

namespace rhumb::registry {
namespace {

using std::chrono::hours;

TEST(Maintenance, AJobIsDoneOnceInItsTimeWhoeverAsks) {
  TestRegistry registry;
  const MaintenanceJob job{"tidy", hours(1), {}};
  auto claim = [&] { return claim_job(*registry.store(), job, registry->now()).value(); };
  EXPECT_TRUE(claim());
  EXPECT_FALSE(claim()) << "another server";
  registry.clock().advance(std::chrono::minutes(59));
  EXPECT_FALSE(claim());
  registry.clock().advance(std::chrono::minutes(1));
  EXPECT_TRUE(claim());
  registry.clock().advance(-hours(48));
  EXPECT_TRUE(claim()) << "the clock was wrong: nobody waits for two days";
  EXPECT_FALSE(claim());
}

TEST(Maintenance, DoesWhatIsDueAndTellsOfWhatFails) {
  TestRegistry registry;
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> told;
  bool other_done = false;
  const std::vector<MaintenanceJob> jobs = {
      {"broken", hours(1),
       [](const auto&) { return Result<void>(Error(ErrorCode::kIo, "no space")); }},
      {"other", hours(1), [&](const auto&) -> Result<void> {
         const std::lock_guard lock(mutex);
         other_done = true;
         changed.notify_all();
         return {};
       }}};
  const Maintenance maintenance(*registry, jobs, [&](const std::string& line) {
    const std::lock_guard lock(mutex);
    told.push_back(line);
  });
  std::unique_lock lock(mutex);
  ASSERT_TRUE(changed.wait_for(lock, std::chrono::seconds(10), [&] { return other_done; }));
  EXPECT_EQ(told, std::vector<std::string>{"maintenance \"broken\": no space"});
}

TEST(Maintenance, ForgetsSessionsThatStoredNothingForADay) {
  TestRegistry registry;
  ASSERT_TRUE(registry.store()->write([&](Session& session) -> Result<void> {
    for (const auto& [writer, age] :
         {std::pair("gone", hours(25)), std::pair("there", hours(23))}) {
      TRY(session.run("INSERT INTO store_writers (writer, batch, changed_at) VALUES (?, 1, ?)",
                      {writer, registry->now() - std::chrono::nanoseconds(age).count()}));
    }
    return {};
  }));
  const std::vector<MaintenanceJob> jobs = registry_jobs(*registry);
  const auto job = std::ranges::find(jobs, "writers", &MaintenanceJob::name);
  ASSERT_NE(job, jobs.end());
  ASSERT_TRUE(job->run({}));
  EXPECT_EQ(registry.scalar("SELECT count(*) FROM store_writers WHERE writer = 'gone'").number(),
            0);
  EXPECT_EQ(registry.scalar("SELECT count(*) FROM store_writers WHERE writer = 'there'").number(),
            1);
}

TEST(Maintenance, TellsOfAJobThatCannotBeClaimed) {
  TestRegistry registry;
  ASSERT_TRUE(
      registry.store()->write([](Session& session) { return session.run("DROP TABLE jobs"); }));
  std::promise<std::string> told;
  const std::vector<MaintenanceJob> jobs = {
      {"tidy", hours(1), [](const auto&) { return Result<void>(); }}};
  const Maintenance maintenance(*registry, jobs,
                                [&told](const std::string& line) { told.set_value(line); });
  std::future<std::string> line = told.get_future();
  ASSERT_EQ(line.wait_for(std::chrono::seconds(10)), std::future_status::ready);
  EXPECT_TRUE(line.get().starts_with("maintenance \"tidy\": "));
}

TEST(Maintenance, TheJobsOfARegistryRunOnAnEmptyOne) {
  TestRegistry registry;
  for (const MaintenanceJob& job : registry_jobs(*registry)) {
    EXPECT_TRUE(job.run({})) << job.name;
  }
}

}  // namespace
}  // namespace rhumb::registry
