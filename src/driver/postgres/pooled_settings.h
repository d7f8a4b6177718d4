#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "driver/postgres/session.h"

namespace rhumb::driver::postgres {

/// The run-time parameters of a URL where a session keeps none: a connection pooler in transaction
/// mode may give every transaction another process of the server, set up by nobody. So each
/// transaction sets them for itself, and what runs outside of one has to do without.
class PooledSettings {
 public:
  PooledSettings() = default;

  /// Finds out whether a pooler stands in between. If so, `session` prepares no statements any
  /// more; if not, it gets the settings for good and none are left here.
  static Result<PooledSettings> adopt(Session& session,
                                      std::map<std::string, std::string> settings);

  [[nodiscard]] bool empty() const { return settings_.empty(); }
  /// What follows BEGIN to set them: `; SELECT ...`, empty when there are none.
  [[nodiscard]] std::string sql_after_begin() const;
  /// To be asked before a statement outside of a transaction: whether unqualified names mean there
  /// what they mean inside. Errors: kUnsupported, with the ways on.
  Result<void> check_search_path(Session& session) const;

 private:
  std::map<std::string, std::string> settings_;
};

}  // namespace rhumb::driver::postgres
