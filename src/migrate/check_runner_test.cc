#include "migrate/check_runner.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "migrate/test_run.h"

namespace rhumb::migrate {
namespace {

struct Case {
  const char* name;
  const char* section;  // of checks.sql
  const char* error;    // empty: the file may run
};

using CheckRunnerTest = RunTest;

TEST_F(CheckRunnerTest, DecidesByEveryAssertionOrByOne) {
  const Case cases[] = {
      {"no assertion", "-- nothing", ""},
      {"all hold", "SELECT 1;\nSELECT 'true';", ""},
      {"one fails", "SELECT 1;\nSELECT 0;",
       "1 of 2 assertions failed: check assertion \"SELECT 0;\" returned false"},
      {"all fail", "SELECT NULL;\nSELECT 0;",
       "2 of 2 assertions failed: check assertion \"SELECT NULL;\" returned false"},
      {"one is enough", "-- atlas:assert oneof\n\nSELECT 0;\nSELECT 1;", ""},
      {"none of them", "-- atlas:assert oneof\n\nSELECT 0;\nSELECT 0;",
       "2 of 2 assertions failed: check assertion \"SELECT 0;\" returned false"},
      {"no row", "SELECT 1 WHERE 0;",
       "1 of 1 assertions failed: check assertion \"SELECT 1 WHERE 0;\" returned 0 rows of 1 "
       "columns, "
       "it must return one value"},
      {"no query", ";",
       "1 of 1 assertions failed: check assertion \";\" returned 0 rows of 0 columns, it must "
       "return one value"},
      {"an error", "SELECT nope;",
       "1 of 1 assertions failed: check assertion \"SELECT nope;\" failed: no such column: nope"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    put("1_a.sql",
        fmt::format("-- atlas:txtar\n\n-- checks.sql --\n{}\n-- migration.sql --\nSELECT 1;\n",
                    c.section));
    for (const bool dry_run : {true, false}) {
      reopen();
      std::filesystem::remove(folder_.file("app.db"));
      options_.dry_run = dry_run;
      EXPECT_EQ(apply(), c.error);
    }
  }
}

TEST_F(CheckRunnerTest, LaterGroupsRunOnlyWhenEarlierOnesHold) {
  put("1_a.sql",
      "-- atlas:txtar\n\n-- checks/a.sql --\nSELECT 1;\n-- checks/b.sql --\nSELECT 0;\n-- "
      "checks/c.sql --\nSELECT 1;\n-- migration.sql --\nSELECT 1;\n");
  EXPECT_NE(apply(), "");
  EXPECT_EQ(
      events(),
      "plan ->1 files=1\nfile 1\n"
      "check [a] SELECT 1;: ok\ncheck [a] : ok\n"
      "check [b] SELECT 0;: failed check assertion \"SELECT 0;\" returned false\n"
      "check [b] : failed 1 of 1 assertions failed: check assertion \"SELECT 0;\" returned "
      "false\n"
      "failed 1\n"
      "done 1 error 1 of 1 assertions failed: check assertion \"SELECT 0;\" returned false\n");
}

}  // namespace
}  // namespace rhumb::migrate
