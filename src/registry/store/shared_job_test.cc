#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "registry/store/store.h"
#include "registry/store/test_batch.h"
#include "registry/store/test_store.h"

namespace rhumb::registry {
namespace {

enum class Behaviour { kStores, kRefuses, kRefusesAfterItWrote, kThrows };

/// Stores one row, or fails as told.
class NamedJob final : public SharedJob {
 public:
  NamedJob(std::string name, Behaviour behaviour) : name_(std::move(name)), behaviour_(behaviour) {}

  Result<void> run(Session& session, std::span<SharedJob* const> jobs) override {
    for (SharedJob* each : jobs) {
      NamedJob& job = *static_cast<NamedJob*>(each);
      job.together = jobs.size();
      job.outcome = job.behaviour_ == Behaviour::kRefuses ? invalid("refused") : job.add(session);
      if (!job.outcome && job.behaviour_ != Behaviour::kRefuses) {
        return job.outcome;
      }
    }
    return {};
  }

  size_t together = 0;  ///< of how many jobs it was one, when it was run last

 private:
  Result<void> add(Session& session) const {
    TRY(session.insert_later({"projects (org_id, name, created_at)"}, {1, name_, 0}));
    if (behaviour_ == Behaviour::kThrows) {
      throw std::runtime_error("thrown");
    }
    return behaviour_ == Behaviour::kStores ? Result<void>() : Result<void>(invalid("too late"));
  }

  std::string name_;
  Behaviour behaviour_;
};

/// Their answers, in order.
std::vector<Result<void>> write_together(Store& store,
                                         const std::vector<std::unique_ptr<NamedJob>>& jobs) {
  std::vector<Result<void>> answers(jobs.size());
  std::vector<std::function<void()>> calls;
  for (size_t i = 0; i < jobs.size(); ++i) {
    calls.emplace_back([&, i] { answers[i] = store.write(*jobs[i]); });
  }
  write_in_one_batch(store, calls);
  return answers;
}

struct Case {
  const char* title;
  Behaviour second;
  size_t together;      ///< when they were run last
  const char* message;  ///< the second's answer
};

class SharedJobs : public ::testing::TestWithParam<Case> {};

TEST_P(SharedJobs, OneTakesOnlyItselfBack) {
  TestStore store;
  std::vector<std::unique_ptr<NamedJob>> jobs;
  for (const auto& [name, behaviour] :
       {std::pair("a", Behaviour::kStores), std::pair("b", GetParam().second),
        std::pair("c", Behaviour::kStores)}) {
    jobs.push_back(std::make_unique<NamedJob>(name, behaviour));
  }
  const std::vector<Result<void>> answers = write_together(*store, jobs);
  EXPECT_TRUE(answers[0] && answers[2]);
  EXPECT_EQ(answers[1] ? "" : answers[1].error().message(), GetParam().message);
  for (const std::unique_ptr<NamedJob>& job : jobs) {
    EXPECT_EQ(job->together, GetParam().together);
  }
  const Value names = store.scalar(
      "SELECT min(name) || max(name) || count(*) FROM projects WHERE name IN ('a', 'b', 'c')");
  EXPECT_EQ(names.text(), GetParam().second == Behaviour::kStores ? "ac3" : "ac2");
}

INSTANTIATE_TEST_SUITE_P(
    Behaviours,
    SharedJobs,
    ::testing::Values(Case{"Stores", Behaviour::kStores, 3, ""},
                      Case{"Refuses", Behaviour::kRefuses, 3, "refused"},
                      Case{"RefusesAfterItWrote", Behaviour::kRefusesAfterItWrote, 1, "too late"},
                      Case{"Throws", Behaviour::kThrows, 1, "thrown"}),
    [](const ::testing::TestParamInfo<Case>& named) { return named.param.title; });

TEST(SharedJobsTest, ARowThatIsRefusedAtTheEndIsItsOwnJobsFailure) {
  TestStore store;
  std::vector<std::unique_ptr<NamedJob>> jobs;
  for (const char* name : {"a", "same", "same", "b"}) {
    jobs.push_back(std::make_unique<NamedJob>(name, Behaviour::kStores));
  }
  const std::vector<Result<void>> answers = write_together(*store, jobs);
  EXPECT_TRUE(answers[0] && answers[1] && answers[3]);
  ASSERT_FALSE(answers[2]);
  EXPECT_EQ(answers[2].error().code(), ErrorCode::kConflict);
}

}  // namespace
}  // namespace rhumb::registry
