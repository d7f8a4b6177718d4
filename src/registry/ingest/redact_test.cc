#include "registry/ingest/redact.h"

#include <gtest/gtest.h>

#include "registry/ingest/bounded_text.h"

namespace rhumb::registry {
namespace {

TEST(Redact, UrlsInText) {
  struct Case {
    const char* name;
    const char* in;
    const char* want;
  };
  const Case cases[] = {
      {"password", "mysql://root:pass@localhost:3306/test",
       "mysql://root:xxxxx@localhost:3306/test"},
      {"already masked", "mysql://root:xxxxx@h/db?a=1", "mysql://root:xxxxx@h/db?a=1"},
      {"user only", "postgres://me@h/db", "postgres://me@h/db"},
      {"no user", "sqlite://app.db", "sqlite://app.db"},
      {"empty password", "mysql://root:@h/", "mysql://root:xxxxx@h/"},
      {"query", "sqlite://app.db?_auth&_auth_user=admin&_auth_pass=hunter2",
       "sqlite://app.db?_auth&_auth_user=admin&_auth_pass=xxxxx"},
      {"other parameters keep order", "libsql://h?z=1&authToken=t&a=2",
       "libsql://h?z=1&authToken=xxxxx&a=2"},
      {"spelling", "x://h?Pass-Word=1&API_KEY=2&p%61ss=3",
       "x://h?Pass-Word=xxxxx&API_KEY=xxxxx&p%61ss=xxxxx"},
      {"at sign in the password", "postgres://u:p@ss@h/db", "postgres://u:xxxxx@h/db"},
      {"slash in the password", "postgres://u:pa/ss@h/db", "(sensitive)"},
      {"slash after digits in the password", "postgres://u:12/3@h/db", "(sensitive)"},
      {"the same in a text", "dial postgres://u:12/3@h: refused", "dial (sensitive): refused"},
      {"port is no password", "postgres://h:5432/db?x=a@b", "postgres://h:5432/db?x=a@b"},
      {"at sign in the path", "file://h/a@b", "file://h/a@b"},
      {"inside a line", "Target URL: mysql://a:b@h/x, then postgres://c:d@h/y.",
       "Target URL: mysql://a:xxxxx@h/x, then postgres://c:xxxxx@h/y."},
      {"quoted", "dial \"mysql://a:b@h\" failed", "dial \"mysql://a:xxxxx@h\" failed"},
      {"no scheme before", "://a:b@h", "://a:b@h"},
      {"text without urls", "a:b@c", "a:b@c"},
      {"empty", "", ""},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(redact_urls(c.in), c.want) << c.name;
    EXPECT_EQ(redact_urls(c.want), c.want) << c.name << ", again";
  }
}

TEST(Redact, OneUrl) {
  EXPECT_EQ(redact_url("mysql://u:a b'c@h/db"), "(sensitive)");
  EXPECT_EQ(redact_url("mysql://u:12/3@h/db"), "(sensitive)");
  EXPECT_EQ(redact_url("mysql://u:xxxxx@h:3306/db?parseTime=true"),
            "mysql://u:xxxxx@h:3306/db?parseTime=true");
  EXPECT_EQ(redact_url("root:pass@tcp(localhost)/db"), "(sensitive)");
  EXPECT_EQ(redact_url("app.db"), "app.db");
  EXPECT_EQ(redact_url(""), "");
}

TEST(Redact, EveryTextOfADocument) {
  const Result<codec::Json> document = codec::parse_json(
      R"j({"mysql://a:b@h":1,"list":["see mysql://a:b@h",{"url":"pg://u:p@h/d"}],"n":null,"t":true})j");
  ASSERT_TRUE(document);
  EXPECT_EQ(codec::format_json(redact_texts(*document)),
            R"j({"mysql://a:b@h":1,"list":["see mysql://a:xxxxx@h",{"url":"pg://u:xxxxx@h/d"}],)j"
            R"j("n":null,"t":true})j");
}

TEST(Redact, StoredUrlsFitIntoAnIndexAndStayApart) {
  EXPECT_EQ(stored_url("mysql://root:pass@h/db"), "mysql://root:xxxxx@h/db");
  const std::string long_url = "sqlite://" + std::string(5000, 'a');
  const std::string one = stored_url(long_url + "1.db");
  EXPECT_EQ(one.size(), 2000);
  EXPECT_TRUE(one.starts_with("sqlite://aaa"));
  EXPECT_NE(one, stored_url(long_url + "2.db"));
  EXPECT_EQ(one, stored_url(one)) << "as it is, when it comes back";
}

TEST(Redact, ShortenedTextsEndWithAWholeCharacter) {
  EXPECT_EQ(shorten("short", 24), "short");
  const std::string umlauts =
      "x\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4";
  EXPECT_TRUE(shorten(umlauts, 24).starts_with("x\u00e4...#")) << shorten(umlauts, 24);
}

}  // namespace
}  // namespace rhumb::registry
