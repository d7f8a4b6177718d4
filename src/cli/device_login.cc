#include "cli/device_login.h"

#include <algorithm>
#include <chrono>

#include "cli/app.h"
#include "cli/http_access.h"
#include "cli/registry_session.h"
#include "codec/json.h"
#include "codec/url.h"
#include "sys/clock.h"

namespace rhumb::cli {
namespace {

using codec::Json;

constexpr std::string_view kClient = "rhumb-cli";
constexpr int64_t kIntervalSeconds = 5;  // where the registry does not say (RFC 8628 3.5)
constexpr int64_t kIntervalSecondsMax = 60;
constexpr int kFailuresMax = 10;

struct Grant {
  std::string device_code;
  std::string user_code;
  std::string page;  ///< with the code, where the registry offers that
  int64_t expires_in = 0;
  int64_t interval = 0;
};

registry_api::HttpHeaders form_headers(const App& app) {
  return {{"Content-Type", "application/x-www-form-urlencoded"},
          {"Accept", "application/json"},
          {"User-Agent", user_agent(app)}};
}

Error not_offered() {
  return Error(ErrorCode::kUnsupported,
               "the registry offers no login by browser: pass --token or set ATLAS_TOKEN");
}

Result<Grant> ask_for_grant(App& app, const std::string& endpoint) {
  const std::string url = beside_endpoint(endpoint, "/oauth/device_authorization");
  const registry_api::HttpReply reply =
      TRY(app.http.post(url, form_headers(app), "client_id=" + std::string(kClient)));
  if (reply.status == 429) {
    return Error(ErrorCode::kLimit, "too many logins wait at the registry; try again later");
  }
  const Result<Json> body = codec::parse_json(reply.body);
  if (reply.status != 200 || !body || !body->is_object()) {
    return not_offered();
  }
  Grant grant;
  grant.device_code = body->string_or_empty("device_code");
  grant.user_code = body->string_or_empty("user_code");
  grant.page = body->string_or_empty("verification_uri_complete");
  if (grant.page.empty()) {
    grant.page = body->string_or_empty("verification_uri");
  }
  grant.expires_in = body->find_int("expires_in").value_or(0);
  grant.interval = std::clamp<int64_t>(body->find_int("interval").value_or(kIntervalSeconds), 1,
                                       kIntervalSecondsMax);
  const bool is_whole = !grant.device_code.empty() && !grant.user_code.empty() &&
                        !grant.page.empty() && grant.expires_in > 0;
  return is_whole ? Result<Grant>(std::move(grant)) : Result<Grant>(not_offered());
}

/// What one poll came to: a token, an error that ends it, or neither.
struct Poll {
  std::string token;
  std::string error;
  bool slower = false;
};

Poll read_poll(const registry_api::HttpReply& reply) {
  const Result<Json> body = codec::parse_json(reply.body);
  Poll poll;
  if (body && body->is_object()) {
    poll.token = reply.status == 200 ? body->string_or_empty("access_token") : "";
    poll.error = body->string_or_empty("error");
  }
  poll.slower = poll.error == "slow_down" || reply.status == 429;
  const bool goes_on = poll.slower || poll.error == "authorization_pending" ||
                       poll.error == "temporarily_unavailable" || reply.status >= 500;
  if (goes_on) {
    poll.error.clear();
  } else if (poll.token.empty() && poll.error.empty()) {
    poll.error = "invalid_response";
  }
  return poll;
}

Error refusal(const std::string& error) {
  if (error == "access_denied") {
    return Error(ErrorCode::kDenied, "the login was refused at the registry");
  }
  if (error == "expired_token") {
    return Error(ErrorCode::kDenied, "nobody confirmed the code in time; run the command again");
  }
  return Error(ErrorCode::kUnavailable, "the registry ended the login: " + error);
}

Result<std::string> wait_for_token(App& app, const std::string& endpoint, Grant grant) {
  const std::string url = beside_endpoint(endpoint, "/oauth/token");
  const std::string body =
      "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&client_id=" +
      std::string(kClient) + "&device_code=" + codec::query_escape(grant.device_code);
  const auto end = app.clock.now() + std::chrono::seconds(grant.expires_in);
  int failures = 0;
  while (app.clock.now() < end) {
    TRY(app.http.wait(std::chrono::seconds(grant.interval)));
    const Result<registry_api::HttpReply> reply = app.http.post(url, form_headers(app), body);
    if (!reply) {
      // The registry may be restarted while somebody looks for the page.
      if (reply.error().code() != ErrorCode::kUnavailable || ++failures > kFailuresMax) {
        return reply.error();
      }
      continue;
    }
    failures = 0;
    const Poll poll = read_poll(*reply);
    if (!poll.token.empty()) {
      return poll.token;
    }
    if (!poll.error.empty()) {
      return refusal(poll.error);
    }
    grant.interval = std::min(grant.interval + (poll.slower ? 5 : 0), kIntervalSecondsMax);
  }
  return refusal("expired_token");
}

}  // namespace

std::string beside_endpoint(const std::string& endpoint, std::string_view path) {
  std::string base = endpoint.substr(0, endpoint.find_first_of("?#"));
  while (base.ends_with('/')) {
    base.pop_back();
  }
  for (const std::string_view suffix : {"/api/query", "/query", "/graphql"}) {
    if (base.ends_with(suffix)) {
      base.resize(base.size() - suffix.size());
      break;
    }
  }
  return base + std::string(path);
}

Result<std::string> log_in_by_device(App& app, const std::string& endpoint) {
  Grant grant = TRY(ask_for_grant(app, endpoint));
  app.err << "Open " << grant.page << "\nand confirm the code " << grant.user_code
          << "\nWaiting for you there ...\n"
          << std::flush;
  return wait_for_token(app, endpoint, std::move(grant));
}

}  // namespace rhumb::cli
