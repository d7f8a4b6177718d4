#include "project/login.h"

#include "codec/json.h"
#include "sys/environment.h"
#include "sys/files.h"

namespace rhumb::project {
namespace {

using codec::Json;

constexpr uint32_t kPrivateDirectoryMode = 0700;
constexpr const char* kFileName = "/credentials.json";

Result<Json> read_credentials(const std::string& path) {
  if (!sys::file_exists(path)) {
    return Json::object();
  }
  const std::string text = TRY(sys::read_file(path));
  const Result<Json> parsed = codec::parse_json(text);
  if (!parsed.has_value() || !parsed.value().is_object()) {
    return invalid(path + ": not a credentials file; remove it and log in again");
  }
  return parsed.value();
}

StoredLogin to_login(const std::string& endpoint, const Json& entry) {
  return {.endpoint = endpoint,
          .token = entry.string_or_empty("token"),
          .org = entry.string_or_empty("org"),
          .grant_only = entry.find_bool("grantOnly").value_or(false)};
}

std::string first_set(std::initializer_list<std::string> texts) {
  for (const std::string& text : texts) {
    if (!text.empty()) {
      return text;
    }
  }
  return "";
}

}  // namespace

std::optional<std::string> state_directory(const sys::Environment& environment) {
  const std::string home = environment.get_or_empty("HOME");
  if (home.empty()) {
    return std::nullopt;
  }
  return home + "/.atlas";
}

Result<std::string> LoginStore::directory() const {
  std::optional<std::string> directory = state_directory(environment_);
  if (!directory) {
    return Error(ErrorCode::kIo, "HOME is not set: there is no place to keep a login");
  }
  return *std::move(directory);
}

Result<std::optional<StoredLogin>> LoginStore::find(const std::string& endpoint) const {
  if (!state_directory(environment_)) {
    return std::optional<StoredLogin>{};
  }
  const Json credentials = TRY(read_credentials(TRY(directory()) + kFileName));
  const std::string wanted = endpoint.empty() ? credentials.string_or_empty("default") : endpoint;
  const Json* logins = credentials.find_object("logins");
  if (logins == nullptr) {
    return std::optional<StoredLogin>{};
  }
  const Json* entry = logins->find(wanted);
  if (entry == nullptr) {
    entry = logins->find("");  // a grant stored before any endpoint was known serves every one
  }
  if (entry == nullptr) {
    return std::optional<StoredLogin>{};
  }
  return std::optional(to_login(wanted, *entry));
}

Result<void> LoginStore::put(const StoredLogin& login) const {
  const std::string folder = TRY(directory());
  const std::string file = folder + kFileName;
  TRY(sys::make_directories(folder, kPrivateDirectoryMode));
  Json credentials = TRY(read_credentials(file));
  Json entry = Json::object({{"token", login.token}});
  entry.set_unless_empty("org", login.org);
  entry.set_unless_empty("grantOnly", login.grant_only);
  Json logins = credentials.contains("logins") ? credentials.at("logins") : Json::object();
  logins.set(login.endpoint, std::move(entry));
  credentials.set("default", login.endpoint);
  credentials.set("logins", std::move(logins));
  const std::string text = codec::format_json(credentials, {.prefix = "", .indent = "  "}) + "\n";
  return sys::write_file_atomic(file, text, sys::kPrivateFileMode);
}

Result<void> LoginStore::clear() const {
  if (!state_directory(environment_)) {
    return {};
  }
  const std::string file = TRY(directory()) + kFileName;
  if (!sys::file_exists(file)) {
    return {};
  }
  return sys::remove_file(file);
}

Result<std::string> find_endpoint(const CloudConfig& cloud, const sys::Environment& environment) {
  const std::string configured =
      first_set({cloud.url, environment.get_or_empty("ATLAS_CLOUD_URL")});
  if (!configured.empty()) {
    return configured;
  }
  const std::optional<StoredLogin> stored = TRY(LoginStore(environment).find(""));
  return stored ? stored->endpoint : "";
}

Result<std::optional<Login>> find_login(const CloudConfig& cloud,
                                        const sys::Environment& environment) {
  const std::string endpoint = TRY(find_endpoint(cloud, environment));
  std::string token = first_set({cloud.token, environment.get_or_empty("ATLAS_TOKEN")});
  if (token.empty()) {
    const std::optional<StoredLogin> stored = TRY(LoginStore(environment).find(endpoint));
    token = stored ? stored->token : "";
  }
  if (endpoint.empty() || token.empty()) {
    return std::optional<Login>{};
  }
  return std::optional(Login{.endpoint = endpoint, .token = token, .org = cloud.org});
}

Error login_required() {
  return {ErrorCode::kDenied, "command requires 'atlas login'"};
}

}  // namespace rhumb::project
