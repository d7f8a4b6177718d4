#include "driver/sqlite/sqlite_lock.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "driver/sqlite/test_database.h"

namespace rhumb::driver::sqlite {
namespace {

LockRequest request(std::string holder) {
  return {.name = "atlas_migrate_execute", .timeout = {}, .holder = std::move(holder)};
}

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(SqliteLock, ExcludesAnotherConnectionAndNamesTheHolder) {
  const TestFolder folder;
  const auto first = must_open(folder.file("a.db"));
  const auto second = must_open(folder.file("a.db"));
  auto held = first->lock(request("apply ann@host:7 since 2026-01-02T03:04:05Z"));
  ASSERT_TRUE(held.has_value());
  EXPECT_EQ(*second->find_lock_holder(request("")), "apply ann@host:7 since 2026-01-02T03:04:05Z");
  const auto busy = second->lock(request("other"));
  EXPECT_EQ(error_of(busy),
            "sql/sqlite: lock on \"atlas_migrate_execute\" already taken (held by apply ann@host:7 "
            "since 2026-01-02T03:04:05Z)");
  EXPECT_EQ(busy.error().code(), ErrorCode::kBusy);
  EXPECT_EQ(error_of((*held)->release()), "");
  EXPECT_EQ(read_file(folder.file("a.db.atlas-lock")), "");
  EXPECT_EQ(error_of(second->lock(request("other"))), "");
}

TEST(SqliteLock, AConnectionMayHaveItUnderTwoNames) {
  const TestFolder folder;
  const auto first = must_open(folder.file("a.db"));
  const auto second = must_open(folder.file("a.db"));
  LockRequest dev = request("test");
  dev.name = "atlas_migrate_diff";
  auto outer = first->lock(dev);
  auto inner = first->lock(request("test"));
  ASSERT_TRUE(outer.has_value() && inner.has_value());
  EXPECT_FALSE(first->lock(dev).has_value());
  EXPECT_EQ(error_of((*outer)->release()), "");
  EXPECT_FALSE(second->lock(dev).has_value());
  EXPECT_EQ(error_of((*inner)->release()), "");
  EXPECT_EQ(error_of(second->lock(dev)), "");
}

TEST(SqliteLock, AskingLeavesNoTrace) {
  const TestFolder folder;
  const auto connection = must_open(folder.file("a.db"));
  EXPECT_EQ(*connection->find_lock_holder(request("")), std::nullopt);
  EXPECT_FALSE(std::filesystem::exists(folder.file("a.db.atlas-lock")));
  EXPECT_EQ(*must_open(":memory:")->find_lock_holder(request("")), std::nullopt);
}

TEST(SqliteLock, FollowsSymbolicLinks) {
  const TestFolder folder;
  const auto first = must_open(folder.file("a.db"));
  std::filesystem::create_symlink(folder.file("a.db"), folder.file("b.db"));
  const auto second = must_open(folder.file("b.db"));
  const auto held = first->lock(request("one"));
  EXPECT_FALSE(second->lock(request("two")).has_value());
}

TEST(SqliteLock, DatabasesDoNotWaitForEachOther) {
  const TestFolder folder;
  const auto first = must_open(folder.file("a.db"));
  const auto second = must_open(folder.file("b.db"));
  const auto held = first->lock(request("one"));
  EXPECT_EQ(error_of(second->lock(request("two"))), "");
}

TEST(SqliteLock, WaitsUntilTheHolderLetsGo) {
  const TestFolder folder;
  const std::string path = folder.file("a.db");
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto connection = must_open(path);
    const auto held = connection->lock(request("child"));
    [[maybe_unused]] const ssize_t written = ::write(ready[1], "x", 1);
    ::pause();
    ::_exit(0);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  const auto connection = must_open(path);
  EXPECT_EQ(error_of(connection->lock(request("parent"))),
            "sql/sqlite: lock on \"atlas_migrate_execute\" already taken (held by child)");
  LockRequest patient = request("parent");
  patient.timeout = std::chrono::seconds(30);
  std::string waited_for;
  patient.on_wait = [&](std::string_view held_by) {
    waited_for = held_by;
    ::kill(child, SIGKILL);
  };
  EXPECT_EQ(error_of(connection->lock(patient)), "");
  EXPECT_EQ(waited_for, "child");
  ::waitpid(child, nullptr, 0);
}

TEST(SqliteLock, MemoryIsLockedByNameWithinOneRegistry) {
  NamedLocks locks;
  std::weak_ptr<HeldFile> held_file;
  auto held = acquire_lock(locks, "", held_file, request("one"));
  ASSERT_TRUE(held.has_value());
  EXPECT_EQ(error_of(acquire_lock(locks, "", held_file, request("two"))),
            "sql/sqlite: lock on \"atlas_migrate_execute\" already taken (held by one)");
  held->reset();
  EXPECT_EQ(error_of(acquire_lock(locks, "", held_file, request("two"))), "");
}

}  // namespace
}  // namespace rhumb::driver::sqlite
