#include "driver/postgres/postgres_driver.h"

#include "driver/postgres/parameters.h"
#include "driver/postgres/postgres_connection.h"
#include "driver/postgres/session.h"

namespace rhumb::driver::postgres {

Result<std::unique_ptr<Connection>> open_postgres(const DatabaseUrl& url,
                                                  const sys::Environment& environment) {
  const std::vector<std::string> keywords = TRY(library_keywords());
  ConnectionInfo info;
  info.driver = "postgres";
  info.url = url.redacted;
  return PostgresConnection::open(read_parameters(url.url, keywords, environment, url.terms.pooled),
                                  std::move(info), url.terms);
}

void register_postgres(DriverRegistry& registry, const sys::Environment& environment) {
  registry.add({"postgres", "postgresql", "ysql", "crdb"},
               [&environment](const DatabaseUrl& url) { return open_postgres(url, environment); });
}

}  // namespace rhumb::driver::postgres
