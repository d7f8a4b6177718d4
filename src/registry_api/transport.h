#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace rhumb::registry_api {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpReply {
  int status = 0;
  HttpHeaders headers;
  std::string body;

  /// The first header of that name in any case, or "".
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

/// How a request travels: one attempt, no retries. The real one is over the HTTP client; tests hand
/// in a scripted one.
class Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  /// Any status is an answer. Errors: kUnavailable when there was none.
  virtual Result<HttpReply> post(const std::string& url,
                                 const HttpHeaders& headers,
                                 const std::string& body) = 0;
  /// Waits before the next attempt. Errors: kCancelled when the person asked to stop.
  virtual Result<void> wait(std::chrono::milliseconds duration) = 0;
};

}  // namespace rhumb::registry_api
