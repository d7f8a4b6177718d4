#include "driver/postgres/parameters.h"

#include <gmock/gmock.h>

namespace rhumb::driver::postgres {
namespace {

using testing::ElementsAre;
using testing::Pair;

const std::vector<std::string> kKeywords = {
    "host", "port", "user", "sslmode", "connect_timeout", "options", "dbname", "application_name"};

std::string text_of(const Parameters& parameters) {
  std::string text;
  for (const auto& [key, value] : parameters.values) {
    if (key != "client_encoding" && key != "fallback_application_name") {
      text += (text.empty() ? "" : " ") + key + "=" + value;
    }
  }
  return text;
}

struct Case {
  std::string name;
  std::string url;
  std::string want;
};

TEST(PostgresParameters, ReadsUrls) {
  const Case cases[] = {
      {"nothing", "postgres://", "host=localhost sslmode=require"},
      {"all parts", "postgres://u:p%40@h:5433/db",
       "dbname=db host=h password=p@ port=5433 sslmode=require user=u"},
      {"several hosts", "postgres://a:1,b:2/db", "dbname=db host=a,b port=1,2 sslmode=require"},
      {"address", "postgres://[::1]:5/db", "dbname=db host=::1 port=5 sslmode=require"},
      {"mode and timeout", "postgres://h/db?sslmode=disable&connect_timeout=3",
       "connect_timeout=3 dbname=db host=h sslmode=disable"},
      {"socket", "postgres:///db?host=/run/pg", "dbname=db host=/run/pg sslmode=require"},
      {"run-time parameter", "postgres://h/?statement_timeout=5s",
       "host=h options=-c statement_timeout=5s sslmode=require"},
      {"blank in a value", "postgres://h/?timezone=a+b%5Cc",
       "host=h options=-c timezone=a\\ b\\\\c sslmode=require"},
      {"own options stay", "postgres://h/?options=-c+a%3D1&search_path=s",
       "host=h options=-c a=1 -c search_path=s sslmode=require"},
      {"path that is no list", "postgres://h/?search_path=tenant-1",
       "host=h options=-c search_path=\"tenant-1\" sslmode=require"},
      {"key of another driver", "postgres://h/?binary_parameters=yes", "host=h sslmode=require"}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const codec::Url url = codec::parse_url(c.url).value();
    EXPECT_EQ(text_of(read_parameters(url, kKeywords, sys::FakeEnvironment())), c.want);
  }
}

TEST(PostgresParameters, KeepsSettingsOfAPooledUrlApart) {
  const codec::Url url =
      codec::parse_url("postgres://h/?search_path=tenant-1&statement_timeout=5s&connect_timeout=3")
          .value();
  const Parameters parameters =
      read_parameters(url, kKeywords, sys::FakeEnvironment(), /*pooled=*/true);
  EXPECT_EQ(text_of(parameters), "connect_timeout=3 host=h sslmode=require");
  EXPECT_THAT(parameters.settings,
              ElementsAre(Pair("search_path", "\"tenant-1\""), Pair("statement_timeout", "5s")));
  EXPECT_EQ(parameters.search_path, "tenant-1");
  EXPECT_TRUE(read_parameters(url, kKeywords, sys::FakeEnvironment()).settings.empty());
}

TEST(PostgresParameters, LeavesToTheEnvironmentWhatItNames) {
  const codec::Url url = codec::parse_url("postgres:///db").value();
  EXPECT_EQ(text_of(read_parameters(
                url, kKeywords, sys::FakeEnvironment{{"PGHOST", "h"}, {"PGSSLMODE", "prefer"}})),
            "dbname=db");
  EXPECT_EQ(text_of(read_parameters(url, kKeywords, sys::FakeEnvironment{{"PGSERVICE", "s"}})),
            "dbname=db");
}

TEST(PostgresParameters, SplitsSearchPaths) {
  EXPECT_THAT(split_search_path("public"), ElementsAre("public"));
  EXPECT_THAT(split_search_path("Public"), ElementsAre("public"));
  EXPECT_THAT(split_search_path("a, \"B \"\"c\"\"\",d"), ElementsAre("a", "B \"c\"", "d"));
  EXPECT_THAT(split_search_path("\"$user\", public"), ElementsAre("$user", "public"));
  EXPECT_THAT(split_search_path("tenant-1"), ElementsAre("tenant-1"));
  EXPECT_THAT(split_search_path("a,"), ElementsAre("a,"));
  EXPECT_THAT(split_search_path("\"open"), ElementsAre("\"open"));
  EXPECT_THAT(split_search_path("\"\""), ElementsAre("\"\""));
}

}  // namespace
}  // namespace rhumb::driver::postgres
