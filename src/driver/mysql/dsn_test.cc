#include "driver/mysql/dsn.h"

#include <gtest/gtest.h>

namespace rhumb::driver::mysql {
namespace {

Result<Dsn> parse(const std::string& text) {
  const Result<codec::Url> url = codec::parse_url(text);
  EXPECT_TRUE(url.has_value()) << text;
  return parse_dsn(*url);
}

TEST(MysqlDsn, ReadsAddressUserAndDatabase) {
  struct Case {
    const char* url;
    const char* host;
    unsigned port;
    const char* socket;
    const char* user;
    const char* password;
    const char* database;
  };
  const Case cases[] = {
      {"mysql://root:pass@db:3307/app", "db", 3307, "", "root", "pass", "app"},
      {"mariadb://root@db/app", "db", 3306, "", "root", "", "app"},
      {"mysql://u:p%40s%2Fs@db/", "db", 3306, "", "u", "p@s/s", ""},
      {"maria:///app", "127.0.0.1", 3306, "", "", "", "app"},
      {"mysql://u@[::1]:3309/a", "::1", 3309, "", "u", "", "a"},
      {"mysql+unix://u:p@/run/my.sock?database=app", "127.0.0.1", 3306, "/run/my.sock", "u", "p",
       "app"},
      {"mariadb+unix://u@/run/my.sock", "127.0.0.1", 3306, "/run/my.sock", "u", "", ""}};
  for (const Case& c : cases) {
    const Result<Dsn> dsn = parse(c.url);
    ASSERT_TRUE(dsn.has_value()) << c.url;
    EXPECT_EQ(dsn->host, c.host) << c.url;
    EXPECT_EQ(dsn->port, c.port) << c.url;
    EXPECT_EQ(dsn->socket, c.socket) << c.url;
    EXPECT_EQ(dsn->user, c.user) << c.url;
    EXPECT_EQ(dsn->password, c.password) << c.url;
    EXPECT_EQ(dsn->database, c.database) << c.url;
    EXPECT_TRUE(dsn->variables.empty()) << c.url;
  }
}

TEST(MysqlDsn, ReadsParameters) {
  const Result<Dsn> dsn = parse(
      "mysql://h/d?tls=skip-verify&charset=utf8mb4,utf8&collation=utf8mb4_bin&timeout=1500ms&"
      "readTimeout=30s&writeTimeout=1m&allowCleartextPasswords=1&multiStatements=true&"
      "clientFoundRows=true&parseTime=true&loc=Local");
  ASSERT_TRUE(dsn.has_value());
  EXPECT_EQ(dsn->tls, Tls::kUnverified);
  EXPECT_EQ(dsn->charsets, (std::vector<std::string>{"utf8mb4", "utf8"}));
  EXPECT_EQ(dsn->collation, "utf8mb4_bin");
  EXPECT_EQ(dsn->connect_timeout.count(), 2);
  EXPECT_EQ(dsn->read_timeout.count(), 30);
  EXPECT_EQ(dsn->write_timeout.count(), 60);
  EXPECT_TRUE(dsn->cleartext_passwords && dsn->multi_statements && dsn->found_rows);
  EXPECT_FALSE(dsn->local_files);
  EXPECT_TRUE(dsn->variables.empty());
}

TEST(MysqlDsn, ReadsTlsWords) {
  struct Case {
    const char* query;
    Tls want;
  };
  const Case cases[] = {{"", Tls::kOff},
                        {"?tls=false", Tls::kOff},
                        {"?tls=0", Tls::kOff},
                        {"?tls=true", Tls::kVerified},
                        {"?tls=preferred", Tls::kPreferred},
                        {"?tls=Skip-Verify", Tls::kUnverified},
                        {"?ssl-ca=/ca.pem", Tls::kVerified},
                        {"?ssl-ca=/ca.pem&tls=skip-verify", Tls::kUnverified}};
  for (const Case& c : cases) {
    const Result<Dsn> dsn = parse(std::string("mysql://h/d") + c.query);
    ASSERT_TRUE(dsn.has_value()) << c.query;
    EXPECT_EQ(dsn->tls, c.want) << c.query;
  }
}

TEST(MysqlDsn, TakesUnknownParametersForSessionVariables) {
  const Result<Dsn> dsn = parse("mysql://h/d?time_zone=%27%2B01:00%27&foreign_key_checks=0");
  ASSERT_TRUE(dsn.has_value());
  const std::vector<std::pair<std::string, std::string>> want = {{"foreign_key_checks", "0"},
                                                                 {"time_zone", "'+01:00'"}};
  EXPECT_EQ(dsn->variables, want);
}

TEST(MysqlDsn, RefusesValuesItCannotRead) {
  struct Case {
    const char* url;
    const char* want;
  };
  const Case cases[] = {{"mysql://h/d?tls=mine", "invalid value / unknown config name: mine"},
                        {"mysql://h/d?multiStatements=maybe", "invalid bool value: maybe"},
                        {"mysql://h/d?parseTime=x", "invalid bool value: x"},
                        {"mysql://h/d?timeout=5", "time: missing unit in duration \"5\""},
                        {"mysql://h/d?a%20b=1", "invalid name of a session variable: a b"},
                        {"mysql://h:0/d", "invalid port \"0\""},
                        {"mysql://h:70000/d", "invalid port \"70000\""},
                        {"mysql+unix://u@?database=x", "a +unix URL names no socket"}};
  for (const Case& c : cases) {
    const Result<Dsn> dsn = parse(c.url);
    ASSERT_FALSE(dsn.has_value()) << c.url;
    EXPECT_EQ(dsn.error().message(), c.want) << c.url;
  }
}

TEST(MysqlDsn, ForcesParseTime) {
  const Result<codec::Url> url = codec::parse_url("mysql://u:p@h/d?tls=false&charset=utf8mb4");
  ASSERT_TRUE(url.has_value());
  EXPECT_EQ(with_parse_time(*url).redacted_text(),
            "mysql://u:xxxxx@h/d?charset=utf8mb4&parseTime=true&tls=false");
}

}  // namespace
}  // namespace rhumb::driver::mysql
