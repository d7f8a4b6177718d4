#include "registry/store/copy.h"

#include <gtest/gtest.h>

#include "registry/ingest/rebuild.h"
#include "registry/store/sqlite_session.h"
#include "registry/store/tables.h"
#include "registry/test_registry.h"

namespace rhumb::registry {
namespace {

constexpr auto kSilent = [](const std::string&, int64_t) {};

class CopyTest : public testing::Test {
 protected:
  /// Something in most tables, and more rows of one than are read at once.
  void SetUp() override {
    registry_ = std::make_unique<TestRegistry>();
    ASSERT_TRUE(registry_->push("app", "", {"1", "2"}));
    ASSERT_TRUE(registry_->push("app", "v1", {"1"}));
    for (const char* id : {"a", "b"}) {
      ASSERT_TRUE(registry_->ingest(registry_->report(id, "", "1")));
    }
    ASSERT_TRUE(registry_->store()->write([](Session& session) -> Result<void> {
      for (int i = 0; i < 2500; ++i) {
        TRY(session.run("INSERT INTO projects (org_id, name, created_at) VALUES (1, ?, 0)",
                        {"p" + std::to_string(i)}));
      }
      return session.run("UPDATE databases SET name = ? WHERE ext_id = 'a'", {"\xC3\xA4 '\"\\ ?"});
    }));
  }

  StoreAddress stopped() {
    StoreAddress address = registry_->store().address();
    registry_->store().close();
    return address;
  }

  [[nodiscard]] std::string file() const { return place_.folder() + "/backup.db"; }

  std::unique_ptr<TestRegistry> registry_;
  TestStorePlace place_;
};

TEST_F(CopyTest, MovesARegistryThatWorksOn) {
  const Result<CopyReport> busy =
      move_registry(registry_->store().address(), place_.address(), kSilent);
  ASSERT_FALSE(busy);
  EXPECT_EQ(busy.error().code(), ErrorCode::kBusy);
  const StoreAddress source = stopped();
  const Result<CopyReport> moved = move_registry(source, place_.address(), kSilent);
  ASSERT_TRUE(moved) << moved.error().message();
  EXPECT_GT(moved->rows, 2500);
  EXPECT_GT(moved->audit_entries, 4);
  EXPECT_EQ(rebuild_registry(place_.address())->difference_count, 0);
  const std::unique_ptr<Store> copy = open_store(place_.address(), StoreOpening::kExisting).value();
  ASSERT_TRUE(copy->write([](Session& session) {
    return session.run("INSERT INTO projects (org_id, name, created_at) VALUES (1, 'new', 0)");
  })) << "new rows get ids of their own";
  if (!test_store_server().empty()) {
    const Result<Value> rows = read_value<Value>(*copy, [](Session& session) {
      return session.scalar(
          "SELECT CAST(reltuples AS bigint) FROM pg_class WHERE oid = 'projects'::regclass");
    });
    EXPECT_GT(rows.value().number(), 2400) << "the server knows how large tables are";
  }
}

TEST_F(CopyTest, BacksUpWhileItRunsAndRestores) {
  const Result<CopyReport> saved = back_up_registry(registry_->store().address(), file(), kSilent);
  ASSERT_TRUE(saved) << saved.error().message();
  EXPECT_EQ(back_up_registry(registry_->store().address(), file(), kSilent).error().code(),
            ErrorCode::kConflict);
  const Result<CopyReport> restored = restore_registry(file(), place_.address(), kSilent);
  ASSERT_TRUE(restored) << restored.error().message();
  EXPECT_EQ(restored->rows, saved->rows);
  EXPECT_EQ(restored->audit_hash, saved->audit_hash);
  const Result<CopyReport> again = restore_registry(file(), place_.address(), kSilent);
  ASSERT_FALSE(again) << "the store is in use no more but not empty";
  EXPECT_EQ(again.error().code(), ErrorCode::kConflict);
}

TEST_F(CopyTest, CopyThatFailsLeavesAnEmptyStore) {
  ASSERT_TRUE(back_up_registry(registry_->store().address(), file(), kSilent));
  {
    // Behind the tables that come first by name there is one that no release knows.
    std::unique_ptr<Session> damaged = open_sqlite(file(), SqliteAccess::kWrite).value();
    ASSERT_TRUE(damaged->run("CREATE TABLE zebras (id INTEGER PRIMARY KEY)"));
    ASSERT_TRUE(damaged->run("INSERT INTO zebras VALUES (1)"));
  }
  ASSERT_FALSE(restore_registry(file(), place_.address(), kSilent));
  const std::unique_ptr<Session> reader = open_store_reader(place_.address()).value();
  for (const Table& table : list_tables(*reader).value()) {
    EXPECT_EQ(reader->scalar("SELECT count(*) FROM " + table.name)->number(), 0) << table.name;
  }
}

TEST_F(CopyTest, RefusesWhatIsNoRegistry) {
  EXPECT_EQ(restore_registry("/nonexistent", place_.address(), kSilent).error().code(),
            ErrorCode::kNotFound);
  ASSERT_TRUE(open_sqlite(file(), SqliteAccess::kWrite));
  EXPECT_FALSE(restore_registry(file(), place_.address(), kSilent));
  EXPECT_EQ(move_registry({"", "/nonexistent"}, place_.address(), kSilent).error().code(),
            ErrorCode::kNotFound);
}

TEST_F(CopyTest, VerifyNamesADamagedBody) {
  const StoreAddress address = registry_->store().address();
  const Result<VerifyReport> whole = verify_registry(address);
  ASSERT_TRUE(whole) << whole.error().message();
  EXPECT_GT(whole->bodies, 2);
  ASSERT_TRUE(registry_->store()->write([](Session& session) {
    return session.run(
        "UPDATE bodies SET data = (SELECT data FROM bodies WHERE id = 1) WHERE id = 2");
  }));
  const Result<VerifyReport> damaged = verify_registry(address);
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().message(), "body 2: a stored body is damaged");
}

TEST(Tables, BothEnginesHaveTheSame) {
  TestStore store;
  const std::vector<Table> tables = read_value<std::vector<Table>>(*store, list_tables).value();
  ASSERT_GT(tables.size(), 15U);
  for (const Table& table : tables) {
    EXPECT_FALSE(table.key.empty()) << table.name;
    EXPECT_NE(table.name, "atlas_schema_revisions");
  }
  const auto audit = std::ranges::find(tables, "audit", &Table::name);
  ASSERT_NE(audit, tables.end());
  EXPECT_EQ(audit->key, std::vector<std::string>{"seq"});
  const auto files = std::ranges::find(tables, "dir_files", &Table::name);
  ASSERT_NE(files, tables.end());
  EXPECT_EQ(files->key, (std::vector<std::string>{"state_id", "position"}));
}

}  // namespace
}  // namespace rhumb::registry
