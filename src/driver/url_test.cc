#include "driver/url.h"

#include <gtest/gtest.h>

namespace rhumb::driver {
namespace {

std::string open_error(std::string_view url) {
  DriverRegistry registry;
  registry.add({"sqlite", "sqlite3"},
               [](const DatabaseUrl& parsed) -> Result<std::unique_ptr<Connection>> {
                 return Error(ErrorCode::kDatabase, parsed.scheme() + " " + parsed.rest);
               });
  return registry.open(url).error().message();
}

struct Case {
  const char* url;
  const char* error;
};

TEST(DriverRegistry, ChoosesByScheme) {
  const Case cases[] = {
      {"sqlite://x.db?_fk=1", "sqlite x.db?_fk=1"},
      {"SQLite3:///abs/x.db", "sqlite3 /abs/x.db"},
      {"sqlite://file:/abs/x.db?cache=shared", "sqlite file:/abs/x.db?cache=shared"},
      {"sqlite://file:x.db", "sqlite file:x.db"},
      {"sqlite://:memory:", "sqlite :memory:"},
      {"", "sql/sqlclient: missing driver. See: https://atlasgo.io/url"},
      {"app.db", "sql/sqlclient: missing driver. See: https://atlasgo.io/url"},
      {"nope://x", "sql/sqlclient: unknown driver \"nope\". See: https://atlasgo.io/url"},
      {"sqlite://a%20b.db", "sql/sqlclient: parse open url: invalid URL escape \"%20\""},
      {"://x", "sql/sqlclient: parse open url: missing protocol scheme"},
      {"docker://oracle/19", "unsupported docker image \"oracle\""},
      {"docker://postgres/15/dev",
       "sql/sqlclient: docker databases are not started by this build: start a postgres server and "
       "give its URL"},
      {"docker+postgres://_/image:1/dev",
       "sql/sqlclient: docker databases are not started by this build: start a postgres server and "
       "give its URL"},
      {"sqlite://x?_fk=%00",
       "sql/sqlclient: parse open url: a NUL byte (%00) can be part of no name"},
      {"nope://u:p%00w@h/db",
       "sql/sqlclient: parse open url: a NUL byte (%00) can be part of no name"},
      {"nope://h/db%00b", "sql/sqlclient: parse open url: a NUL byte (%00) can be part of no name"},
      {"nope://user:x:&pass", "sql/sqlclient: parse open url: invalid port \":&pass\" after host"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(open_error(c.url), c.error) << c.url;
  }
}

TEST(DatabaseUrl, NamesTheDriverOfAScheme) {
  EXPECT_EQ(driver_name("sqlite3"), "sqlite");
  EXPECT_EQ(driver_name("maria+unix"), "mariadb");
  EXPECT_EQ(driver_name("libsql+wss"), "libsql");
  EXPECT_EQ(driver_name("postgresql"), "postgres");
  EXPECT_EQ(driver_name("bogus"), "bogus");
}

TEST(DatabaseUrl, NeverShowsSecrets) {
  const Result<DatabaseUrl> url = parse_database_url("mysql://root:pa55@h:3306/d?token=t0p&x=1");
  ASSERT_TRUE(url.has_value());
  EXPECT_EQ(url->redacted, "mysql://root:xxxxx@h:3306/d?token=xxxxx&x=1");
  const Result<DatabaseUrl> unescaped = parse_database_url("mysql://root:1/pa55@h:3306/d");
  ASSERT_TRUE(unescaped.has_value());
  EXPECT_EQ(unescaped->redacted, "(sensitive)");
  const Result<DatabaseUrl> bad = parse_database_url("mysql://root:pa55@h:port/d");
  ASSERT_FALSE(bad.has_value());
  EXPECT_EQ(bad.error().message().find("pa55"), std::string::npos);
}

}  // namespace
}  // namespace rhumb::driver
