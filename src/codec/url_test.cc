#include "codec/url.h"

#include <gtest/gtest.h>

#include "codec/redact.h"
#include "codec/url_cases_internal.h"

namespace rhumb::codec {
namespace {

std::string describe(const std::optional<UserInfo>& user) {
  if (!user) {
    return "-";
  }
  return user->name + (user->password ? "|" + *user->password : "");
}

TEST(Url, TakesApartAndPrintsAsGo) {
  for (const internal::UrlCase& c : internal::kUrlCases) {
    SCOPED_TRACE(c.input);
    const auto url = parse_url(c.input);
    ASSERT_TRUE(url.has_value()) << url.error().message();
    EXPECT_EQ(url->scheme, c.scheme);
    EXPECT_EQ(url->opaque, c.opaque);
    EXPECT_EQ(describe(url->user), c.user);
    EXPECT_EQ(url->host, c.host);
    EXPECT_EQ(url->path, c.path);
    EXPECT_EQ(url->raw_path, c.raw_path);
    EXPECT_EQ(url->raw_query, c.raw_query);
    EXPECT_EQ(url->fragment, c.fragment);
    EXPECT_EQ(url->text_with_secrets(), c.text);
    EXPECT_EQ(url->redacted_text(), c.redacted);
    EXPECT_EQ(encode_query(url->query()), c.query);
    EXPECT_EQ(url->hostname(), c.hostname);
    EXPECT_EQ(url->port(), c.port);
  }
}

TEST(Url, RefusesWhatGoRefuses) {
  for (const internal::UrlErrorCase& c : internal::kUrlErrorCases) {
    const auto url = parse_url(c.input);
    ASSERT_FALSE(url.has_value()) << c.input;
    EXPECT_EQ(url.error().message(), c.message);
  }
}

TEST(Url, TheRootOfAnErrorHoldsNoSecret) {
  EXPECT_EQ(parse_url("mysql://root:p ss@h").error().root_message(), "net/url: invalid userinfo");
  EXPECT_EQ(parse_url("http://h/#%zz").error().root_message(), "invalid URL escape \"%zz\"");
}

TEST(Url, SqliteFilesWithoutASlashAreAccepted) {
  const Url url = parse_url("sqlite://file:x.db?_fk=1").value();
  EXPECT_EQ(url.host, "file:x.db");
  EXPECT_EQ(url.text_with_secrets(), "sqlite://file:x.db?_fk=1");
  EXPECT_FALSE(parse_url("mysql://file:x.db").has_value());
  EXPECT_FALSE(parse_url("sqlite://other:x.db").has_value());
}

TEST(Url, FlagsOfRareForms) {
  EXPECT_TRUE(parse_url("file:/a")->omit_host);
  EXPECT_FALSE(parse_url("file:///a")->omit_host);
  EXPECT_TRUE(parse_url("x?")->force_query);
  EXPECT_FALSE(parse_url("x??")->force_query);
  EXPECT_EQ(parse_url("x??")->text_with_secrets(), "x??");
  EXPECT_EQ(parse_url("x:/%2Fa")->text_with_secrets(), "x:/%2Fa");
  EXPECT_EQ(parse_url("x:/%2Fa:^")->text_with_secrets(), "x:////a:%5E");
}

TEST(Url, BuildsFromParts) {
  Url url;
  url.scheme = "mysql";
  url.user = UserInfo{.name = "root", .password = "p@ss/:"};
  url.host = "localhost:3306";
  url.path = "/a b";
  url.set_query({{"b", {"2"}}, {"a", {"x y", "&"}}});
  EXPECT_EQ(url.text_with_secrets(),
            "mysql://root:p%40ss%2F%3A@localhost:3306/a%20b?a=x+y&a=%26&b=2");
  EXPECT_EQ(url.find_query("a"), "x y");
  EXPECT_EQ(url.find_query("c"), std::nullopt);
  Url relative;
  relative.path = "a:b";
  EXPECT_EQ(relative.text_with_secrets(), "./a:b");
  relative.host = "h";
  EXPECT_EQ(relative.text_with_secrets(), "//h/a:b");
}

TEST(UrlEscape, EscapesAndReverses) {
  EXPECT_EQ(query_escape("a b&c=\u00e9/~"), "a+b%26c%3D%C3%A9%2F~");
  EXPECT_EQ(path_escape("a b&c=\u00e9/~"), "a%20b&c=%C3%A9%2F~");
  EXPECT_EQ(*query_unescape("a+b%26"), "a b&");
  EXPECT_EQ(*path_unescape("a+b%26"), "a+b&");
  EXPECT_EQ(query_unescape("%").error().message(), "invalid URL escape \"%\"");
  std::string all;
  for (int byte = 0; byte < 256; ++byte) {
    all += static_cast<char>(byte);
  }
  EXPECT_EQ(*query_unescape(query_escape(all)), all);
  EXPECT_EQ(*path_unescape(path_escape(all)), all);
}

struct RedactCase {
  std::string_view input;
  std::string_view want;
};

TEST(Redact, UrlsLoseTheirSecrets) {
  constexpr RedactCase kCases[] = {
      {"mysql://root:pass@localhost:3306/test", "mysql://root:xxxxx@localhost:3306/test"},
      {"postgres://u@h/db", "postgres://u@h/db"},
      {"postgres://u:@h/db", "postgres://u:xxxxx@h/db"},
      {"postgres://h/db?b=2&password=s&a=1", "postgres://h/db?b=2&password=xxxxx&a=1"},
      {"libsql://h?authToken=abc&tls=0", "libsql://h?authToken=xxxxx&tls=0"},
      {"sqlite://x?_auth_pass=p&_AUTH-PASS=q", "sqlite://x?_auth_pass=xxxxx&_AUTH-PASS=xxxxx"},
      {"pg://h?pass%77ord=s", "pg://h?pass%77ord=xxxxx"},
      {"pg://h?a=1;password=s;b=2", "pg://h?a=1;password=xxxxx"},
      {"pg://h?token=a;b&c=d", "pg://h?token=xxxxx&c=d"},
      {"pg://h?password", "pg://h?password"},
      {"pg://h?sslPassword=s&passwords=1", "pg://h?sslPassword=xxxxx&passwords=1"},
      {"https://h/hook?sig=1&Signature=2&api_key=3&apiKey=4",
       "https://h/hook?sig=xxxxx&Signature=xxxxx&api_key=xxxxx&apiKey=xxxxx"},
      {"mysql:root:pass@tcp/db", "mysql:root:xxxxx@tcp/db"},
      {"postgres://u:12/3@h/db", "(sensitive)"},
      {"postgres://u:12?3@h/db", "(sensitive)"},
      {"postgres://u:12#3@h/db", "(sensitive)"},
      {"postgres://u:/3@h/db", "(sensitive)"},
      {"postgres://u:?3@h/db", "(sensitive)"},
      {"sqlite://file:/a@b.db", "sqlite://file:/a@b.db"},
      {"postgres://h:12/db?mail=a@b", "postgres://h:12/db?mail=a@b"},
      {"http://localhost:80/users/@me", "http://localhost:80/users/@me"},
      {"mysql://root:p ss@h", "(sensitive)"},
      {"mysql://root:%zz@h", "(sensitive)"},
      {"file://migrations?format=atlas", "file://migrations?format=atlas"}};
  for (const RedactCase& c : kCases) {
    EXPECT_EQ(redact_url(c.input), c.want) << c.input;
  }
}

TEST(Redact, TextsKeepAllButTheSecrets) {
  constexpr RedactCase kCases[] = {
      {"", ""},
      {"no url: here", "no url: here"},
      {"dial mysql://r:p@h:1/d: connection refused",
       "dial mysql://r:xxxxx@h:1/d: connection refused"},
      {"\"pg://u:p@h/d\" and 'pg://u:q@h/d',", "\"pg://u:xxxxx@h/d\" and 'pg://u:xxxxx@h/d',"},
      {"see https://example.com/a(b)?x=1#y.", "see https://example.com/a(b)?x=1#y."},
      {"(libsql://h?authToken=t)", "(libsql://h?authToken=xxxxx)"},
      {"bad pg://u:p w@h/d now", "bad (sensitive) now"},
      {"bad pg://u:p\"w@h/d\nnext", "bad (sensitive)\nnext"},
      {"pg://u:secret", "(sensitive)"},
      {"x=sqlite://file:x.db", "x=sqlite://file:x.db"},
      {"://", "://"},
      {"tcp://pg://u:p@h/d", "tcp://pg://u:xxxxx@h/d"},
      {"https://h/?next=pg://u:p@h/d&b=1", "https://h/?next=pg://u:xxxxx@h/d&b=1"},
      {"a://a://a://a://a://a://a://a://a://a://u:p@h",
       "a://a://a://a://a://a://a://a://a://(sensitive)"},
      {"s://--:8s://s$x]a:T", "(sensitive)"},  // what is left of the outer one is no URL
      {"\xff pg://u:p@h \xff", "\xff pg://u:xxxxx@h \xff"}};
  for (const RedactCase& c : kCases) {
    EXPECT_EQ(redact_text(c.input), c.want) << c.input;
    EXPECT_EQ(redact_text(c.want), c.want) << "twice";
  }
}

}  // namespace
}  // namespace rhumb::codec
