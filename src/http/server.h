#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "http/message.h"
#include "http/trusted_proxies.h"

namespace rhumb::http {

/// One finished request, for the access log.
struct AccessEntry {
  std::string method;  ///< empty when the request could not be read
  std::string target;
  std::string remote_address;
  std::string user_agent;
  std::string request_id;
  std::string trace_id;  ///< of the header `traceparent`, 32 hexadecimal digits; empty: none
  int status = 0;
  size_t request_bytes = 0;   ///< of the body
  size_t response_bytes = 0;  ///< of the body as sent, all pieces of a stream
  std::chrono::nanoseconds duration{};
};

/// Answers a request; runs on a worker and may block.
using Handler = std::function<Response(const Request&)>;

struct ServerOptions {
  std::string host = "127.0.0.1";    ///< address or name to listen on
  uint16_t port = 0;                 ///< 0 picks a free one; Server::port() tells which
  std::string tls_certificate_file;  ///< PEM chain; empty: no TLS
  std::string tls_key_file;          ///< PEM
  size_t io_threads = 0;             ///< 0: one for each core, at most 8
  size_t worker_threads = 16;
  size_t worker_queue_max = 1024;   ///< requests waiting for a worker; more are answered with 503
  size_t connections_max = 10'000;  ///< more wait in the system's queue until one closes
  size_t header_bytes_max = size_t{64} << 10;
  size_t body_bytes_max = size_t{64} << 20;
  size_t stream_bytes_max = size_t{1} << 20;  ///< queued for one slow reader of a stream
  size_t gzip_bytes_min = 1024;               ///< smaller bodies are sent as they are
  /// From the first byte of a request to the end of its headers, however slowly they come.
  std::chrono::milliseconds header_timeout = std::chrono::seconds(15);
  /// For the body, plus a second for every 32 KiB that are announced.
  std::chrono::milliseconds body_timeout = std::chrono::seconds(30);
  /// Between requests on a kept connection, and for a TLS handshake.
  std::chrono::milliseconds idle_timeout = std::chrono::seconds(75);
  /// For a response or a piece of a stream, plus a second for every 32 KiB.
  std::chrono::milliseconds write_timeout = std::chrono::seconds(30);
  TrustedProxies trusted_proxies;  ///< whose X-Forwarded-For and X-Forwarded-Proto count
  /// Called on an I/O thread after each request; must be quick.
  std::function<void(const AccessEntry&)> access_log;
  /// Called with what went wrong inside, for example an exception that left a handler.
  std::function<void(const std::string&)> error_log;
};

/// An HTTP/1.1 server: connections on a few I/O threads, handlers on a pool of workers.
///
/// Shape: connections are kept; requests of one connection are answered in their order, also when
/// they were sent without waiting. A malformed or too large request is answered with 400, 413 or
/// 431 and the connection is closed; one that is too slow is cut off and logged as 408.
/// Threads: all functions are safe from any thread.
class Server {
 public:
  /// Listens and serves from the moment it returns.
  ///
  /// Errors: kConflict `address 127.0.0.1:8484 is in use`, kIo (not allowed, no such address),
  /// kInvalid (certificate or key unreadable or not belonging together).
  static Result<std::unique_ptr<Server>> start(ServerOptions options, Handler handler);

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  /// Stops without waiting for clients.
  ~Server();

  [[nodiscard]] uint16_t port() const;
  /// `http://127.0.0.1:8484`, the address that is really listened on.
  [[nodiscard]] std::string base_url() const;

  /// No new connections and requests; requests being served are finished, streams are ended. True
  /// when all were done within `limit`; the rest is cut off. Repeating it returns at once.
  bool shutdown(std::chrono::milliseconds limit);

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace rhumb::http
