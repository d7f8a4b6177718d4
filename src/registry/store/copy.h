#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "registry/store/store.h"

/// A whole registry from one store into another, of the same engine or not.
namespace rhumb::registry {

struct CopyReport {
  int64_t tables = 0;
  int64_t rows = 0;
  int64_t audit_entries = 0;
  std::string audit_hash;  ///< hexadecimal, of the newest entry
};

/// Called now and then with the table that is being copied and its rows so far.
using CopyProgress = std::function<void(const std::string& table, int64_t rows)>;

/// Copies everything into an empty store, in one transaction: at a failure it is as empty as
/// before. Then reads both again and compares them row by row, and checks the audit log of the
/// copy. `from` must be in a transaction that sees one state.
///
/// Errors: kConflict when `to` holds a registry already, or differs from `from` in the end; those
/// of the stores.
Result<CopyReport> copy_registry(Session& from, Store& to, const CopyProgress& progress);

/// A copy in one file, of a registry that may be running. It is made beside `file` and gets its
/// name when it is complete and compared. Errors: kConflict when `file` exists; kIo; as
/// copy_registry().
Result<CopyReport> back_up_registry(const StoreAddress& from,
                                    const std::string& file,
                                    const CopyProgress& progress);
/// Puts a file of back_up_registry() into a store that is new or empty.
/// Errors: kNotFound for the file; as copy_registry().
Result<CopyReport> restore_registry(const std::string& file,
                                    const StoreAddress& to,
                                    const CopyProgress& progress);
/// Moves a registry whose server is stopped. Errors: kBusy while one runs; as copy_registry().
Result<CopyReport> move_registry(const StoreAddress& from,
                                 const StoreAddress& to,
                                 const CopyProgress& progress);

struct VerifyReport {
  int64_t audit_entries = 0;
  std::string audit_hash;
  int64_t bodies = 0;
};
/// Reads everything whose bytes are known: the audit log's chain, and every file, log and archive
/// by its hash. The server may be running. Errors: kConflict naming what does not fit.
Result<VerifyReport> verify_registry(const StoreAddress& address);

}  // namespace rhumb::registry
