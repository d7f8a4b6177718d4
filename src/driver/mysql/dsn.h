#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "driver/url.h"

namespace rhumb::driver::mysql {

/// Whether the connection is encrypted, by the words of the parameter `tls`.
enum class Tls {
  kOff,         ///< `false`, the default
  kPreferred,   ///< `preferred`: when the server can; its certificate is not looked at
  kUnverified,  ///< `skip-verify`: always, whatever certificate the server shows
  kVerified,    ///< `true`: always, certificate and host name are checked
};

/// Where a server is and how to talk to it, from a database URL.
///
/// Shape: `socket` is a path, empty for TCP; timeouts are whole seconds, 0 for none; `variables`
/// are session variables in the order of their names, the values SQL as the user wrote it.
struct Dsn {
  std::string host = "127.0.0.1";
  unsigned port = 3306;
  std::string socket{};
  std::string user{};
  std::string password{};
  std::string database{};

  Tls tls = Tls::kOff;
  std::string tls_ca{};  ///< files of certificates and key: `ssl-ca`, `ssl-cert`, `ssl-key`
  std::string tls_cert{};
  std::string tls_key{};
  std::vector<std::string> charsets{};  ///< the first one the client knows is taken
  std::string collation{};
  std::chrono::seconds connect_timeout{};
  std::chrono::seconds read_timeout{};
  std::chrono::seconds write_timeout{};
  bool cleartext_passwords = false;
  bool multi_statements = false;
  bool local_files = false;
  bool found_rows = false;
  bool compress = false;
  std::vector<std::pair<std::string, std::string>> attributes{};
  std::vector<std::pair<std::string, std::string>> variables{};
};

/// Errors: kInvalid, with the words of the reference: `invalid bool value: x`,
/// `invalid value / unknown config name: x`, `time: invalid duration "x"`.
/// Source: spec urls.md 2.2; names of parameters: go-sql-driver/mysql 1.9 README.
[[nodiscard]] Result<Dsn> parse_dsn(const codec::Url& url);

/// The URL as programs see it: `parseTime=true` is always there and parameters are in order.
[[nodiscard]] codec::Url with_parse_time(codec::Url url);

}  // namespace rhumb::driver::mysql
