#include "migrate/locked_store.h"

#include <memory>

#include "migrate/lease.h"

namespace rhumb::migrate {
namespace internal {

Result<void> use_locked_store(driver::Connection& connection,
                              const StoreAccess& access,
                              const std::function<void(RevisionStore&)>& work) {
  const driver::LockRequest request{.name = "atlas_migrate_execute",
                                    .timeout = access.lock_timeout,
                                    .holder = access.holder,
                                    .revisions_schema = access.revisions_schema};
  const std::unique_ptr<driver::Lock> lock =
      TRY(connection.lock(request).context("acquiring database lock"));
  const bool ambiguous = TRY(has_ambiguous_revisions(connection, access.revisions_schema));
  if (ambiguous) {
    return ambiguous_revisions_error();
  }
  const auto store = TRY(open_revision_store(connection, access.revisions_schema));
  TRY(store->ensure_table());
  if (connection.info().features.session_locks) {
    TRY(wait_for_lease(connection, request).context("acquiring database lock"));
  }
  work(*store);
  return lock->release();
}

}  // namespace internal

Result<void> write_together(driver::Connection& connection,
                            const std::function<Result<void>()>& write) {
  TRY(connection.begin_plain());
  Result<void> written = write();
  if (written) {
    written = connection.commit();
  }
  if (!written) {
    const Result<void> undone = connection.rollback();
    return undone ? written.error() : written.error().context(undone.error().message());
  }
  return {};
}

}  // namespace rhumb::migrate
