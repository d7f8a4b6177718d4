#pragma once

#include "base/result.h"
#include "http/client.h"

namespace rhumb::provider {

/// Where a request goes: over the network, or to a server of the machine it is sent from, which no
/// proxy may see and which answers at once or is not there.
enum class Route { kNetwork, kMachine };

/// Sends one request; an interface, so that tests need no network.
class HttpSender {
 public:
  HttpSender() = default;
  HttpSender(const HttpSender&) = delete;
  HttpSender& operator=(const HttpSender&) = delete;
  virtual ~HttpSender() = default;

  /// Any status is an answer. Errors: those of http::Client::send.
  [[nodiscard]] virtual Result<http::ClientResponse> send(const http::ClientRequest& request,
                                                          Route route) = 0;
};

/// The kind of failure that a status stands for: kDenied for 401 and 403, kNotFound for 404,
/// kUnavailable for the others.
[[nodiscard]] ErrorCode code_of_status(int status);
/// `unexpected status code 500`: nothing of the answer, which may hold anything.
[[nodiscard]] Error status_error(int status);

/// As HttpSender::send; an answer of another status than 2xx is an error, see status_error.
[[nodiscard]] Result<std::string> send_for_body(HttpSender& sender,
                                                const http::ClientRequest& request,
                                                Route route);

}  // namespace rhumb::provider
