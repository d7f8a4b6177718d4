#include "registry/store/store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <limits>
#include <thread>
#include <vector>

#include "registry/store/test_batch.h"
#include "registry/store/test_store.h"

namespace rhumb::registry {
namespace {

Result<void> add_project(Session& session, std::string_view name) {
  return session.run("INSERT INTO projects (org_id, name, created_at) VALUES (1, ?, 0)", {name});
}

TEST(Store, KeepsWhatWasAnswered) {
  TestStore store;
  ASSERT_TRUE(store->write([](Session& session) { return add_project(session, "a"); }));
  store.close();
  store.open();
  EXPECT_EQ(store.scalar("SELECT name FROM projects").text(), "a");
}

TEST(Store, RefusedJobLeavesNothingAndDisturbsNoOther) {
  TestStore store;
  Result<void> refused = store->write([](Session& session) -> Result<void> {
    TRY(add_project(session, "half"));
    return invalid("changed my mind");
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(), "changed my mind");
  ASSERT_TRUE(store->write([](Session& session) { return add_project(session, "whole"); }));
  EXPECT_EQ(store.scalar("SELECT name FROM projects").text(), "whole");
  EXPECT_EQ(store.scalar("SELECT count(*) FROM projects").number(), 1);
}

Result<void> gather_project(Session& session, std::string_view name) {
  return session.insert_later({"projects (org_id, name, created_at)"}, {1, name, 0});
}

TEST(Store, RowsThatAreInsertedLaterAreSeenByTheNextStatement) {
  TestStore store;
  ASSERT_TRUE(store->write([](Session& session) -> Result<void> {
    TRY(gather_project(session, "a"));
    const Value count = TRY(session.scalar("SELECT count(*) FROM projects"));
    EXPECT_EQ(count.number(), 1);
    return gather_project(session, "b");
  }));
  EXPECT_EQ(store.scalar("SELECT count(*) FROM projects").number(), 2);
}

TEST(Store, ARefusedJobLeavesNoneOfTheRowsThatItInsertsLater) {
  TestStore store;
  Result<void> refused = store->write([](Session& session) -> Result<void> {
    TRY(gather_project(session, "half"));
    return invalid("changed my mind");
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(), "changed my mind");
  ASSERT_TRUE(store->write([](Session& session) { return gather_project(session, "whole"); }));
  EXPECT_EQ(store.scalar("SELECT name FROM projects").text(), "whole");
  EXPECT_EQ(store.scalar("SELECT count(*) FROM projects").number(), 1);
}

TEST(Store, ARowThatIsRefusedLaterIsItsOwnJobsFailure) {
  TestStore store;
  std::atomic<int> stored = 0;
  std::atomic<int> refused = 0;
  std::vector<std::function<void()>> calls;
  for (int i = 0; i < 16; ++i) {
    calls.emplace_back([&, i] {
      const std::string name = i % 2 == 0 ? "same" : std::to_string(i);
      const Result<void> written =
          store->write([&](Session& session) { return gather_project(session, name); });
      (written ? stored : refused) += 1;
      EXPECT_TRUE(written || written.error().code() == ErrorCode::kConflict);
    });
  }
  write_in_one_batch(*store, calls);
  EXPECT_EQ(stored, 9);
  EXPECT_EQ(refused, 7);
  EXPECT_EQ(store.scalar("SELECT count(*) FROM projects").number(), 9);
}

/// One after the other in one transaction: the first asks and does not read, the second writes.
TEST(Store, WhatAJobHasAskedForIsNotWhatALaterOneReads) {
  TestStore store;
  constexpr std::string_view kCount = "SELECT count(*) FROM projects WHERE org_id = ?";
  for (int i = 0; i < 3; ++i) {  // known to the engine from then on
    ASSERT_TRUE(store->write([&](Session& session) { return session.run(kCount, {1}); }));
  }
  int64_t seen = -1;
  const std::vector<Writer::Job> jobs = {
      [&](Session& session) { return session.ask_ahead(kCount, {1}); },
      [](Session& session) { return add_project(session, "new"); },
      [&](Session& session) -> Result<void> {
        seen = TRY(session.scalar(kCount, {1})).number();
        return {};
      }};
  std::vector<std::function<void()>> calls;
  for (const Writer::Job& job : jobs) {
    calls.emplace_back([&store, &job] { EXPECT_TRUE(store->write(job)); });
  }
  write_in_one_batch(*store, calls);
  EXPECT_EQ(seen, 1);
}

/// Twice: an engine may take a statement in another way once it knows it.
TEST(Store, QuestionsThatAreAskedTogetherAreAnsweredEach) {
  TestStore store;
  constexpr std::string_view kNamed =
      "SELECT name, created_at FROM projects WHERE org_id = ? AND name >= ? ORDER BY name LIMIT 2";
  ASSERT_TRUE(store->write([](Session& session) {
    return session.insert_rows({"projects (org_id, name, created_at)"},
                               std::vector<Params>{{1, "a", 1}, {1, "b", 2}, {1, "c", 3}});
  }));
  const auto ask = [&](Session& session) -> Result<void> {
    for (const char* name : {"a", "c", "x", "b", "d", "e"}) {
      TRY(session.ask_ahead(kNamed, {1, name}));
    }
    TRY(session.ask_ahead(kNamed, {1, nullptr}));
    EXPECT_EQ(TRY(session.query(kNamed, {1, "b"})), (Rows{{"b", 2}, {"c", 3}}));
    EXPECT_EQ(TRY(session.query(kNamed, {1, "x"})), Rows{});
    EXPECT_EQ(TRY(session.query(kNamed, {1, "a"})), (Rows{{"a", 1}, {"b", 2}}));
    EXPECT_EQ(TRY(session.query(kNamed, {1, nullptr})), Rows{});
    TRY(session.run("UPDATE projects SET created_at = 9 WHERE name = 'c'"));
    session.forget_asked();
    EXPECT_EQ(TRY(session.query(kNamed, {1, "c"})), (Rows{{"c", 9}}));
    return session.run("UPDATE projects SET created_at = 3 WHERE name = 'c'");
  };
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(store->write(ask));
  }
}

/// Jobs that are surely handed in together: the writer is kept busy until all wait.
TEST(Store, RefusedJobAmongOthersTakesOnlyItselfBack) {
  TestStore store;
  constexpr int kJobs = 12;
  std::atomic<int> waiting = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  threads.emplace_back([&] {
    EXPECT_TRUE(store->write([&waiting](Session&) -> Result<void> {
      while (waiting < kJobs) {
        std::this_thread::yield();
      }
      return {};
    }));
  });
  for (int i = 0; i < kJobs; ++i) {
    threads.emplace_back([&, i] {
      ++waiting;
      Result<void> written = store->write([i](Session& session) -> Result<void> {
        if (i % 3 == 0) {
          return invalid("refused before it wrote");
        }
        TRY(add_project(session, std::to_string(i)));
        return i % 3 == 1 ? Result<void>() : invalid("refused after it wrote");
      });
      refused += written ? 0 : 1;
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(refused, kJobs * 2 / 3);
  EXPECT_EQ(store.scalar("SELECT count(*) FROM projects").number(), kJobs / 3);
  EXPECT_EQ(
      store.scalar("SELECT count(*) FROM projects WHERE CAST(name AS INTEGER) % 3 <> 1").number(),
      0);
  const Writer::Counts counts = store->write_counts();
  EXPECT_EQ(counts.jobs, kJobs + 1);
  EXPECT_LE(counts.commits, counts.jobs);
}

TEST(Store, UniqueRuleIsAConflict) {
  TestStore store;
  ASSERT_TRUE(store->write([](Session& session) { return add_project(session, "a"); }));
  Result<void> again = store->write([](Session& session) { return add_project(session, "a"); });
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code(), ErrorCode::kConflict);
}

TEST(Store, ReaderCannotWrite) {
  TestStore store;
  EXPECT_FALSE(store->read([](Session& session) { return add_project(session, "a"); }));
}

TEST(Store, SecondServerOnTheSameStoreIsRefused) {
  TestStore store;
  Result<std::unique_ptr<Store>> second = open_store(store.address());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), ErrorCode::kBusy);
}

TEST(Store, NewerReleaseIsRefused) {
  TestStore store;
  ASSERT_TRUE(store->write([](Session& session) {
    return session.run(
        "INSERT INTO atlas_schema_revisions SELECT '99990101000000', description, type, applied,"
        " total, executed_at, execution_time, error, error_stmt, hash, partial_hashes,"
        " operator_version FROM atlas_schema_revisions LIMIT 1");
  }));
  store.close();
  Result<std::unique_ptr<Store>> opened = open_store(store.address());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), ErrorCode::kUnsupported);
  EXPECT_TRUE(opened.error().message().ends_with("; run the newer release"));
}

TEST(Store, IsMigratedLikeAnyOtherDatabase) {
  TestStore store;
  const std::string_view history =
      "SELECT version || ' ' || (total - applied) || ' ' || operator_version || executed_at "
      "FROM atlas_schema_revisions ORDER BY version LIMIT 1";
  const std::string applied = store.scalar(history).text();
  EXPECT_TRUE(applied.starts_with("20260101000000 0 Rhumb registry")) << applied;
  store.close();
  store.open();
  EXPECT_EQ(store.scalar(history).text(), applied);
}

TEST(Store, AnyCharacterMayStandInTheFolder) {
  TestStore outer;
  const std::string folder = outer.folder() + "/a?b=%20 #c";
  {
    Result<std::unique_ptr<Store>> made = open_sqlite_store(folder);
    ASSERT_TRUE(made) << made.error().message();
    ASSERT_TRUE((*made)->write([](Session& session) { return add_project(session, "a"); }));
  }
  Result<std::unique_ptr<Store>> again =
      open_sqlite_store(folder, SqliteStoreOptions{.create = false});
  ASSERT_TRUE(again) << again.error().message();
  EXPECT_TRUE((*again)->check());
}

TEST(Store, WritersShareCommitsAndLoseNothing) {
  TestStore store;
  constexpr int kThreads = 8;
  constexpr int kEach = 50;
  std::vector<std::thread> threads;
  std::atomic<int> failures = 0;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&store, &failures, t] {
      for (int i = 0; i < kEach; ++i) {
        Result<void> written = store->write([t, i](Session& session) {
          return add_project(session, std::to_string(t * 1000 + i));
        });
        failures += written ? 0 : 1;
        Result<void> read = store->read(
            [](Session& session) { return session.run("SELECT count(*) FROM projects"); });
        failures += read ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(store.scalar("SELECT count(*) FROM projects").number(), kThreads * kEach);
}

TEST(Store, StoppedStoreRefusesWrites) {
  TestStore store;
  store->stop();
  Result<void> late = store->write([](Session& session) { return add_project(session, "late"); });
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code(), ErrorCode::kUnavailable);
}

TEST(Store, NullsBytesAndTextComeBackAsTheyWere) {
  TestStore store;
  const Value bytes(Blob{std::string("a\0b", 3)});
  ASSERT_TRUE(store->write([&](Session& session) -> Result<void> {
    TRY(session.run("INSERT INTO bodies (sha256, size, data) VALUES (?, 7, ?)",
                    {bytes, Value(Blob{})}));
    return session.run("INSERT INTO environments (org_id, name, created_at) VALUES (1, ?, ?)",
                       {"\xC3\xA4 'b' \\ $1", std::numeric_limits<int64_t>::max()});
  }));
  EXPECT_EQ(store.scalar("SELECT sha256 FROM bodies WHERE sha256 = ?", {bytes}), bytes);
  EXPECT_EQ(store.scalar("SELECT data FROM bodies"), Value(Blob{}));
  EXPECT_EQ(store.scalar("SELECT name FROM environments"), Value("\xC3\xA4 'b' \\ $1"));
  EXPECT_EQ(store.scalar("SELECT created_at FROM environments"),
            Value(std::numeric_limits<int64_t>::max()));
  EXPECT_TRUE(store.scalar("SELECT rank FROM environments").is_null());
  EXPECT_EQ(store.scalar("SELECT rank IS NULL FROM environments"), Value(1));
  EXPECT_EQ(store.scalar("SELECT sum(size) FROM bodies"), Value(7));
}

}  // namespace
}  // namespace rhumb::registry
