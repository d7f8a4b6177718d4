#include "cli/http_access.h"

#include <algorithm>

#include "http/client.h"
#include "sys/clock.h"
#include "sys/environment.h"

namespace rhumb::cli {
namespace {

constexpr std::chrono::seconds kAttemptMax{30};

}  // namespace

HttpAccess::HttpAccess(const sys::Environment& environment, sys::Clock& clock)
    : environment_(environment), clock_(clock) {}

HttpAccess::~HttpAccess() = default;

Result<http::Client*> HttpAccess::client() {
  if (client_ == nullptr) {
    http::Client opened = TRY(http::Client::create(
        {.ca_file = environment_.get_or_empty("ATLAS_CLOUD_CA"), .proxy_from_environment = true}));
    client_ = std::make_unique<http::Client>(std::move(opened));
  }
  return client_.get();
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

}  // namespace rhumb::cli
