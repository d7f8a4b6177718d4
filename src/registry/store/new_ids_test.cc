#include "registry/store/new_ids.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "registry/store/store.h"
#include "registry/store/test_store.h"

namespace rhumb::registry {
namespace {

constexpr RowsInto kInto{"projects (id, org_id, name, created_at)"};

Result<void> add_projects(Session& session, NewIds& ids, int count, const std::string& prefix) {
  for (int i = 0; i < count; ++i) {
    const int64_t id = TRY(ids.take());
    TRY(session.insert_later(kInto, {id, 1, prefix + std::to_string(i), 0}));
  }
  return {};
}

Result<void> add_one(Session& session, const std::string& name) {
  return session.run("INSERT INTO projects (org_id, name, created_at) VALUES (1, ?, 0)", {name});
}

TEST(NewIdsTest, NoNumberIsGivenTwice) {
  TestStore store;
  for (const size_t asked : {0, 1, 7, 30, 100}) {
    const std::string prefix = "p" + std::to_string(asked) + "-";
    ASSERT_TRUE(store->write([&](Session& session) -> Result<void> {
      TRY(add_one(session, prefix + "before"));
      {
        NewIds ids(session, "projects");
        TRY(ids.ask_for(asked));
        TRY(add_projects(session, ids, 20, prefix + "a"));
        TRY(ids.ask_for(asked));
        TRY(ids.receive());
        TRY(add_projects(session, ids, 20, prefix + "b"));
      }
      return add_one(session, prefix + "after");
    }));
  }
  const Result<Value> count = read_value<Value>(*store, [](Session& session) {
    return session.scalar("SELECT count(*) FROM projects WHERE name LIKE 'p%-%'");
  });
  ASSERT_TRUE(count);
  EXPECT_EQ(count->number(), 5 * 42);
}

TEST(NewIdsTest, ANumberOfADeletedEventIsNotGivenAgain) {
  TestStore store;
  const auto take = [&store] {
    return write_value<int64_t>(*store, [](Session& session) -> Result<int64_t> {
      NewIds ids(session, "events");
      const int64_t id = TRY(ids.take());
      TRY(session.insert_later({"events (id, org_id, repo_id, env_id, kind, status, started_at, "
                                "received_at, order_at, actor_kind, actor_name, user_agent, "
                                "atlas_version)"},
                               {id, 1, 1, 1, "APPLY", "PASSED", 0, 0, 0, "bot", "b", "", ""}));
      TRY(session.run("DELETE FROM events"));
      return id;
    });
  };
  const Result<int64_t> first = take();
  const Result<int64_t> second = take();
  ASSERT_TRUE(first && second);
  EXPECT_LT(*first, *second);
}

}  // namespace
}  // namespace rhumb::registry
