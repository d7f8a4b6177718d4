#include "cli/report_spool.h"

#include "project/login.h"
#include "sys/environment.h"

namespace rhumb::cli {

std::optional<report::Spool> find_spool(const App& app) {
  const std::optional<std::string> state = project::state_directory(app.environment);
  if (!state || app.environment.get_or_empty("ATLAS_REPORT_SPOOL") == "0") {
    return std::nullopt;
  }
  return report::Spool(*state, app.clock);
}

}  // namespace rhumb::cli
