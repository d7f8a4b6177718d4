#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/result.h"
#include "driver/connection.h"
#include "migrate/lease_row.h"

namespace rhumb::migrate {

/// How leases of a database are taken and kept.
struct LeaseTerms {
  /// Opens another connection to the same database, which the lease is renewed on.
  std::function<Result<std::unique_ptr<driver::Connection>>()> open{};
  std::string operator_version{};  ///< of the identity row, should it have to be made
  /// How long a lease lasts from its last renewal. It is renewed every third of that, and the last
  /// third is left to what is still on its way.
  std::chrono::milliseconds length = std::chrono::seconds(30);
};

/// A lease that this process has taken, renewed by a thread with a connection of its own.
///
/// What keeps others out is the row of the lease. A transaction that has locked it with fence() can
/// rely on it whatever the time is; anything else relies on the time that is left, see guard().
/// Threads: used by one, beside the one that renews.
class Lease {
 public:
  /// Waits for the lease of a revisions table, and makes its identity row if that is missing.
  ///
  /// Errors: kBusy `sql/schema: lock is held by other session (held by <holder>)`, kCancelled
  /// `interrupted`.
  static Result<std::shared_ptr<Lease>> acquire(const LeaseTerms& terms,
                                                const driver::LockRequest& request);
  ~Lease();
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  /// To be asked before anything is sent outside of a transaction. Errors: kConflict `lost the lock
  /// (held by <holder>)`; `lost the lock: its lease could not be renewed: ...` in its last third.
  Result<void> guard();
  /// The first statement of a transaction: nobody else gets the lease before that is over. Errors:
  /// kConflict `lost the lock (held by <holder>)`.
  Result<void> fence(driver::Connection& connection);
  /// The last statement of a transaction with a fence, so that it ends with a fresh lease: whoever
  /// waits for the row would get it otherwise.
  Result<void> renew_fenced(driver::Connection& connection);
  /// To be asked before a statement in a transaction with a fence that may end it. The lease lasts
  /// until the thread can renew it again.
  Result<void> guard_fenced(driver::Connection& connection);
  /// How the transaction with the fence has ended.
  void committed();
  void abandoned();
  /// Makes sure that it is still ours, and fresh. Errors: as guard(), or why it cannot be told.
  Result<void> regain();
  /// Gives it back; from then on nothing is asked any more. Errors: it was lost before.
  Result<void> release();
  [[nodiscard]] bool is_released() const { return released_; }

 private:
  using Time = std::chrono::nanoseconds;  // as sys::time_since_boot

  Lease(const LeaseTerms& terms,
        LeaseRow row,
        LeaseText text,
        std::unique_ptr<driver::Connection> keeper,
        Time renewed_at);
  [[nodiscard]] Time part() const { return terms_.length / 3; }
  /// Whether so many thirds of the lease are left.
  [[nodiscard]] bool has_left(int parts);
  [[nodiscard]] std::optional<Error> find_lost();
  Error lost_to(driver::Connection& connection);
  Error explain_refusal();
  void keep();
  Result<void> renew();
  Result<bool> renew_on_keeper();
  void stop_keeping();

  const LeaseTerms terms_;
  const LeaseRow row_;
  const LeaseText text_;
  bool released_ = false;

  std::mutex keeper_mutex_;  // guards keeper_, and that one renews at a time
  std::unique_ptr<driver::Connection> keeper_;

  std::mutex mutex_;  // guards what follows; never held while the server is asked
  std::condition_variable wake_;
  Time renewed_at_;  // no later than the server thinks
  std::optional<Time> renewed_with_commit_;
  bool stopping_ = false;
  std::optional<Error> lost_;
  std::thread thread_;
};

/// Who holds the lease of a database, nothing when nobody does or there is no revisions table.
/// Changes nothing. Engines without leases have no holder.
[[nodiscard]] Result<std::optional<std::string>> find_lease_holder(
    driver::Connection& connection, std::string_view revisions_schema);

/// For a run that has the lock of its session: waits until nobody holds a lease of the revisions
/// table, which has to be there. Whoever takes one looks at the locks of sessions. Errors: as
/// Lease::acquire.
Result<void> wait_for_lease(driver::Connection& connection, const driver::LockRequest& request);

}  // namespace rhumb::migrate
