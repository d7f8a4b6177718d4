#include "cli/revisions_guard.h"

#include "migrate/revision_store.h"

namespace rhumb::cli {
Result<void> check_revisions_place(const Invocation& invocation,
                                   driver::Connection& connection,
                                   const std::string& revisions_schema,
                                   bool explain) {
  const bool ambiguous = TRY(migrate::has_ambiguous_revisions(connection, revisions_schema));
  if (!ambiguous) {
    return {};
  }
  if (!explain) {
    return invalid(std::string(migrate::ambiguous_revisions_text()));
  }
  invocation.app.out << migrate::ambiguous_revisions_text() << "\n";
  return silent_failure();
}

}  // namespace rhumb::cli
