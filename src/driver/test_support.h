#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "driver/connection.h"

/// What tests say to a connection, whatever the engine.
namespace rhumb::driver {

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

/// Calls Connection::reconnect until the server has ended the old session.
inline Result<void> reconnect_in_the_end(Connection& connection) {
  Result<void> done = connection.reconnect();
  while (!done && done.error().code() == ErrorCode::kBusy) {
    done = connection.reconnect();
  }
  return done;
}

}  // namespace rhumb::driver
