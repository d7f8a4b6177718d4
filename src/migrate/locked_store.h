#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "base/result.h"
#include "driver/connection.h"
#include "migrate/revision_store.h"

namespace rhumb::migrate {

struct StoreAccess {
  std::string revisions_schema{};
  std::string holder{};                     ///< see driver::LockRequest
  std::chrono::nanoseconds lock_timeout{};  ///< 0: one attempt
};

namespace internal {
Result<void> use_locked_store(driver::Connection& connection,
                              const StoreAccess& access,
                              const std::function<void(RevisionStore&)>& work);
}  // namespace internal

/// Calls `work` with the revisions table of a database, made where it is missing, under the lock
/// that every run takes. The table stays whatever becomes of the work.
/// Errors: `acquiring database lock: ...`; ambiguous_revisions_error; those of open_revision_store
/// and ensure_table; then what `work` returns.
template <typename T, typename Work>
[[nodiscard]] Result<T> with_locked_store(driver::Connection& connection,
                                          const StoreAccess& access,
                                          const Work& work) {
  Result<T> result = Error(ErrorCode::kInternal, "the work did not run");
  TRY(internal::use_locked_store(connection, access,
                                 [&](RevisionStore& store) { result = work(store); }));
  return result;
}

/// Writes rows in one transaction: all or none.
[[nodiscard]] Result<void> write_together(driver::Connection& connection,
                                          const std::function<Result<void>()>& write);

}  // namespace rhumb::migrate
