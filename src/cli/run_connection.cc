#include "cli/run_connection.h"

#include "base/go_format.h"
#include "cli/version.h"
#include "driver/url.h"
#include "migrate/leased_connection.h"

namespace rhumb::cli {

Result<std::unique_ptr<driver::Connection>> open_run_connection(const Invocation& invocation,
                                                                const std::string& url) {
  const std::string mode = invocation.flags.text("lock-mode");
  const driver::DriverRegistry& drivers = invocation.app.drivers;
  if (mode == "session") {
    return drivers.open(url, {.stop = invocation.app.stop});
  }
  if (mode != "lease") {
    return invalid("unknown lock mode: " + go_quote(mode) + " (session or lease)");
  }
  migrate::LeaseTerms terms;
  terms.open = [&drivers, url] { return drivers.open(url, {.pooled = true}); };
  terms.operator_version = operator_version();
  std::unique_ptr<driver::Connection> connection =
      TRY(drivers.open(url, {.pooled = true, .stop = invocation.app.stop}));
  return migrate::lease_locks(std::move(connection), std::move(terms));
}

}  // namespace rhumb::cli
