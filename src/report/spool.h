#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace rhumb::sys {
class Clock;
}  // namespace rhumb::sys

namespace rhumb::report {

/// A report that could not be delivered, as it would have been sent: masked.
struct SpooledReport {
  std::string id{};         ///< UUID of the report or of the set; also names its file
  std::string endpoint{};   ///< where it was meant to go
  std::string operation{};  ///< `reportMigration`, `reportMigrationSet` or `reportMigrationDown`
  std::string body{};       ///< the variable `input` of the request
};

/// Reports kept on disk until a registry takes them.
///
/// Shape: one file of mode 0600 per report under `<state>/spool`, oldest first; a file holds no
/// token. At most 100 MiB and 30 days are kept, the oldest go first.
/// Errors: kIo, naming the path. Several processes may use one spool: files appear and disappear
/// whole.
class Spool {
 public:
  static constexpr int64_t kBytesMax = int64_t{100} * 1024 * 1024;
  static constexpr int kDaysMax = 30;

  /// `state_directory` need not exist yet.
  Spool(const std::string& state_directory, sys::Clock& clock);

  Result<void> put(const SpooledReport& report) const;
  /// Names of the files, oldest first.
  [[nodiscard]] Result<std::vector<std::string>> list() const;
  [[nodiscard]] Result<SpooledReport> read(const std::string& name) const;
  Result<void> remove(const std::string& name) const;

 private:
  Result<void> trim() const;

  std::string directory_;
  sys::Clock& clock_;
};

}  // namespace rhumb::report
