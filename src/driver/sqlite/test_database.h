#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>

#include "driver/sqlite/sqlite_driver.h"
#include "driver/test_support.h"

namespace rhumb::driver::sqlite {

/// A folder for one test, removed with everything in it.
class TestFolder {
 public:
  TestFolder() {
    std::string pattern = testing::TempDir() + "/rhumb.XXXXXX";
    path_ = ::mkdtemp(pattern.data());
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

/// Opens a data source as `sqlite://<source>` would.
inline Result<std::unique_ptr<Connection>> open_source(const std::string& source) {
  const Result<DatabaseUrl> url = parse_database_url("sqlite://" + source);
  if (!url) {
    return url.error();
  }
  return open_sqlite(*url);
}

/// As open_source, for tests about something else than opening.
inline std::unique_ptr<Connection> must_open(const std::string& source) {
  return must(open_source(source));
}

}  // namespace rhumb::driver::sqlite
