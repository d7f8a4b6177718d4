#include "registry/names.h"

#include <gtest/gtest.h>

namespace rhumb::registry {
namespace {

TEST(Names, Slugs) {
  for (const char* good : {"app", "migrations/v1/mysql", "a.b-c_d", ".atlas", "0"}) {
    EXPECT_TRUE(check_slug(good)) << good;
  }
  for (const char* bad : {"", " ", "App", "a b", "a:b", "größe", "a\n"}) {
    EXPECT_FALSE(check_slug(bad)) << bad;
  }
  EXPECT_EQ(check_slug("App").error().message(),
            "slug must be lowercase alphanumeric and may contain /.-_");
  EXPECT_TRUE(check_slug(std::string(255, 'a')));
  EXPECT_FALSE(check_slug(std::string(256, 'a')));
  EXPECT_EQ(to_slug(" My App (v2) "), "my-app--v2-");
  EXPECT_EQ(to_slug("a/b"), "a/b");
}

TEST(Names, Tags) {
  EXPECT_TRUE(check_tag("267b9d1799a3f37ccc0c4112d33f6b3455b62de8"));
  EXPECT_TRUE(check_tag("operator-plan-12ab"));
  EXPECT_FALSE(check_tag("a/b"));
  EXPECT_FALSE(check_tag("V1"));
  EXPECT_FALSE(check_tag(""));
  EXPECT_TRUE(is_short_tag("267b9d1"));
  EXPECT_FALSE(is_short_tag("267b9d"));
  EXPECT_FALSE(is_short_tag("267b9dx"));
  EXPECT_FALSE(is_short_tag(std::string(40, 'a')));
}

TEST(Names, Drivers) {
  EXPECT_EQ(driver_from_wire("POSTGRESQL"), "postgres");
  EXPECT_EQ(driver_from_wire("postgres"), "postgres");
  EXPECT_EQ(driver_from_wire("Spanner"), "spanner");
  EXPECT_EQ(driver_to_wire("postgres"), "POSTGRESQL");
  EXPECT_EQ(driver_to_wire("sqlite"), "SQLITE");
  EXPECT_EQ(driver_to_wire(""), "");
  EXPECT_EQ(driver_of_url("maria+unix:///tmp/s?database=a"), "mariadb");
  EXPECT_EQ(driver_of_url("app.db"), "");
}

TEST(Names, DatabasesFromUrls) {
  struct Case {
    const char* url;
    const char* name;
    const char* host;
  };
  const Case cases[] = {
      {"mysql://root:xxxxx@db:3306/prod?parseTime=true", "prod", "db:3306"},
      {"postgres://u@h:5432/app?search_path=public", "app", "h:5432"},
      {"mysql://root@db:3306/", "db:3306", "db:3306"},
      {"mysql://root@db:3306", "db:3306", "db:3306"},
      {"sqlite://app.db", "app.db", "app.db"},
      {"sqlite://data/tenants/a.db?_fk=1", "a.db", "data"},
      {"sqlite://file:/abs/x.db", "x.db", "file:"},
      {"sqlite://file:x.db", "x.db", "file:x.db"},
      {"", "database", ""},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(database_name_of_url(c.url), c.name) << c.url;
    EXPECT_EQ(host_of_url(c.url), c.host) << c.url;
  }
  EXPECT_EQ(location_of_url("mysql://a:b@h/x?y=1"), location_of_url("mysql://c:d@h/x"));
  EXPECT_NE(location_of_url("mysql://h/x"), location_of_url("mysql://h/y"));
}

}  // namespace
}  // namespace rhumb::registry
