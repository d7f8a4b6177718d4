#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "registry/store/postgres_session.h"
#include "registry/store/store.h"

namespace rhumb::registry {

/// The PostgreSQL server that stores are tested on when RHUMB_TEST_STORE is `postgres`; empty: the
/// embedded store is.
inline std::string test_store_server() {
  const char* engine = std::getenv("RHUMB_TEST_STORE");
  const char* server = std::getenv("RHUMB_TEST_POSTGRES");
  return engine != nullptr && std::string_view(engine) == "postgres" && server != nullptr ? server
                                                                                          : "";
}

/// Room for a store of its own, a folder or a schema, removed at the end; for tests only.
class TestStorePlace {
 public:
  TestStorePlace() {
    std::string name = (std::filesystem::temp_directory_path() / "rhumb-store-XXXXXX").string();
    RHUMB_CHECK(::mkdtemp(name.data()) != nullptr, "a temporary folder can be made");
    folder_ = name;
    if (!test_store_server().empty()) {
      static std::atomic<int> count{0};
      schema_ = "rhumb_" + std::to_string(::getpid()) + "_" + std::to_string(++count);
      run_on_server("CREATE SCHEMA " + schema_);
    }
  }
  TestStorePlace(const TestStorePlace&) = delete;
  TestStorePlace& operator=(const TestStorePlace&) = delete;
  ~TestStorePlace() {
    if (!schema_.empty()) {
      run_on_server("DROP SCHEMA " + schema_ + " CASCADE");
    }
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  /// There even when the store is elsewhere.
  [[nodiscard]] const std::string& folder() const { return folder_; }
  [[nodiscard]] StoreAddress address() const {
    const std::string server = test_store_server();
    const std::string separator = server.find('?') == std::string::npos ? "?" : "&";
    return {schema_.empty() ? "" : server + separator + "search_path=" + schema_,
            folder_ + "/data"};
  }

 private:
  static void run_on_server(const std::string& sql) {
    Result<std::unique_ptr<Session>> session =
        open_postgres_session(test_store_server(), PostgresAccess::kRead);
    RHUMB_CHECK(session.has_value() && (*session)->run(sql).has_value(), "the server answers");
  }

  std::string folder_;
  std::string schema_;
};

/// A fresh store, removed at the end; for tests only.
class TestStore {
 public:
  TestStore() { open(); }

  void open() {
    Result<std::unique_ptr<Store>> opened = open_store(address());
    EXPECT_TRUE(opened.has_value()) << (opened ? "" : opened.error().message());
    RHUMB_CHECK(opened.has_value(), "the store opens");
    store_ = std::move(*opened);
  }
  void close() { store_.reset(); }
  Store& operator*() { return *store_; }
  Store* operator->() { return store_.get(); }
  [[nodiscard]] const std::string& folder() const { return place_.folder(); }
  [[nodiscard]] StoreAddress address() const { return place_.address(); }

  /// One value of one row, read straight from the store.
  Value scalar(std::string_view sql, const Params& params = {}) {
    Result<Value> value =
        read_value<Value>(*store_, [&](Session& session) { return session.scalar(sql, params); });
    EXPECT_TRUE(value.has_value()) << (value ? "" : value.error().message());
    return value ? *value : Value();
  }

  /// How many of the values that a statement reads hold a text.
  int64_t count_with(std::string_view sql, std::string_view text) {
    Result<Rows> rows =
        read_value<Rows>(*store_, [&](Session& session) { return session.query(sql); });
    EXPECT_TRUE(rows.has_value()) << (rows ? "" : rows.error().message());
    return rows ? std::ranges::count_if(*rows,
                                        [text](const Row& row) {
                                          return row[0].text().find(text) != std::string::npos;
                                        })
                : -1;
  }

 private:
  TestStorePlace place_;
  std::unique_ptr<Store> store_;
};

}  // namespace rhumb::registry
