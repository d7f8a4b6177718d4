#include "provider/http_sender.h"

#include <fmt/format.h>

namespace rhumb::provider {

ErrorCode code_of_status(int status) {
  if (status == 401 || status == 403) {
    return ErrorCode::kDenied;
  }
  return status == 404 ? ErrorCode::kNotFound : ErrorCode::kUnavailable;
}

Error status_error(int status) {
  return Error(code_of_status(status), fmt::format("unexpected status code {}", status));
}

Result<std::string> send_for_body(HttpSender& sender,
                                  const http::ClientRequest& request,
                                  Route route) {
  http::ClientResponse response = TRY(sender.send(request, route));
  if (response.status < 200 || response.status > 299) {
    return status_error(response.status);
  }
  return std::move(response.body);
}

}  // namespace rhumb::provider
