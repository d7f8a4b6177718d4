#include "base/go_format.h"
#include "driver/mysql/test_server.h"
#include "migrate/revision_store.h"
#include "migrate/revision_table.h"
#include "migrate/test_revision.h"

namespace rhumb::migrate {
namespace {

using driver::error_of;
using driver::must;
using driver::must_run;

class MysqlRevisionTableTest : public driver::mysql::MariadbTest {
 protected:
  std::unique_ptr<RevisionStore> store(std::string_view schema = {}) {
    return must(open_revision_store(connection(), schema));
  }
  static Revision sample() {
    Revision row = stopped_revision();
    row.description = "größe 😀";
    row.executed_at.at = *parse_rfc3339("2026-07-02T03:04:05Z");
    row.error = "Error 1146 (42S02): Table 'x' doesn't exist";
    row.error_stmt = "DROP TABLE x;";
    return row;
  }
};

TEST_F(MysqlRevisionTableTest, StoresRowsAsOtherProgramsReadThem) {
  const auto revisions = store();
  EXPECT_EQ(revisions->schema(), name());
  EXPECT_FALSE(must(revisions->exists()));
  ASSERT_EQ(error_of(revisions->ensure_table()), "");
  Revision row = sample();
  row.executed_at.at += std::chrono::milliseconds(900);
  ASSERT_EQ(error_of(revisions->write(row)), "");
  EXPECT_EQ(rows("SELECT * FROM atlas_schema_revisions"),
            "1|größe 😀|2|1|2|2026-07-02 03:04:05|42|Error 1146 (42S02): Table 'x' doesn't exist|"
            "DROP TABLE x;|aGFzaA==|[\"h1:Fo9K92y+zoKk\"]|Atlas CLI - development\n");
  EXPECT_EQ(must(revisions->find("1")), sample());
  EXPECT_EQ(must(revisions->find("2")), std::nullopt);
}

TEST_F(MysqlRevisionTableTest, UpdatesEverythingButWhatNamesTheRow) {
  const auto revisions = store();
  ASSERT_EQ(error_of(revisions->ensure_table()), "");
  ASSERT_EQ(error_of(revisions->write(sample())), "");
  Revision done = sample();
  done.description = "other";
  done.executed_at = {};
  done.applied = 2;
  done.error.clear();
  done.error_stmt.clear();
  done.partial_hashes.clear();
  ASSERT_EQ(error_of(revisions->write(done)), "");
  done.description = sample().description;
  done.executed_at = sample().executed_at;
  EXPECT_EQ(must(revisions->read_all()), std::vector<Revision>{done});
  EXPECT_EQ(rows("SELECT partial_hashes, error FROM atlas_schema_revisions"), "null|\n");
}

TEST_F(MysqlRevisionTableTest, KeepsTimesInUtcWhateverTheZoneIs) {
  must_run(connection(), "SET time_zone = '+05:30'");
  const auto revisions = store();
  ASSERT_EQ(error_of(revisions->ensure_table()), "");
  ASSERT_EQ(error_of(revisions->write(sample())), "");
  EXPECT_EQ(must(revisions->find("1"))->executed_at, sample().executed_at);
}

TEST_F(MysqlRevisionTableTest, LivesInASchemaOfItsOwn) {
  const std::string other = name() + "_r`v";
  const auto revisions = store(other);
  ASSERT_EQ(error_of(revisions->ensure_table()), "");
  ASSERT_EQ(error_of(revisions->ensure_table()), "");
  ASSERT_EQ(error_of(revisions->write(sample())), "");
  EXPECT_EQ(rows("SHOW TABLES"), "");
  EXPECT_EQ(must(revisions->read_all()).size(), 1U);
  must_run(server(), "DROP DATABASE `" + name() + "_r``v`");
}

TEST_F(MysqlRevisionTableTest, AddsColumnsThatAnOlderProgramDidNotHave) {
  must_run(connection(),
           "CREATE TABLE atlas_schema_revisions (version varchar(255) PRIMARY KEY, description "
           "varchar(255) NOT NULL, mine int) CHARSET utf8mb4");
  must_run(connection(), "INSERT INTO atlas_schema_revisions VALUES ('0', 'old', 7)");
  const auto revisions = store();
  EXPECT_EQ(must(revisions->read_all()).front().description, "old");
  ASSERT_EQ(error_of(revisions->ensure_table()), "");
  ASSERT_EQ(error_of(revisions->write(sample())), "");
  EXPECT_EQ(must(revisions->read_all()).size(), 2U);
  EXPECT_EQ(rows("SELECT mine FROM atlas_schema_revisions WHERE version = '0'"), "7\n");
}

TEST_F(MysqlRevisionTableTest, KeepsTheFirstIdentity) {
  const auto revisions = store();
  ASSERT_EQ(error_of(revisions->ensure_table()), "");
  EXPECT_EQ(must(revisions->ensure_identity("a", sample().executed_at, "v")), "a");
  EXPECT_EQ(must(revisions->ensure_identity("b", sample().executed_at, "v")), "a");
  EXPECT_TRUE(must(revisions->read_all()).empty());
}

TEST(MysqlRevisionTable, HasTheTypesOfOldServers) {
  struct Case {
    driver::Engine engine;
    int64_t version;
    const char* key;
    const char* time;
    const char* hashes;
  };
  using driver::Engine;
  const Case cases[] = {
      {Engine::kMysql, 50651, "varchar(191)", "timestamp NULL", "longblob NULL"},
      {Engine::kMysql, 50744, "varchar(255)", "timestamp NULL", "json NULL"},
      {Engine::kMysql, 80036, "varchar(255)", "timestamp NOT NULL", "json NULL"},
      {Engine::kTidb, 80011, "varchar(255)", "timestamp NOT NULL", "json NULL"},
      {Engine::kMariadb, 100144, "varchar(191)", "timestamp NULL", "longblob NULL"},
      {Engine::kMariadb, 110405, "varchar(255)", "timestamp NULL", "json NULL"}};
  for (const Case& c : cases) {
    const auto table = mysql_revision_table(
        {.engine = c.engine, .server_version = c.version, .features = {}}, "s");
    const std::string key = table->add_column_sql("version");
    EXPECT_NE(key.find(c.key), std::string::npos) << key;
    const std::string time = table->add_column_sql("executed_at");
    EXPECT_NE(time.find(c.time), std::string::npos) << time;
    const std::string hashes = table->add_column_sql("partial_hashes");
    EXPECT_NE(hashes.find(c.hashes), std::string::npos) << hashes;
  }
}

}  // namespace
}  // namespace rhumb::migrate
