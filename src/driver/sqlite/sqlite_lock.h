#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.h"
#include "driver/connection.h"

namespace rhumb::driver::sqlite {

/// Locks of databases that live in this process only: name -> holder. One per driver registry.
class NamedLocks {
 public:
  /// Whether the lock was free; otherwise tells who holds it.
  bool try_lock(const std::string& name, const std::string& holder, std::string& held_by);
  void unlock(const std::string& name);
  [[nodiscard]] std::optional<std::string> find_holder(const std::string& name);

 private:
  std::mutex mutex_;  // guards holders_
  std::map<std::string, std::string> holders_;
};

/// The lock on a file as one connection holds it, under one or more names.
struct HeldFile;

/// Takes the lock that guards the database file `path`, or the process-wide one when it is empty.
///
/// One lock guards a file, whatever its name: `held` is what the connection has of it, and a lock
/// of another name shares that. The file is free when the last of them is released.
///
/// A file is guarded by an open-file-description lock on `<path>.atlas-lock`, dropped by the kernel
/// with the process; its content names the holder for people only and nothing depends on it.
/// Errors: kBusy `sql/sqlite: lock on "<name>" already taken (held by <holder>)`;
/// kUnsupported `file system of "<path>" has no locks`.
/// Source: spec revisions.md 8.1.
[[nodiscard]] Result<std::unique_ptr<Lock>> acquire_lock(NamedLocks& locks,
                                                         const std::string& path,
                                                         std::weak_ptr<HeldFile>& held,
                                                         const LockRequest& request);

/// Who holds that lock, nothing when it is free. Makes no file.
[[nodiscard]] Result<std::optional<std::string>> find_lock_holder(NamedLocks& locks,
                                                                  const std::string& path,
                                                                  const std::string& name);

}  // namespace rhumb::driver::sqlite
