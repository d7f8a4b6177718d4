#include "driver/mysql/mysql_driver.h"

#include "codec/redact.h"
#include "driver/mysql/dsn.h"
#include "driver/mysql/mysql_connection.h"

namespace rhumb::driver::mysql {

Result<std::unique_ptr<Connection>> open_mysql(const DatabaseUrl& url) {
  const Dsn dsn = TRY(parse_dsn(url.url));
  ConnectionInfo info;
  info.driver = url.scheme().starts_with("maria") ? "mariadb" : "mysql";
  info.url = codec::redact_url(with_parse_time(url.url).text_with_secrets());
  info.schema = dsn.database;
  info.default_schema = dsn.database;
  return MysqlConnection::open(dsn, std::move(info), url.terms.stop);
}

void register_mysql(DriverRegistry& registry) {
  registry.add({"mysql", "mysql+unix", "maria", "maria+unix", "mariadb", "mariadb+unix"},
               open_mysql);
}

}  // namespace rhumb::driver::mysql
