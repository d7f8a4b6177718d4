#include "driver/mysql/dsn.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>

#include "base/go_format.h"
#include "base/text.h"

namespace rhumb::driver::mysql {
namespace {

using Setter = std::function<Result<void>(Dsn&, const std::string&)>;

Result<bool> parse_bool(const std::string& text) {
  if (text == "1" || text == "true" || text == "TRUE" || text == "True") {
    return true;
  }
  if (text == "0" || text == "false" || text == "FALSE" || text == "False") {
    return false;
  }
  return invalid(fmt::format("invalid bool value: {}", text));
}

Setter flag(bool Dsn::* member) {
  return [member](Dsn& dsn, const std::string& text) -> Result<void> {
    dsn.*member = TRY(parse_bool(text));
    return {};
  };
}

Setter text(std::string Dsn::* member) {
  return [member](Dsn& dsn, const std::string& value) -> Result<void> {
    dsn.*member = value;
    return {};
  };
}

// The library counts in seconds: a shorter timeout is one second, not none.
Setter seconds(std::chrono::seconds Dsn::* member) {
  return [member](Dsn& dsn, const std::string& value) -> Result<void> {
    const std::chrono::nanoseconds duration = TRY(parse_go_duration(value));
    dsn.*member = std::chrono::ceil<std::chrono::seconds>(duration);
    return {};
  };
}

// A parameter that has a meaning for the reference's client only; its value is checked all the
// same.
Result<void> check_flag(Dsn& /*dsn*/, const std::string& value) {
  TRY(parse_bool(value));
  return {};
}

Result<void> ignore(Dsn& /*dsn*/, const std::string& /*value*/) {
  return {};
}

Result<void> set_tls(Dsn& dsn, const std::string& value) {
  const std::string word = to_lower_ascii(value);
  if (word == "preferred") {
    dsn.tls = Tls::kPreferred;
  } else if (word == "skip-verify") {
    dsn.tls = Tls::kUnverified;
  } else if (const Result<bool> wanted = parse_bool(value)) {
    dsn.tls = *wanted ? Tls::kVerified : Tls::kOff;
  } else {
    return invalid(fmt::format("invalid value / unknown config name: {}", value));
  }
  return {};
}

Result<void> set_charsets(Dsn& dsn, const std::string& value) {
  for (const std::string_view name : split(value, ',')) {
    dsn.charsets.emplace_back(trim(name));
  }
  return {};
}

// `name:value` pairs, separated by commas.
Result<void> set_attributes(Dsn& dsn, const std::string& value) {
  for (const std::string_view pair : split(value, ',')) {
    if (const auto parts = cut(pair, ":")) {
      dsn.attributes.emplace_back(parts->first, parts->second);
    }
  }
  return {};
}

const std::map<std::string_view, Setter>& parameters() {
  static const std::map<std::string_view, Setter> kSetters = {
      {"tls", set_tls},
      {"ssl-ca", text(&Dsn::tls_ca)},
      {"ssl-cert", text(&Dsn::tls_cert)},
      {"ssl-key", text(&Dsn::tls_key)},
      {"charset", set_charsets},
      {"collation", text(&Dsn::collation)},
      {"timeout", seconds(&Dsn::connect_timeout)},
      {"readTimeout", seconds(&Dsn::read_timeout)},
      {"writeTimeout", seconds(&Dsn::write_timeout)},
      {"allowCleartextPasswords", flag(&Dsn::cleartext_passwords)},
      {"multiStatements", flag(&Dsn::multi_statements)},
      {"allowAllFiles", flag(&Dsn::local_files)},
      {"clientFoundRows", flag(&Dsn::found_rows)},
      {"compress", flag(&Dsn::compress)},
      {"connectionAttributes", set_attributes},
      {"parseTime", check_flag},
      {"allowFallbackToPlaintext", check_flag},
      {"allowNativePasswords", check_flag},
      {"allowOldPasswords", check_flag},
      {"checkConnLiveness", check_flag},
      {"columnsWithAlias", check_flag},
      {"interpolateParams", check_flag},
      {"rejectReadOnly", check_flag},
      {"loc", ignore},
      {"maxAllowedPacket", ignore},
      {"serverPubKey", ignore},
      {"timeTruncate", ignore}};
  return kSetters;
}

bool is_variable_name(std::string_view name) {
  static constexpr std::string_view kMarks = "_.@$";
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

Result<void> set_parameter(Dsn& dsn, const std::string& name, const std::string& value) {
  const auto known = parameters().find(name);
  if (known != parameters().end()) {
    return known->second(dsn, value);
  }
  if (!is_variable_name(name)) {
    return invalid(fmt::format("invalid name of a session variable: {}", name));
  }
  dsn.variables.emplace_back(name, value);
  return {};
}

Result<unsigned> parse_port(const std::string& text) {
  unsigned port = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (problem != std::errc() || end != text.data() + text.size() || port == 0 || port > 65535) {
    return invalid(fmt::format("invalid port \"{}\"", text));
  }
  return port;
}

Result<void> set_address(Dsn& dsn, const codec::Url& url) {
  if (url.scheme.ends_with("+unix")) {
    dsn.socket = url.path;
    dsn.database = url.find_query("database").value_or("");
    return dsn.socket.empty() ? Result<void>(invalid("a +unix URL names no socket"))
                              : Result<void>();
  }
  if (!url.hostname().empty()) {
    dsn.host = url.hostname();
  }
  if (!url.port().empty()) {
    dsn.port = TRY(parse_port(url.port()));
  }
  dsn.database = url.path.starts_with('/') ? url.path.substr(1) : url.path;
  return {};
}

}  // namespace

Result<Dsn> parse_dsn(const codec::Url& url) {
  Dsn dsn;
  TRY(set_address(dsn, url));
  if (url.user) {
    dsn.user = url.user->name;
    dsn.password = url.user->password.value_or("");
  }
  const bool is_unix = !dsn.socket.empty();
  for (const auto& [name, values] : url.query()) {
    const bool names_database = is_unix && name == "database";
    if (!names_database && !values.empty()) {
      TRY(set_parameter(dsn, name, values.back()));
    }
  }
  const bool has_certificates = !dsn.tls_ca.empty() || !dsn.tls_cert.empty();
  if (has_certificates && !url.find_query("tls")) {
    dsn.tls = Tls::kVerified;
  }
  return dsn;
}

codec::Url with_parse_time(codec::Url url) {
  codec::QueryValues query = url.query();
  query.insert_or_assign("parseTime", std::vector<std::string>{"true"});
  url.set_query(query);
  return url;
}

}  // namespace rhumb::driver::mysql
