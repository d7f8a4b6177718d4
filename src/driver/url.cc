#include "driver/url.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "codec/redact.h"

namespace rhumb::driver {
namespace {

constexpr std::string_view kMissingDriver =
    "sql/sqlclient: missing driver. See: https://atlasgo.io/url";

// What follows `scheme://`, or `scheme:` where there are no slashes.
std::string_view behind_scheme(std::string_view text, size_t scheme_size) {
  std::string_view rest = text.substr(scheme_size + 1);
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
  }
  return rest;
}

bool is_docker(std::string_view scheme) {
  return scheme == "docker" || scheme.starts_with("docker+");
}

// No containers are started: a name that never was one is told apart from one we do without.
Error refuse_docker(const codec::Url& url) {
  static constexpr std::string_view kImages[] = {"mysql",   "maria",    "mariadb",   "postgres",
                                                 "postgis", "pgvector", "sqlserver", "clickhouse"};
  const std::string_view scheme = url.scheme;
  const std::string name =
      scheme == "docker" ? url.host : std::string(scheme.substr(scheme.find('+') + 1));
  if (std::ranges::find(kImages, name) == std::end(kImages)) {
    return invalid(fmt::format("unsupported docker image \"{}\"", name));
  }
  return {ErrorCode::kUnsupported,
          fmt::format("sql/sqlclient: docker databases are not started by this build: start a {} "
                      "server and give its URL",
                      name)};
}

// The client libraries end a text there: `%00` would reach another database, or try another
// password.
bool holds_nul(const codec::Url& url) {
  const auto has = [](const std::string& part) { return part.find('\0') != std::string::npos; };
  const codec::QueryValues query = url.query();
  const bool in_query = std::ranges::any_of(query, [&](const auto& parameter) {
    return has(parameter.first) || std::ranges::any_of(parameter.second, has);
  });
  return in_query || has(url.path) ||
         (url.user && (has(url.user->name) || has(url.user->password.value_or(""))));
}

}  // namespace

void DriverRegistry::add(const std::vector<std::string>& schemes, const Opener& opener) {
  for (const std::string& scheme : schemes) {
    openers_[scheme] = opener;
  }
}

bool DriverRegistry::knows(std::string_view scheme) const {
  return openers_.find(scheme) != openers_.end();
}

Result<std::unique_ptr<Connection>> DriverRegistry::open(std::string_view text,
                                                         OpenTerms terms) const {
  DatabaseUrl url = TRY(parse_database_url(text));
  url.terms = std::move(terms);
  const auto opener = openers_.find(url.scheme());
  if (opener == openers_.end() && is_docker(url.scheme())) {
    return refuse_docker(url.url);
  }
  if (opener == openers_.end()) {
    return Error(ErrorCode::kUnsupported,
                 fmt::format("sql/sqlclient: unknown driver \"{}\". See: https://atlasgo.io/url",
                             url.scheme()));
  }
  return opener->second(url);
}

Result<DatabaseUrl> parse_database_url(std::string_view url) {
  Result<codec::Url> parsed = codec::parse_url(url);
  if (!parsed) {
    // The whole message would show the URL and its secrets.
    return Error(parsed.error().code(),
                 "sql/sqlclient: parse open url: " + parsed.error().root_message());
  }
  if (parsed->scheme.empty()) {
    return invalid(std::string(kMissingDriver));
  }
  if (holds_nul(*parsed)) {
    return invalid("sql/sqlclient: parse open url: a NUL byte (%00) can be part of no name");
  }
  DatabaseUrl database;
  database.text = url;
  database.rest = behind_scheme(url, parsed->scheme.size());
  database.redacted = codec::redact_url(url);
  database.url = std::move(parsed).value();
  return database;
}

std::string driver_name(std::string_view scheme) {
  using Alias = std::pair<std::string_view, std::string_view>;
  static constexpr Alias kAliases[] = {{"sqlite3", "sqlite"},
                                       {"maria", "mariadb"},
                                       {"postgresql", "postgres"},
                                       {"ysql", "postgres"},
                                       {"crdb", "postgres"}};
  const std::string_view base = scheme.substr(0, scheme.find('+'));
  const auto* alias = std::ranges::find(kAliases, base, &Alias::first);
  return std::string(alias == std::end(kAliases) ? base : alias->second);
}

}  // namespace rhumb::driver
