#include "registry/store/database_names.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "registry/store/test_store.h"

namespace rhumb::registry {
namespace {

class DatabaseNamesTest : public testing::Test {
 protected:
  /// With the next number, or the one that is given.
  void add(int64_t org_id, const std::string& name, std::optional<int64_t> id = std::nullopt) {
    write([&](Session& session) {
      return session.run(
          "INSERT INTO databases (id, org_id, repo_id, env_id, ext_id, schema_name, name, url, "
          "driver, first_seen, last_report, atlas_version, status) VALUES (coalesce(?, (SELECT "
          "coalesce(max(id), 0) + 1 FROM databases)), ?, 1, 1, '', '', ?, '', '', 0, 0, '', '')",
          {id, org_id, name});
    });
  }
  void rename(int64_t id, const std::string& name) {
    write([&](Session& session) -> Result<void> {
      TRY(session.run("UPDATE databases SET name = ? WHERE id = ?", {name, id}));
      return note_database_renamed(session, id);
    });
  }
  void write(const Writer::Job& job) { ASSERT_TRUE(store_->write(job)); }

  std::vector<int64_t> search(Session& session, std::string_view text, size_t ids_max = 10) {
    Result<std::vector<int64_t>> found = names_.search(session, 1, text, ids_max);
    EXPECT_TRUE(found) << (found ? "" : found.error().message());
    std::sort(found->begin(), found->end());
    return *found;
  }
  std::vector<int64_t> search(std::string_view text, size_t ids_max = 10) {
    return *read_value<std::vector<int64_t>>(*store_,
                                             [&](Session& session) -> Result<std::vector<int64_t>> {
                                               return search(session, text, ids_max);
                                             });
  }

  using Ids = std::vector<int64_t>;
  TestStore store_;
  DatabaseNames names_;
};

TEST_F(DatabaseNamesTest, FindsEveryPartOfAName) {
  EXPECT_EQ(search("a"), Ids{});
  add(1, "Shop-a.db");
  add(2, "shop-b.db");  // of another organization
  add(1, "shop-c.db");
  add(1, "aaa");
  add(1, "K\u00fcche");
  for (const auto& [text, want] :
       std::vector<std::pair<std::string, Ids>>{{"shop", {1, 3}},
                                                {"SHOP-", {1, 3}},
                                                {"-a.db", {1}},
                                                {"Shop-a.db", {1}},
                                                {"Shop-a.dbs", {}},
                                                {"aa", {4}},
                                                {"dba", {}},
                                                {"p-c.d", {3}},
                                                {"\u00fc", {5}},
                                                {"\u00dc", {}},
                                                {"%", {}},
                                                {std::string("b\0s", 3), {}},
                                                {std::string("\0", 1), {}}}) {
    EXPECT_EQ(search(text), want) << text;
  }
  EXPECT_EQ(search("s", 1).size(), 1);
}

TEST_F(DatabaseNamesTest, KnowsWhatIsNewAndRenamed) {
  add(1, "a.db");
  EXPECT_EQ(search(".db"), Ids{1});
  add(1, "b.db");
  EXPECT_EQ(search(".db"), (Ids{1, 2}));
  rename(1, "first");
  EXPECT_EQ(search(".db"), Ids{2});
  EXPECT_EQ(search("first"), Ids{1});
  rename(1, "a.db");
  rename(2, "second");
  add(1, "c.db");
  rename(3, "third.db");
  EXPECT_EQ(search(".db"), (Ids{1, 3}));
  EXPECT_EQ(search("c.db"), Ids{});
  EXPECT_EQ(search("third"), Ids{3});
}

TEST_F(DatabaseNamesTest, ANumberThatIsGivenAgainHasTheNewName) {
  add(1, "a.db");
  add(1, "b.db");
  EXPECT_EQ(search(".db"), (Ids{1, 2}));
  write([](Session& session) -> Result<void> {
    TRY(session.run("DELETE FROM databases WHERE id = 2"));
    return note_databases_removed(session);
  });
  add(1, "other.db", 2);
  add(1, "more.db", 3);
  rename(1, "renamed.db");
  EXPECT_EQ(search(".db"), (Ids{1, 2, 3}));
  EXPECT_EQ(search("b.db"), Ids{});
  EXPECT_EQ(search("renamed"), Ids{1});
}

TEST_F(DatabaseNamesTest, ASessionThatSeesLessTakesNothingBack) {
  add(1, "a.db");
  EXPECT_EQ(search(".db"), Ids{1});
  const Result<std::unique_ptr<Session>> older = open_store_reader(store_.address());
  ASSERT_TRUE(older);
  ASSERT_TRUE((*older)->begin_read());
  ASSERT_TRUE((*older)->scalar("SELECT count(*) FROM databases"));  // its snapshot is taken
  add(1, "b.db");
  rename(1, "first");
  EXPECT_EQ(search(".db"), Ids{2});
  EXPECT_EQ(search(**older, ".db"), Ids{2});
  EXPECT_EQ(search(**older, "first"), Ids{1});
  EXPECT_EQ(search("a.db"), Ids{});
}

}  // namespace
}  // namespace rhumb::registry
