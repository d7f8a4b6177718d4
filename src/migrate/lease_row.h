#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "driver/connection.h"

namespace rhumb::migrate {

/// What the identity row of a revisions table says of a lease, in its column `error`:
/// `{"lease":<fencing number>,"holder":"...","until":"<RFC 3339 UTC>"}`.
/// Source: spec revisions.md 8.1 (stored in users' databases, never change).
struct LeaseText {
  int64_t number = 0;    ///< raised by every taker, so that none is ever used twice
  std::string holder{};  ///< see driver::LockRequest
  std::string until{};   ///< by the server's clock

  bool operator==(const LeaseText&) const = default;
};

[[nodiscard]] std::string format_lease(const LeaseText& lease);
/// Nothing when the text is something else, or empty: nobody holds a lease.
[[nodiscard]] std::optional<LeaseText> parse_lease(std::string_view text);

/// The identity row of one revisions table, as a lease is kept in it.
///
/// Every question and every change is one statement, which works behind a pooler in transaction
/// mode. The connection is the caller's: some of them belong into a transaction of its own. Nothing
/// waits for another session but fence(), and the others up to a second on MySQL and MariaDB on a
/// connection that prepare() has seen.
class LeaseRow {
 public:
  /// The row as somebody found it.
  struct Seen {
    std::string text{};                ///< of the column
    std::optional<LeaseText> lease{};  ///< whose time may be over
    bool expired = true;               ///< by the server's clock
    int64_t next_number = 0;           ///< of whoever takes it now
  };

  /// `length` is how long a lease lasts from its last renewal.
  /// Errors: kUnsupported for an engine that has no use for leases.
  static Result<LeaseRow> open(const driver::ConnectionInfo& info,
                               std::string_view revisions_schema,
                               std::chrono::milliseconds length);

  /// Sets up a connection that is to take and renew.
  Result<void> prepare(driver::Connection& connection) const;
  /// Nothing: the row is not there. The table must be.
  Result<std::optional<Seen>> read(driver::Connection& connection) const;
  /// Whether a transaction holds the row, which is the case for that of a lease's holder.
  Result<bool> is_locked(driver::Connection& connection) const;
  /// Takes it if the row still says what was seen. False: somebody was faster, or holds the row.
  Result<bool> take(driver::Connection& connection, const Seen& seen, const LeaseText& lease) const;
  /// Prolongs it from outside of the holder's transactions. False: it is no longer ours, or
  /// somebody holds the row just now.
  Result<bool> renew(driver::Connection& connection, const LeaseText& lease) const;
  /// Locks the row until the end of the open transaction. False: the lease is no longer ours.
  Result<bool> fence(driver::Connection& connection, const LeaseText& lease) const;
  /// Prolongs it in a transaction that has locked the row.
  Result<bool> renew_fenced(driver::Connection& connection, const LeaseText& lease) const;
  /// Gives it back. False: as of renew.
  Result<bool> clear(driver::Connection& connection, const LeaseText& lease) const;

 private:
  struct Sql {
    std::string prepare{};
    std::string read{};
    std::string is_locked{};
    std::string take{};
    std::string renew{};
    std::string fence{};
    std::string renew_fenced{};
    std::string clear{};
  };
  static Sql postgres_sql(const std::string& table, std::chrono::milliseconds length);
  static Sql mysql_sql(const std::string& table, std::chrono::milliseconds length);
  static Result<bool> change(driver::Connection& connection,
                             const std::string& sql,
                             const LeaseText& lease,
                             const std::string& condition);

  explicit LeaseRow(Sql sql) : sql_(std::move(sql)) {}

  Sql sql_;
};

}  // namespace rhumb::migrate
