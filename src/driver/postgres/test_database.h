#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>

#include "base/text.h"
#include "driver/postgres/postgres_driver.h"
#include "driver/test_support.h"
#include "sys/environment.h"

namespace rhumb::driver::postgres {

/// Opens a URL as the executable would.
inline Result<std::unique_ptr<Connection>> open_url(const std::string& url) {
  const Result<DatabaseUrl> parsed = parse_database_url(url);
  if (!parsed) {
    return parsed.error();
  }
  return open_postgres(*parsed, sys::SystemEnvironment());
}

/// A test with a database of its own on the server that RHUMB_TEST_POSTGRES names (tests/servers.py
/// starts one); skipped when it names none.
class DatabaseTest : public testing::Test {
 protected:
  void SetUp() override {
    const char* server = std::getenv("RHUMB_TEST_POSTGRES");
    if (server == nullptr || *server == '\0') {
      GTEST_SKIP() << "RHUMB_TEST_POSTGRES names no server";
    }
    static std::atomic<int> count{0};
    name_ = "rhumb_" + std::to_string(::getpid()) + "_" + std::to_string(++count);
    server_ = server;
    must_run(*open(server_), "CREATE DATABASE " + name_);
    url_ = parse_url(server_);
    connection_ = open(url());
  }

  void TearDown() override {
    if (!name_.empty()) {
      connection_.reset();
      must_run(*open(server_), "DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
    }
  }

  static std::unique_ptr<Connection> open(const std::string& url) { return must(open_url(url)); }

  /// The URL of the test's database, with more of a query: `search_path=a`.
  [[nodiscard]] std::string url(const std::string& query = {}) const {
    const std::string separator = url_.find('?') == std::string::npos ? "?" : "&";
    return query.empty() ? url_ : url_ + separator + query;
  }
  [[nodiscard]] const std::string& name() const { return name_; }

  Connection& database() { return *connection_; }
  void run(const std::string& sql) { must_run(database(), sql); }
  std::string rows(const std::string& sql) { return rows_of(database(), sql); }

 private:
  [[nodiscard]] std::string parse_url(const std::string& server) const {
    codec::Url parsed = codec::parse_url(server).value();
    parsed.path = "/" + name_;
    parsed.raw_path.clear();
    return parsed.text_with_secrets();
  }

  std::string name_;
  std::string server_;
  std::string url_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace rhumb::driver::postgres
