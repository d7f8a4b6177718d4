#include "cli/http_access.h"

#include <algorithm>

#include "http/client.h"
#include "sys/clock.h"
#include "sys/environment.h"

namespace rhumb::cli {
namespace {

constexpr std::chrono::seconds kAttemptMax{30};

Result<http::Client*> open_once(std::unique_ptr<http::Client>& client,
                                const http::Client::Options& options) {
  if (client == nullptr) {
    http::Client opened = TRY(http::Client::create(options));
    client = std::make_unique<http::Client>(std::move(opened));
  }
  return client.get();
}

}  // namespace

HttpAccess::HttpAccess(const sys::Environment& environment, sys::Clock& clock)
    : environment_(environment), clock_(clock) {}

HttpAccess::~HttpAccess() = default;

Result<http::Client*> HttpAccess::client() {
  return open_once(client_, {.ca_file = environment_.get_or_empty("ATLAS_CLOUD_CA"),
                             .proxy_from_environment = true});
}

void HttpAccess::limit(std::chrono::nanoseconds budget) {
  deadline_ = clock_.now() + budget;
}

std::chrono::milliseconds HttpAccess::attempt_time() const {
  if (!deadline_) {
    return kAttemptMax;
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline_ - clock_.now());
  return std::clamp<std::chrono::milliseconds>(left, std::chrono::milliseconds(1), kAttemptMax);
}

Result<registry_api::HttpReply> HttpAccess::post(const std::string& url,
                                                 const registry_api::HttpHeaders& headers,
                                                 const std::string& body) {
  http::Client* opened = TRY(client());
  http::ClientRequest request;
  request.method = "POST";
  request.url = url;
  request.headers = headers;
  request.body = body;
  request.timeout = attempt_time();
  if (!stop_.is_cancelled()) {
    request.cancelled = [this] { return stop_.is_cancelled(); };
  }
  http::ClientResponse response = TRY(opened->send(request));
  return registry_api::HttpReply{.status = response.status,
                                 .headers = std::move(response.headers),
                                 .body = std::move(response.body)};
}

Result<void> HttpAccess::wait(std::chrono::milliseconds duration) {
  if (stop_.wait_for(duration)) {
    return Error(ErrorCode::kCancelled, "interrupted");
  }
  return {};
}

Result<std::string> HttpAccess::get(const std::string& url, std::chrono::nanoseconds timeout) {
  http::Client* opened = TRY(client());
  http::ClientRequest request;
  request.url = url;
  request.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(timeout);
  request.cancelled = [this] { return stop_.is_cancelled(); };
  const http::ClientResponse response = TRY(opened->send(request));
  if (response.status < 200 || response.status > 299) {
    return Error(ErrorCode::kUnavailable,
                 "unexpected status code " + std::to_string(response.status));
  }
  return response.body;
}

Result<http::ClientResponse> HttpAccess::send(const http::ClientRequest& request,
                                              provider::Route route) {
  const bool is_near = route == provider::Route::kMachine;
  http::Client* opened = TRY(open_once(
      is_near ? machine_ : network_,
      {.ca_file = environment_.get_or_empty("AWS_CA_BUNDLE"), .proxy_from_environment = !is_near}));
  http::ClientRequest stoppable = request;
  stoppable.cancelled = [this] { return stop_.is_cancelled(); };
  return opened->send(stoppable);
}

}  // namespace rhumb::cli
