#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "script_server.h"
#include "sql/dialect.h"

namespace rhumb::property {

/// What became of one script.
struct Verdict {
  std::string difference;  ///< empty: our statements are those of the server
  std::string unfit;       ///< why the script says nothing
  size_t statements = 0;   ///< that the server executed
  bool accepted = false;   ///< the server executed all of it
};

/// Lets the server execute a script in one piece, then our statements one by one, and compares what
/// each of them gave and what all have left behind.
///
/// Where the server stops with an error so must we, after the same statements.
Verdict check_split(ScriptServer& server, sql::Dialect dialect, std::string_view script);

/// The smallest script that still differs, as far as leaving out parts leads.
std::string shrink(ScriptServer& server, sql::Dialect dialect, std::string script);

}  // namespace rhumb::property
