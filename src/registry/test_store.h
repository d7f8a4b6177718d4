#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "registry/store.h"

namespace rhumb::registry {

/// A fresh store in a folder of its own, removed at the end; for tests only.
class TestStore {
 public:
  TestStore() {
    std::string name = (std::filesystem::temp_directory_path() / "rhumb-store-XXXXXX").string();
    RHUMB_CHECK(::mkdtemp(name.data()) != nullptr, "a temporary folder can be made");
    folder_ = name;
    open();
  }
  TestStore(const TestStore&) = delete;
  TestStore& operator=(const TestStore&) = delete;
  ~TestStore() {
    store_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  void open() {
    Result<std::unique_ptr<Store>> opened = open_sqlite_store(folder_);
    RHUMB_CHECK(opened.has_value(), "the store opens");
    store_ = std::move(*opened);
  }
  void close() { store_.reset(); }
  Store& operator*() { return *store_; }
  Store* operator->() { return store_.get(); }
  [[nodiscard]] const std::string& folder() const { return folder_; }

  /// One value of one row, read straight from the store.
  Value scalar(std::string_view sql, const Params& params = {}) {
    Result<Value> value =
        read_value<Value>(*store_, [&](Session& session) { return session.scalar(sql, params); });
    EXPECT_TRUE(value.has_value()) << (value ? "" : value.error().message());
    return value ? *value : Value();
  }

 private:
  std::string folder_;
  std::unique_ptr<Store> store_;
};

}  // namespace rhumb::registry
