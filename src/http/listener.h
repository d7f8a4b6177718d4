#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "http/message.h"
#include "http/server.h"

namespace rhumb::http {

/// Takes the response of a request; called once, from any thread.
using Respond = std::function<void(Response)>;

/// What connections hand complete requests to; returns at once.
using Dispatch = std::function<void(Request, Respond)>;

/// Sockets, TLS and the HTTP protocol, without the workers. Internal to this folder, like the
/// networking library, which no other header than those of connections includes.
class Listener {
 public:
  /// Errors: as Server::start().
  static Result<std::unique_ptr<Listener>> start(const ServerOptions& options, Dispatch dispatch);

  Listener() = default;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  virtual ~Listener() = default;

  [[nodiscard]] virtual std::string base_url() const = 0;
  [[nodiscard]] virtual uint16_t port() const = 0;
  /// Stops accepting, closes idle connections, ends streams and waits for the rest.
  virtual bool shutdown(std::chrono::milliseconds limit) = 0;
  /// Ends the I/O threads; nothing is called back afterwards.
  virtual void stop() = 0;
};

}  // namespace rhumb::http
