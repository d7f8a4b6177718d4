#include "cli/ci_token.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cli/app.h"
#include "cli/device_login.h"
#include "cli/http_access.h"
#include "cli/registry_session.h"
#include "codec/json.h"
#include "codec/url.h"
#include "http/client.h"
#include "provider/http_sender.h"
#include "sys/environment.h"
#include "sys/files.h"

namespace rhumb::cli {
namespace {

using codec::Json;

Error without_answer(std::string_view who, int status) {
  return Error(ErrorCode::kUnavailable,
               fmt::format("{} gives no token for this job: it answers {}", who, status));
}

/// A job without the permission has no such address.
Result<std::optional<std::string>> ask_github(App& app, const std::string& endpoint) {
  const std::string url = app.environment.get_or_empty("ACTIONS_ID_TOKEN_REQUEST_URL");
  const std::string token = app.environment.get_or_empty("ACTIONS_ID_TOKEN_REQUEST_TOKEN");
  if (url.empty() || token.empty()) {
    return std::optional<std::string>();
  }
  std::string audience = app.environment.get_or_empty("RHUMB_ID_TOKEN_AUDIENCE");
  if (audience.empty()) {
    audience = beside_endpoint(endpoint, "");
  }
  http::ClientRequest request;
  request.url = fmt::format("{}{}audience={}", url, url.find('?') == std::string::npos ? "?" : "&",
                            codec::query_escape(audience));
  request.headers = {{"Authorization", "Bearer " + token}, {"Accept", "application/json"}};
  const http::ClientResponse response = TRY(app.http.send(request, provider::Route::kNetwork));
  const Result<Json> body = codec::parse_json(response.body);
  std::string value = body && body->is_object() ? body->string_or_empty("value") : "";
  if (response.status != 200 || value.empty()) {
    return without_answer("GitHub", response.status);
  }
  return std::optional<std::string>(std::move(value));
}

Result<std::optional<std::string>> find_platform_token(App& app, const std::string& endpoint) {
  const std::string given = app.environment.get_or_empty("RHUMB_ID_TOKEN");
  if (!given.empty()) {
    return std::optional<std::string>(given);
  }
  const std::string file = app.environment.get_or_empty("RHUMB_ID_TOKEN_FILE");
  if (!file.empty()) {
    const std::string text = TRY(sys::read_file(file));
    return std::optional<std::string>(std::string(trim(text)));
  }
  return ask_github(app, endpoint);
}

}  // namespace

Result<std::optional<std::string>> exchange_ci_token(App& app, const std::string& endpoint) {
  const std::optional<std::string> token = TRY(find_platform_token(app, endpoint));
  if (!token.has_value()) {
    return std::optional<std::string>();
  }
  const registry_api::HttpReply reply = TRY(app.http.post(
      beside_endpoint(endpoint, "/oauth/token"),
      {{"Content-Type", "application/x-www-form-urlencoded"},
       {"Accept", "application/json"},
       {"User-Agent", user_agent(app)}},
      "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&subject_token_type="
      "urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Ajwt&subject_token=" +
          codec::query_escape(*token)));
  const Result<Json> body = codec::parse_json(reply.body);
  const bool is_object = body && body->is_object();
  std::string access = is_object ? body->string_or_empty("access_token") : "";
  if (reply.status == 200 && !access.empty()) {
    return std::optional<std::string>(std::move(access));
  }
  const std::string why = is_object ? body->string_or_empty("error_description") : "";
  return Error(reply.status >= 500 ? ErrorCode::kUnavailable : ErrorCode::kDenied,
               fmt::format("the registry gives no token for this CI job: {}",
                           why.empty() ? fmt::format("it answers {}", reply.status) : why));
}

}  // namespace rhumb::cli
