#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "driver/mysql/test_server.h"
#include "driver/postgres/test_database.h"
#include "migrate/lease.h"
#include "migrate/leased_connection.h"

/// Tests of leases, the same on PostgreSQL and MariaDB.
namespace rhumb::migrate {

inline constexpr std::string_view kAnn = "apply ann@box:7 since 2026-01-02T03:04:05Z";
inline constexpr std::string_view kBob = "apply bob@box:8 since 2026-01-02T03:04:06Z";
inline constexpr std::chrono::milliseconds kLength{600};
inline constexpr std::chrono::milliseconds kLongerThanLease{900};

// What the tests of both engines need of a database.
class PostgresDatabase : public driver::postgres::DatabaseTest {
 protected:
  [[nodiscard]] std::unique_ptr<driver::Connection> another() {
    return open(url("search_path=public"));
  }
};

class MariadbDatabase : public driver::mysql::MariadbTest {
 protected:
  [[nodiscard]] std::unique_ptr<driver::Connection> another() { return open(); }
};

template <typename Database>
class LeaseTest : public Database {
 protected:
  [[nodiscard]] LeaseTerms terms() {
    LeaseTerms terms;
    terms.open = [this]() -> Result<std::unique_ptr<driver::Connection>> {
      return this->another();
    };
    terms.operator_version = "Atlas CLI - development";
    terms.length = kLength;
    return terms;
  }
  [[nodiscard]] std::unique_ptr<driver::Connection> leased() { return leased(terms()); }
  [[nodiscard]] std::unique_ptr<driver::Connection> leased(LeaseTerms terms) {
    return driver::must(lease_locks(this->another(), std::move(terms)));
  }
  static driver::LockRequest request(std::string_view holder,
                                     std::chrono::milliseconds timeout = {}) {
    return {.name = "atlas_migrate_execute", .timeout = timeout, .holder = std::string(holder)};
  }
  /// The column of the lease; the error when there is no table.
  std::string text() {
    return this->rows("SELECT error FROM atlas_schema_revisions WHERE version LIKE '.atlas%'");
  }
  /// As another runner would leave it.
  void steal(const LeaseText& lease) {
    this->run("UPDATE atlas_schema_revisions SET error = '" + format_lease(lease) + "'");
  }
  void steal() {
    steal({.number = 1, .holder = std::string(kBob), .until = "2999-01-01T00:00:00Z"});
  }
  [[nodiscard]] std::string lost_to_bob() const {
    return "lost the lock (held by " + std::string(kBob) + ")";
  }
};

using LeaseDatabases = testing::Types<PostgresDatabase, MariadbDatabase>;

}  // namespace rhumb::migrate
