#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>

#include "driver/sqlite/sqlite_driver.h"

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
  Result<std::unique_ptr<Connection>> opened = open_source(source);
  EXPECT_TRUE(opened.has_value()) << (opened ? "" : opened.error().message());
  return std::move(opened).value();
}

inline void must_run(Connection& connection, const std::string& sql) {
  const Result<ExecResult> done = connection.execute(sql);
  EXPECT_TRUE(done.has_value()) << (done ? "" : done.error().message());
}

/// The rows of a query as `a|b` lines, each ended by a newline; the error's text when it fails.
inline std::string rows_of(Connection& connection, const std::string& sql) {
  const Result<Rows> found = connection.query(sql);
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

/// Empty when it worked, else the error's text.
template <typename T>
std::string error_of(const Result<T>& result) {
  return result ? std::string() : result.error().message();
}

}  // namespace rhumb::driver::sqlite
