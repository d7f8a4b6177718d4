#pragma once

#include <functional>
#include <string>
#include <vector>

#include "provider/http_sender.h"

namespace rhumb::provider {

/// Answers with what a function of the test returns, and keeps what was asked; without a function
/// nobody answers.
class FakeSender final : public HttpSender {
 public:
  [[nodiscard]] Result<http::ClientResponse> send(const http::ClientRequest& request,
                                                  Route route) override {
    requests.push_back(request);
    routes.push_back(route);
    if (!answer) {
      return Error(ErrorCode::kUnavailable, "connection refused");
    }
    return answer(request);
  }
  /// `GET http://host/path`, one a line.
  [[nodiscard]] std::string log() const {
    std::string lines;
    for (const http::ClientRequest& request : requests) {
      lines += request.method + " " + request.url + "\n";
    }
    return lines;
  }

  std::function<http::ClientResponse(const http::ClientRequest&)> answer;
  std::vector<http::ClientRequest> requests;
  std::vector<Route> routes;
};

}  // namespace rhumb::provider
