#include "driver/postgres/server_error.h"

#include <gtest/gtest.h>

namespace rhumb::driver::postgres {
namespace {

TEST(PostgresServerError, SaysPositionAndState) {
  struct Case {
    ServerError error;
    std::string statement;
    std::string want;
  };
  const Case cases[] = {
      {{.message = "relation \"t\" already exists", .sqlstate = "42P07"},
       "CREATE TABLE t ()",
       "pq: relation \"t\" already exists (42P07)"},
      {{.message = "column \"x\" does not exist", .sqlstate = "42703", .position = 8},
       "SELECT x",
       "pq: column \"x\" does not exist at column 8 (42703)"},
      {{.message = "m", .sqlstate = "42703", .position = 13},
       "SELECT 'é', x;",
       "pq: m at column 13 (42703)"},
      {{.message = "m", .sqlstate = "42703", .position = 12},
       "SELECT 'é',\nx",
       "pq: m at position 1:12 (42703)"},
      {{.message = "m", .sqlstate = "42703", .position = 13},
       "SELECT 'é',\nx",
       "pq: m at position 2:1 (42703)"},
      {{.message = "m", .sqlstate = "42601", .position = 99},
       "a\nb",
       "pq: m at position 2:2 (42601)"}};
  for (const Case& c : cases) {
    const Error error = to_error(c.error, c.statement);
    EXPECT_EQ(error.message(), c.want);
    EXPECT_EQ(error.cause()->code, c.error.sqlstate);
    EXPECT_EQ(error.cause()->text, c.error.message);
  }
}

TEST(PostgresServerError, TellsWhatIsGoneFromWhatIsWrong) {
  EXPECT_EQ(to_error({.message = "m", .sqlstate = "57P01"}, "").code(), ErrorCode::kUnavailable);
  EXPECT_EQ(to_error({.message = "m", .sqlstate = "08006"}, "").code(), ErrorCode::kUnavailable);
  EXPECT_EQ(to_error({.message = "m", .sqlstate = "55P03"}, "").code(), ErrorCode::kBusy);
  EXPECT_EQ(to_error({.message = "m", .sqlstate = "42601"}, "").code(), ErrorCode::kDatabase);
}

// Texts of libpq 15 with verbose errors.
TEST(PostgresServerError, FindsTheRefusalInWhatTheLibrarySays) {
  const Error refused = to_connection_error(
      "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  3D000: database \"x\" does "
      "not exist\nLOCATION:  InitPostgres, postinit.c:891\n");
  EXPECT_EQ(refused.message(), "pq: database \"x\" does not exist (3D000)");
  EXPECT_EQ(refused.cause()->code, "3D000");
  const Error nobody = to_connection_error(
      "connection to server at \"127.0.0.1\", port 1 failed: Connection refused\n"
      "\tIs the server running on that host and accepting TCP/IP connections?\n");
  EXPECT_EQ(nobody.message(),
            "pq: connection to server at \"127.0.0.1\", port 1 failed: Connection refused");
  EXPECT_EQ(nobody.code(), ErrorCode::kUnavailable);
  EXPECT_EQ(to_connection_error("connection to server at \"h\" (1.2.3.4), port 5432 failed: server "
                                "does not support SSL, but SSL was required\n")
                .message(),
            "pq: SSL is not enabled on the server");
  EXPECT_EQ(to_connection_error("").message(), "pq: connection failed");
}

}  // namespace
}  // namespace rhumb::driver::postgres
