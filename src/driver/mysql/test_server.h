#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>

#include "driver/mysql/mysql_driver.h"

namespace rhumb::driver::mysql {

/// The URL of a server on which tests may make databases; empty when there is none.
inline std::string test_server_url() {
  const char* url = std::getenv("RHUMB_TEST_MARIADB");
  return url == nullptr ? std::string() : std::string(url);
}

/// Opens `database` (may be empty) of the test server.
inline Result<std::unique_ptr<Connection>> open_on_server(const std::string& database,
                                                          const std::string& query = {}) {
  Result<DatabaseUrl> url = parse_database_url(test_server_url());
  if (!url) {
    return url.error();
  }
  url->url.path = "/" + database;
  url->url.raw_query = query;
  return open_mysql(*url);
}

/// The value of a result, or a failed test.
template <typename T>
T must(Result<T> result) {
  EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().message());
  return std::move(result).value();
}

/// Empty when it worked, else the error's text.
template <typename T>
std::string error_of(const Result<T>& result) {
  return result ? std::string() : result.error().message();
}

inline void must_run(Connection& connection, const std::string& sql) {
  EXPECT_EQ(error_of(connection.execute(sql)), "") << sql;
}

/// The rows of a query as `a|b` lines, each ended by a newline; the error's text when it fails.
inline std::string rows_of(Connection& connection, const std::string& sql) {
  const Result<Rows> found = connection.query(sql, {});
  if (!found) {
    return found.error().message();
  }
  std::string text;
  for (const std::vector<Value>& row : found->rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      text += (i == 0 ? "" : "|") + to_text(row[i]);
    }
    text += "\n";
  }
  return text;
}

/// Every test has a database of its own, dropped with it, and a connection bound to it.
class MariadbTest : public testing::Test {
 protected:
  void SetUp() override {
    if (test_server_url().empty()) {
      GTEST_SKIP() << "RHUMB_TEST_MARIADB names no server";
    }
    static std::atomic<int> counter{0};
    name_ = "rhumb_test_" + std::to_string(::getpid()) + "_" + std::to_string(++counter);
    server_ = must(open_on_server(""));
    must_run(*server_, "CREATE DATABASE " + name_);
    connection_ = open();
  }
  void TearDown() override {
    if (server_ != nullptr) {
      connection_.reset();
      must_run(*server_, "DROP DATABASE IF EXISTS " + name_);
    }
  }

  [[nodiscard]] std::unique_ptr<Connection> open(const std::string& query = {}) const {
    return must(open_on_server(name_, query));
  }
  [[nodiscard]] const std::string& name() const { return name_; }
  Connection& connection() { return *connection_; }
  Connection& server() { return *server_; }
  void run(const std::string& sql) { must_run(*connection_, sql); }
  std::string rows(const std::string& sql) { return rows_of(*connection_, sql); }
  void disconnect() { connection_.reset(); }

 private:
  std::string name_;
  std::unique_ptr<Connection> server_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace rhumb::driver::mysql
