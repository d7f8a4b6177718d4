#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sys/cancellation.h"

namespace rhumb::driver {
class DriverRegistry;
}  // namespace rhumb::driver
namespace rhumb::provider {
class HttpSender;
}  // namespace rhumb::provider
namespace rhumb::registry_api {
class Transport;
}  // namespace rhumb::registry_api
namespace rhumb::sys {
class Clock;
class Environment;
class ProcessRunner;
}  // namespace rhumb::sys

namespace rhumb::project {

/// Reads a document over HTTP; the real one is over the HTTP client.
class HttpFetcher {
 public:
  HttpFetcher() = default;
  HttpFetcher(const HttpFetcher&) = delete;
  HttpFetcher& operator=(const HttpFetcher&) = delete;
  virtual ~HttpFetcher() = default;

  /// The body of a 2xx answer. Errors: kUnavailable; the message has no URL in it.
  [[nodiscard]] virtual Result<std::string> get(const std::string& url,
                                                std::chrono::nanoseconds timeout) = 0;
};

/// What evaluating a file may ask of the world; each member only when the file needs it.
/// Lifetime: references live as long as the call.
struct Host {
  const sys::Environment& environment;
  const driver::DriverRegistry& drivers;  ///< `data "sql"`
  sys::ProcessRunner& processes;          ///< `data "external"`
  HttpFetcher& http;                      ///< `data "runtimevar"`
  registry_api::Transport& registry;      ///< `data "remote_dir"`, `data "cloud_databases"`
  provider::HttpSender& provider;         ///< what asks AWS and Google Cloud
  const sys::Clock& clock;                ///< of signatures
  std::string user_agent{};               ///< of requests to the registry
  sys::CancellationToken cancellation{};  ///< ends programs that run
  /// One line of `print`, for stderr; may be empty.
  std::function<void(std::string_view line)> print{};
};

}  // namespace rhumb::project
