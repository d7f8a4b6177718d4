#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "project/host.h"
#include "provider/http_sender.h"
#include "registry_api/transport.h"
#include "sys/cancellation.h"

namespace rhumb::http {
class Client;
}  // namespace rhumb::http
namespace rhumb::sys {
class Clock;
class Environment;
}  // namespace rhumb::sys

namespace rhumb::cli {

/// The process's way to HTTP: opened on first use, so that commands without a request load nothing;
/// one client for each way, so that connections are kept between requests.
class HttpAccess final : public registry_api::Transport,
                         public project::HttpFetcher,
                         public provider::HttpSender {
 public:
  HttpAccess(const sys::Environment& environment, sys::Clock& clock);
  ~HttpAccess() override;

  /// Requests under way and waits end when the person asks to stop. A request that begins later is
  /// sent: it tells how the run ended.
  void stop_with(sys::CancellationToken stop) { stop_ = std::move(stop); }
  /// From now on no attempt goes on beyond `budget`, counted from here.
  void limit(std::chrono::nanoseconds budget);
  void lift_limit() { deadline_.reset(); }

  Result<registry_api::HttpReply> post(const std::string& url,
                                       const registry_api::HttpHeaders& headers,
                                       const std::string& body) override;
  Result<void> wait(std::chrono::milliseconds duration) override;
  [[nodiscard]] Result<std::string> get(const std::string& url,
                                        std::chrono::nanoseconds timeout) override;
  /// To a cloud provider, whose certificates are checked against those of the system, or of the
  /// file that AWS_CA_BUNDLE names, whatever the registry's are.
  [[nodiscard]] Result<http::ClientResponse> send(const http::ClientRequest& request,
                                                  provider::Route route) override;

 private:
  Result<http::Client*> client();
  [[nodiscard]] std::chrono::milliseconds attempt_time() const;

  const sys::Environment& environment_;
  sys::Clock& clock_;
  sys::CancellationToken stop_{};
  std::optional<std::chrono::sys_time<std::chrono::nanoseconds>> deadline_{};
  std::unique_ptr<http::Client> client_;
  std::unique_ptr<http::Client> network_;  // to cloud providers
  std::unique_ptr<http::Client> machine_;  // to servers of this machine
};

}  // namespace rhumb::cli
