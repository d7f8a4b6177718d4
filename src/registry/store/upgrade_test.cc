#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "registry/store/sqlite_session.h"
#include "registry/store/test_old_store.h"
#include "registry/store/test_store.h"

namespace rhumb::registry {
namespace {

/// A repository with one database, of which two deployments and a set of one are reported, as the
/// first release stored them.
constexpr std::string_view kHistory[] = {
    R"(INSERT INTO projects (id, org_id, name, created_at) VALUES (1, 1, 'default', 5))",
    R"(INSERT INTO repos (id, org_id, project_id, slug, name, type, driver, created_at)
       VALUES (1, 1, 1, 'app', 'app', 'DIRECTORY', 'SQLITE', 5))",
    R"(INSERT INTO environments (id, org_id, name, created_at) VALUES (1, 1, 'prod', 5))",
    R"(INSERT INTO databases (id, org_id, repo_id, env_id, ext_id, schema_name, name, url, driver,
         first_seen, last_report, atlas_version, status)
       VALUES (1, 1, 1, 1, 'x', 'main', 'a.db', 'sqlite://a.db', 'SQLITE', 5, 6, 'v1', 'SYNCED'))",
    R"(INSERT INTO events (id, org_id, repo_id, env_id, database_id, set_id, kind, status, version,
         started_at, completed_at, received_at, order_at, actor_kind, actor_name, user_agent,
         atlas_version)
       VALUES (1, 1, 1, 1, 1, NULL, 'APPLY', 'PASSED', '1', 5, 6, 7, 6, 'BOT', 'b', 'u', 'v1'),
              (2, 1, 1, 1, 1, NULL, 'APPLY', 'FAILED', '1', 5, 6, 7, 6, 'BOT', 'b', 'u', 'v1'),
              (3, 1, 1, 1, NULL, NULL, 'APPLY', 'PASSED', '2', 5, 6, 7, 6, 'BOT', 'b', 'u', 'v1'),
              (4, 1, 1, 1, 1, 3, 'APPLY', 'PASSED', '2', 5, 6, 7, 6, 'BOT', 'b', 'u', 'v1'))",
};

Result<void> fill(const StoreAddress& address) {
  const std::unique_ptr<Session> session =
      TRY(address.url.empty() ? open_sqlite(sqlite_store_file(address.data), SqliteAccess::kWrite)
                              : open_postgres_session(address.url, PostgresAccess::kWriteAlone));
  for (const std::string_view statement : kHistory) {
    TRY(session->run(statement));
  }
  return {};
}

Rows columns_of(Store& store) {
  return read_value<Rows>(store,
                          [](Session& session) { return session.query(session.columns_sql()); })
      .value();
}

/// How many deployments are listed, as the counters of the newest release say.
Result<int64_t> count_listed(Store& store) {
  return read_value<int64_t>(store, [](Session& session) -> Result<int64_t> {
    const Value events =
        TRY(session.scalar("SELECT sum(events) FROM event_periods WHERE hours = 24"));
    const Value names = TRY(session.scalar("SELECT count(*) FROM databases WHERE name = 'a.db'"));
    EXPECT_EQ(names.number(), 1);
    return events.number();
  });
}

/// With and without a step that fails on the way, at its last statement.
TEST(StoreUpgrade, FromEveryOlderReleaseGivesWhatANewStoreIs) {
  TestStore fresh;
  const Rows want = columns_of(*fresh);
  const std::span<const EmbeddedFile> files = own_migrations();
  for (size_t have = 1; have < files.size(); ++have) {
    SCOPED_TRACE(files[have].name);
    const TestStorePlace place;
    ASSERT_TRUE(apply_migrations(place.address(), files.first(1)));
    ASSERT_TRUE(fill(place.address()));
    ASSERT_TRUE(apply_migrations(place.address(), files.first(have)));
    std::vector<EmbeddedFile> interrupted(files.begin(), files.begin() + static_cast<long>(have));
    const std::string broken = fmt::format("{}\nINSERT INTO nowhere VALUES (1);", files[have].text);
    interrupted.push_back({files[have].name, broken});
    ASSERT_FALSE(apply_migrations(place.address(), interrupted));
    std::vector<std::string> told;
    const Result<std::unique_ptr<Store>> store =
        open_store(place.address(), StoreOpening::kExisting, StoreSharing::kAlone,
                   [&told](std::string_view name) { told.emplace_back(name); });
    ASSERT_TRUE(store) << store.error().message();
    EXPECT_EQ(told.size(), files.size() - have);
    EXPECT_EQ(told.front(), files[have].name);
    EXPECT_EQ(columns_of(**store), want);
    EXPECT_EQ(count_listed(**store).value_or(-1), 3) << "two alone and the set";
  }
}

TEST(StoreUpgrade, ANewStoreIsNoUpgrade) {
  const TestStorePlace place;
  const Result<std::unique_ptr<Store>> store =
      open_store(place.address(), StoreOpening::kCreate, StoreSharing::kAlone,
                 [](std::string_view name) { ADD_FAILURE() << name; });
  EXPECT_TRUE(store.has_value());
}

}  // namespace
}  // namespace rhumb::registry
