#pragma once

#include <span>
#include <string>
#include <string_view>

#include "script_server.h"
#include "sql/dialect.h"

namespace rhumb::property {

/// A form of script that the specification of the splitter (sql-splitter.md) wants split otherwise
/// than the server executes it, or its client program reads it.
struct KnownDifference {
  std::string_view name;
  std::string_view section;  ///< that wants it so
  sql::Dialect dialect;
  Splitter splitter = Splitter::kServer;  ///< that splits the example otherwise
  std::string_view example;  ///< a script that differs
  const char* form;          ///< as a regular expression over bytes
  std::string_view instead;  ///< what the form is written as to be split alike; may name groups
  bool of_all_versions = true;  ///< else some releases of the client split as we do
};

std::span<const KnownDifference> known_differences();
/// `script` with `instead` for each `form` in it.
std::string without(const KnownDifference& known, std::string_view script);
/// The first one without whose form a script that differs does so no more; null when it is a
/// defect.
const KnownDifference* explanation(ScriptServer& server,
                                   sql::Dialect dialect,
                                   std::string_view script);

}  // namespace rhumb::property
