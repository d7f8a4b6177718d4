#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>

#include "driver/mysql/mysql_driver.h"
#include "driver/test_support.h"

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
