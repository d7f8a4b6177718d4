#include "driver/postgres/parameters.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "base/text.h"

namespace rhumb::driver::postgres {
namespace {

constexpr std::string_view kOtherDriversKeys[] = {
    "binary_parameters", "sslinline", "pool_max_conns", "disable_prepared_binary_result"};

bool is_name_byte(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// One name at the start of `text`, which loses it; nothing when there is none.
std::optional<std::string> take_name(std::string_view& text) {
  std::string name;
  if (!text.starts_with('"')) {
    size_t size = 0;
    while (size < text.size() && is_name_byte(text[size])) {
      ++size;
    }
    name = to_lower_ascii(text.substr(0, size));
    text.remove_prefix(size);
    return name.empty() ? std::nullopt : std::optional(name);
  }
  for (size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '"' && !text.substr(at + 1).starts_with('"')) {
      text.remove_prefix(at + 1);
      return name.empty() ? std::nullopt : std::optional(name);
    }
    at += text[at] == '"' ? 1 : 0;
    name += text[at];
  }
  return std::nullopt;
}

std::optional<std::vector<std::string>> parse_names(std::string_view text) {
  std::vector<std::string> names;
  for (;;) {
    text = trim(text);
    const std::optional<std::string> name = take_name(text);
    if (!name) {
      return std::nullopt;
    }
    names.push_back(*name);
    text = trim_left(text);
    if (text.empty()) {
      return names;
    }
    if (text[0] != ',') {
      return std::nullopt;
    }
    text.remove_prefix(1);
  }
}

// In the `options` keyword a backslash protects blanks and itself.
std::string escape_option(std::string_view value) {
  std::string escaped;
  for (const char c : value) {
    if (c == '\\' || std::isspace(static_cast<unsigned char>(c)) != 0) {
      escaped += '\\';
    }
    escaped += c;
  }
  return escaped;
}

void add_setting(Parameters& parameters,
                 const std::string& key,
                 const std::string& value,
                 bool pooled) {
  if (pooled) {
    parameters.settings[key] = value;
    return;
  }
  std::string& options = parameters.values["options"];
  options += options.empty() ? "" : " ";
  options += "-c " + escape_option(key) + "=" + escape_option(value);
}

// `a:1,[::1]:2,c` as the library wants it: hosts `a,::1,c` and ports `1,2,`.
void read_hosts(const std::string& authority, Parameters& parameters) {
  std::vector<std::string> hosts;
  std::vector<std::string> ports;
  bool has_port = false;
  for (const std::string_view part : split(authority, ',')) {
    codec::Url one;
    one.host = part;
    hosts.push_back(one.hostname());
    ports.push_back(one.port());
    has_port = has_port || !ports.back().empty();
  }
  parameters.values["host"] = join(hosts, ",");
  if (has_port) {
    parameters.values["port"] = join(ports, ",");
  }
}

void read_authority(const codec::Url& url, Parameters& parameters) {
  if (!url.host.empty()) {
    read_hosts(url.host, parameters);
  }
  if (url.user && !url.user->name.empty()) {
    parameters.values["user"] = url.user->name;
  }
  if (url.user && url.user->password) {
    parameters.values["password"] = *url.user->password;
  }
  std::string_view database = url.path;
  if (database.starts_with('/')) {
    database.remove_prefix(1);
  }
  if (!database.empty()) {
    parameters.values["dbname"] = database;
  }
}

void add_defaults(Parameters& parameters,
                  const std::vector<std::string>& keywords,
                  const sys::Environment& environment) {
  std::map<std::string, std::string>& values = parameters.values;
  const bool has_service = values.contains("service") || environment.get("PGSERVICE").has_value();
  if (!has_service && !environment.get("PGHOST") && !environment.get("PGHOSTADDR") &&
      !values.contains("hostaddr")) {
    values.try_emplace("host", "localhost");
  }
  if (!has_service && !environment.get("PGSSLMODE")) {
    values.try_emplace("sslmode", "require");
  }
  // Without it every connection asks for Kerberos credentials first.
  const bool knows_gss = std::ranges::find(keywords, "gssencmode") != keywords.end();
  if (knows_gss && !has_service && !environment.get("PGGSSENCMODE")) {
    values.try_emplace("gssencmode", "disable");
  }
  values.try_emplace("client_encoding", "UTF8");
  values.try_emplace("fallback_application_name", "rhumb");
}

}  // namespace

std::vector<std::string> split_search_path(std::string_view search_path) {
  return parse_names(search_path).value_or(std::vector{std::string(search_path)});
}

Parameters read_parameters(const codec::Url& url,
                           const std::vector<std::string>& keywords,
                           const sys::Environment& environment,
                           bool pooled) {
  Parameters parameters;
  read_authority(url, parameters);
  const codec::QueryValues query = url.query();
  if (const auto options = query.find("options"); options != query.end()) {
    parameters.values["options"] = options->second.front();
  }
  for (const auto& [key, values] : query) {
    const std::string& value = values.front();
    if (key == "search_path") {
      parameters.search_path = value;
      const bool is_list = value.empty() || parse_names(value).has_value();
      const std::string one_name = "\"" + replace_all(value, "\"", "\"\"") + "\"";
      add_setting(parameters, key, is_list ? value : one_name, pooled);
    } else if (key == "options" ||
               std::ranges::find(kOtherDriversKeys, key) != std::end(kOtherDriversKeys)) {
      continue;
    } else if (std::ranges::find(keywords, key) != keywords.end()) {
      parameters.values[key] = value;
    } else {
      add_setting(parameters, key, value, pooled);
    }
  }
  add_defaults(parameters, keywords, environment);
  return parameters;
}

}  // namespace rhumb::driver::postgres
