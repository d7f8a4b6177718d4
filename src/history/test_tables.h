#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/go_format.h"
#include "base/text.h"
#include "driver/test_support.h"
#include "history/locate.h"
#include "history/read_history.h"

/// The tables of the tools, as each makes them, with some history, for tests on every engine.
///
/// Source: docs/history-import.md names tool and version of each.
namespace rhumb::history {

/// How an engine spells what differs; `{zoned}` is a time with a zone where there is one.
struct Spelling {
  std::string quote;
  std::string time;
  std::string zoned;
};

inline const Spelling kSqliteSpelling{"\"", "datetime", "datetime"};
inline const Spelling kPostgresSpelling{"\"", "timestamp", "timestamptz"};
inline const Spelling kMysqlSpelling{"`", "timestamp NULL", "datetime(3)"};

struct ToolTables {
  std::string tool;
  std::vector<std::string> statements;
  std::string log;      ///< every row, see log_text
  std::string version;  ///< what the database is at
};

/// The statement in an engine's words.
inline std::string spell(std::string_view statement, const Spelling& spelling) {
  std::string text = replace_all(statement, "~", spelling.quote);
  text = replace_all(text, "{time}", spelling.time);
  return replace_all(text, "{zoned}", spelling.zoned);
}

/// One line for each row; what is empty leaves nothing between two bars.
inline std::string log_text(const std::vector<HistoryEntry>& log) {
  std::string text;
  for (const HistoryEntry& entry : log) {
    const std::string at = entry.at ? format_rfc3339_nano(*entry.at) : "";
    const std::string took = entry.duration ? format_go_duration(*entry.duration) : "";
    text += join(std::vector<std::string>{entry_label(entry), entry.description, entry.script,
                                          std::string(state_name(entry.state)), at, entry.by, took,
                                          entry.checksum, entry.detail},
                 "|") +
            "\n";
  }
  return text;
}

inline const std::vector<ToolTables>& tool_tables() {
  static const std::vector<ToolTables> kAll = {
      {"flyway",
       {"CREATE TABLE flyway_schema_history (installed_rank INT NOT NULL PRIMARY KEY, version "
        "VARCHAR(50), description VARCHAR(200) NOT NULL, type VARCHAR(20) NOT NULL, script "
        "VARCHAR(1000) NOT NULL, checksum INT, installed_by VARCHAR(100) NOT NULL, installed_on "
        "{time} NOT NULL, execution_time INT NOT NULL, success BOOLEAN NOT NULL)",
        "INSERT INTO flyway_schema_history VALUES "
        "(0, NULL, '<< Flyway Schema Creation >>', 'SCHEMA', 'app', NULL, 'sa', '2024-01-01 "
        "00:00:00', 0, TRUE), "
        "(1, '1', 'start', 'BASELINE', 'start', NULL, 'sa', '2024-01-02 03:04:05', 0, TRUE), "
        "(2, '10', 'pets', 'SQL', 'V10__pets.sql', -767656381, 'sa', '2024-01-02 03:04:06', 12, "
        "TRUE), "
        "(3, '2', 'late', 'SQL', 'V2__late.sql', 7, 'sa', '2024-01-03 03:04:06', 1, TRUE), "
        "(4, NULL, 'views', 'SQL', 'R__views.sql', 8, 'sa', '2024-01-03 03:04:07', 1, TRUE), "
        "(5, NULL, 'views', 'SQL', 'R__views.sql', 9, 'sa', '2024-01-04 03:04:07', 1, TRUE), "
        "(6, '11', 'gone', 'SQL', 'V11__gone.sql', 3, 'sa', '2024-01-04 03:04:08', 1, TRUE), "
        "(7, '11', 'gone', 'UNDO_SQL', 'U11__gone.sql', 4, 'sa', '2024-01-04 03:04:09', 1, TRUE), "
        "(8, '12', 'bad', 'SQL', 'V12__bad.sql', 5, 'sa', '2024-01-05 03:04:07', 30, FALSE)"},
       "1|start|start|baseline|2024-01-02T03:04:05Z|sa|0s||\n"
       "10|pets|V10__pets.sql|applied|2024-01-02T03:04:06Z|sa|12ms|-767656381|\n"
       "2|late|V2__late.sql|applied|2024-01-03T03:04:06Z|sa|1ms|7|\n"
       "R__views.sql|views|R__views.sql|applied|2024-01-03T03:04:07Z|sa|1ms|8|\n"
       "R__views.sql|views|R__views.sql|applied|2024-01-04T03:04:07Z|sa|1ms|9|\n"
       "11|gone|V11__gone.sql|applied|2024-01-04T03:04:08Z|sa|1ms|3|\n"
       "11|gone|U11__gone.sql|reverted|2024-01-04T03:04:09Z|sa|1ms|4|\n"
       "12|bad|V12__bad.sql|failed|2024-01-05T03:04:07Z|sa|30ms|5|success is false\n",
       "10"},
      {"liquibase",
       {"CREATE TABLE DATABASECHANGELOG (ID VARCHAR(255) NOT NULL, AUTHOR VARCHAR(255) NOT NULL, "
        "FILENAME VARCHAR(255) NOT NULL, DATEEXECUTED {time} NOT NULL, ORDEREXECUTED INTEGER NOT "
        "NULL, EXECTYPE VARCHAR(10) NOT NULL, MD5SUM VARCHAR(35), DESCRIPTION VARCHAR(255), "
        "COMMENTS VARCHAR(255), TAG VARCHAR(255), LIQUIBASE VARCHAR(20), CONTEXTS VARCHAR(255), "
        "LABELS VARCHAR(255), DEPLOYMENT_ID VARCHAR(10))",
        "CREATE TABLE DATABASECHANGELOGLOCK (ID INTEGER NOT NULL PRIMARY KEY, LOCKED BOOLEAN NOT "
        "NULL, LOCKGRANTED {time}, LOCKEDBY VARCHAR(255))",
        "INSERT INTO DATABASECHANGELOGLOCK VALUES (1, FALSE, NULL, NULL)",
        "INSERT INTO DATABASECHANGELOG VALUES "
        "('2', 'bob', 'db/pets.sql', '2024-01-02 03:04:06', 2, 'MARK_RAN', '9:ef', 'sql', 'the "
        "pets', NULL, '4.29.2', 'test', 'x', '5902536529'), "
        "('1', 'ann', 'db/users.sql', '2024-01-02 03:04:06', 1, 'EXECUTED', '9:01', 'sql', '', "
        "NULL, '4.29.2', NULL, NULL, '5902536529')"},
       "1|sql|db/users.sql|applied|2024-01-02T03:04:06Z|ann||9:01|\n"
       "2|the pets|db/pets.sql|applied|2024-01-02T03:04:06Z|bob||9:ef|mark_ran\n",
       "2"},
      {"golang-migrate",
       {"CREATE TABLE schema_migrations (version BIGINT NOT NULL PRIMARY KEY, dirty BOOLEAN NOT "
        "NULL)",
        "INSERT INTO schema_migrations VALUES (20240102, FALSE)"},
       "20240102|||applied|||||\n",
       "20240102"},
      {"goose",
       {"CREATE TABLE goose_db_version (id INTEGER NOT NULL PRIMARY KEY, version_id BIGINT NOT "
        "NULL, is_applied BOOLEAN NOT NULL, tstamp {time})",
        "INSERT INTO goose_db_version VALUES (1, 0, TRUE, '2024-01-01 00:00:00'), "
        "(2, 1, TRUE, '2024-01-01 00:00:01'), (3, 2, TRUE, '2024-01-01 00:00:02'), "
        "(4, 2, FALSE, '2024-01-03 00:00:00')"},
       "1|||applied|2024-01-01T00:00:01Z||||\n"
       "2|||applied|2024-01-01T00:00:02Z||||\n"
       "2|||reverted|2024-01-03T00:00:00Z||||\n",
       "1"},
      {"dbmate",
       {"CREATE TABLE schema_migrations (version VARCHAR(128) NOT NULL PRIMARY KEY)",
        "INSERT INTO schema_migrations VALUES ('20240102000000'), ('001')"},
       "001|||applied|||||\n20240102000000|||applied|||||\n",
       "20240102000000"},
      {"alembic",
       {"CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT "
        "alembic_version_pkc PRIMARY KEY (version_num))",
        "INSERT INTO alembic_version VALUES ('bbb222')"},
       "bbb222|||applied|||||\n",
       "bbb222"},
      {"prisma",
       {"CREATE TABLE _prisma_migrations (id VARCHAR(36) NOT NULL PRIMARY KEY, checksum "
        "VARCHAR(64) "
        "NOT NULL, finished_at {zoned}, migration_name VARCHAR(255) NOT NULL, logs TEXT, "
        "rolled_back_at {zoned}, started_at {zoned} NOT NULL, applied_steps_count INTEGER NOT NULL "
        "DEFAULT 0)",
        "INSERT INTO _prisma_migrations VALUES "
        "('a', 'c1', '2024-01-01 00:00:01', '20240101000000_init', NULL, NULL, '2024-01-01 "
        "00:00:00', 1), "
        "('b', 'c2', NULL, '20240102000000_bad', 'no such table', '2024-01-02 00:00:02', "
        "'2024-01-02 "
        "00:00:00', 0), "
        "('c', 'c3', NULL, '20240102000000_bad', 'no such column', NULL, '2024-01-03 00:00:00', "
        "0)"},
       "20240101000000|init|20240101000000_init|applied|2024-01-01T00:00:01Z||1s|c1|\n"
       "20240102000000|bad|20240102000000_bad|reverted|2024-01-02T00:00:02Z|||c2|\n"
       "20240102000000|bad|20240102000000_bad|failed|2024-01-03T00:00:00Z|||c3|no such column\n",
       "20240101000000"},
      {"sqitch",
       {"CREATE TABLE events (event VARCHAR(10) NOT NULL, change_id VARCHAR(40) NOT NULL, ~change~ "
        "VARCHAR(255) NOT NULL, project VARCHAR(255) NOT NULL, note VARCHAR(255) NOT NULL, "
        "committed_at {zoned} NOT NULL, committer_name VARCHAR(255) NOT NULL, committer_email "
        "VARCHAR(255) NOT NULL)",
        "INSERT INTO events VALUES "
        "('deploy', 'f22', 'users', 'app', 'the users', '2024-01-01 00:00:00', 'Ann', 'a@x'), "
        "('deploy', 'b69', 'pets', 'app', 'the pets', '2024-01-01 00:00:01', 'Ann', 'a@x'), "
        "('revert', 'b69', 'pets', 'app', 'the pets', '2024-01-02 00:00:01', 'Bob', 'b@x'), "
        "('fail', 'cc4', 'bad', 'app', 'breaks', '2024-01-03 00:00:01', 'Bob', 'b@x')"},
       "app.users|the users||applied|2024-01-01T00:00:00Z|Ann||f22|\n"
       "app.pets|the pets||applied|2024-01-01T00:00:01Z|Ann||b69|\n"
       "app.pets|the pets||reverted|2024-01-02T00:00:01Z|Bob||b69|\n"
       "app.bad|breaks||failed|2024-01-03T00:00:01Z|Bob||cc4|deploying it failed\n",
       "app.users"},
      {"rails",
       {"CREATE TABLE schema_migrations (version VARCHAR(255) NOT NULL PRIMARY KEY)",
        "CREATE TABLE ar_internal_metadata (~key~ VARCHAR(255) NOT NULL PRIMARY KEY, value "
        "VARCHAR(255), created_at {time}, updated_at {time})",
        "INSERT INTO schema_migrations VALUES ('20240102000000'), ('20240101000000')",
        "INSERT INTO ar_internal_metadata VALUES ('environment', 'production', NULL, NULL)"},
       "20240101000000|||applied|||||\n20240102000000|||applied|||||\n",
       "20240102000000"},
      {"django",
       {"CREATE TABLE django_migrations (id INTEGER NOT NULL PRIMARY KEY, app VARCHAR(255) NOT "
        "NULL, name VARCHAR(255) NOT NULL, applied {zoned} NOT NULL)",
        "INSERT INTO django_migrations VALUES "
        "(1, 'auth', '0001_initial', '2024-01-01 00:00:00'), "
        "(2, 'shop', '0001_initial', '2024-01-01 00:00:01'), "
        "(3, 'shop', 'squashed', '2024-01-01 00:00:02')"},
       "auth.0001|initial|0001_initial|applied|2024-01-01T00:00:00Z||||\n"
       "shop.0001|initial|0001_initial|applied|2024-01-01T00:00:01Z||||\n"
       "shop.squashed||squashed|applied|2024-01-01T00:00:02Z||||\n",
       "shop.squashed"},
      {"ef",
       {"CREATE TABLE ~__EFMigrationsHistory~ (~MigrationId~ VARCHAR(150) NOT NULL PRIMARY KEY, "
        "~ProductVersion~ VARCHAR(32) NOT NULL)",
        "INSERT INTO ~__EFMigrationsHistory~ VALUES ('20240102000000_Pets', '8.0.1'), "
        "('20240101000000_Initial', '8.0.1')"},
       "20240101000000|Initial|20240101000000_Initial|applied|||||EF Core 8.0.1\n"
       "20240102000000|Pets|20240102000000_Pets|applied|||||EF Core 8.0.1\n",
       "20240102000000"}};
  return kAll;
}

inline void make_tables(driver::Connection& connection,
                        const ToolTables& tables,
                        const Spelling& spelling) {
  for (const std::string& statement : tables.statements) {
    driver::must_run(connection, spell(statement, spelling));
  }
}

/// Reads what was made, found by its tables alone, and compares.
inline void expect_history(driver::Connection& connection, const ToolTables& tables) {
  const Result<Located> located = locate_history(connection, {});
  ASSERT_EQ(driver::error_of(located), "") << tables.tool;
  EXPECT_EQ(tool_name(located->tool), tables.tool);
  const Result<History> history = read_history(connection, *located);
  ASSERT_EQ(driver::error_of(history), "") << tables.tool;
  EXPECT_EQ(log_text(history->log), tables.log) << tables.tool;
  EXPECT_EQ(stand(history->tool, history->log).version(), tables.version) << tables.tool;
}

}  // namespace rhumb::history
