#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "http/headers.h"
#include "http/ip_address.h"

namespace rhumb::http {

/// One request to send. Not sent by itself: credentials, a User-Agent, a Content-Type; put them
/// into `headers`.
struct ClientRequest {
  std::string method = "GET";
  std::string url;  ///< absolute, http or https; used byte for byte
  Headers headers;
  std::string body;
  std::chrono::milliseconds timeout = std::chrono::seconds(30);  ///< of the whole attempt; 0: none
  std::chrono::milliseconds connect_timeout = std::chrono::seconds(10);
  size_t response_bytes_max = size_t{128} << 20;  ///< of the body after decompression
  bool cut_response = false;                      ///< what is beyond is dropped, and not an error
  /// Asked about once a second and at every piece of data; true ends the request.
  std::function<bool()> cancelled;
  /// Asked about every address before it is connected to, whatever its name resolved to before; a
  /// reason ends the request. Null: none is refused. With it no proxy is used and no connection is
  /// kept or taken over: each was asked about.
  std::function<std::optional<std::string>(const IpAddress&)> refuse_address;
};

/// What came back, of any status. Redirects are not followed; a compressed body is decompressed.
struct ClientResponse {
  int status = 0;
  Headers headers;
  std::string body;
};

/// Sends HTTP requests; keeps its connections open between them.
///
/// Shape: proxies come from the environment (`http_proxy`, `https_proxy`, `no_proxy`, ...);
/// certificates are checked against those of the system, and of the file SSL_CERT_FILE.
/// Threads: one at a time per client.
class Client {
 public:
  struct Options {
    /// PEM certificates to trust in place of those of SSL_CERT_FILE; empty: these, if there are
    /// any.
    std::string ca_file;
    bool proxy_from_environment = true;
    /// URL of a proxy in place of that of the environment; empty: none.
    std::string proxy{};
    /// Whatever `no_proxy` says: hosts that it names are reached through `proxy`, too.
    bool proxy_for_all = false;
  };

  /// Errors: kUnsupported when libcurl is not installed; the message names the package.
  static Result<Client> create(Options options);
  static Result<Client> create() { return create(Options()); }

  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();

  /// One attempt.
  ///
  /// Errors: kInvalid (the URL is not one, another scheme, a header with a line break), kLimit (the
  /// body is larger than allowed), kCancelled, kDenied (the address was refused), kUnavailable (no
  /// connection, no answer in time, certificate refused, connection lost), with libcurl's text and
  /// its number as cause.
  Result<ClientResponse> send(const ClientRequest& request);

 private:
  class Impl;
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace rhumb::http
