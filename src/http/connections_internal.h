#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "http/listener.h"
#include "http/tls_context_internal.h"

/// What the listener knows of its connections, and they of it.
namespace rhumb::http {

namespace asio = boost::asio;

/// What the owner of all connections can ask one of them; called on its I/O thread.
class ConnectionBase {
 public:
  ConnectionBase() = default;
  ConnectionBase(const ConnectionBase&) = delete;
  ConnectionBase& operator=(const ConnectionBase&) = delete;
  virtual ~ConnectionBase() = default;

  virtual asio::any_io_executor executor() = 0;
  /// Closes when idle; else the connection ends after its request.
  virtual void begin_shutdown() = 0;
  virtual void cut_off() = 0;
  /// Sends what the stream has queued.
  virtual void pump() = 0;
  /// The I/O threads have ended: nothing may be posted to them any more. On any thread.
  virtual void abandon() = 0;
};

/// What all connections of a server share.
class SharedState {
 public:
  SharedState(ServerOptions server_options, Dispatch server_dispatch)
      : options(std::move(server_options)), dispatch(std::move(server_dispatch)) {}

  const ServerOptions options;
  const Dispatch dispatch;
  std::unique_ptr<TlsContext> tls;  // null: none; asked on the accepting thread
  std::atomic<bool> stopping = false;
  std::function<void()> on_room;  // set before the first connection: one has closed

  void add(const std::shared_ptr<ConnectionBase>& connection) {
    const std::lock_guard lock(mutex_);
    connections_[connection.get()] = connection;
  }
  void remove(const ConnectionBase* connection) {
    {
      const std::lock_guard lock(mutex_);
      connections_.erase(connection);
    }
    changed_.notify_all();
    on_room();
  }
  size_t count() {
    const std::lock_guard lock(mutex_);
    return connections_.size();
  }
  std::vector<std::shared_ptr<ConnectionBase>> alive() {
    std::vector<std::shared_ptr<ConnectionBase>> connections;
    const std::lock_guard lock(mutex_);
    for (const auto& entry : connections_) {
      if (std::shared_ptr<ConnectionBase> connection = entry.second.lock()) {
        connections.push_back(std::move(connection));
      }
    }
    return connections;
  }
  /// Runs `what` for every connection on its own thread.
  void for_each(void (ConnectionBase::*what)()) {
    for (const auto& connection : alive()) {
      asio::post(connection->executor(), [connection, what] { (connection.get()->*what)(); });
    }
  }
  bool wait_until_empty(std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, limit, [this] { return connections_.empty(); });
  }

 private:
  std::mutex mutex_;  // guards the members below
  std::condition_variable changed_;
  std::map<const ConnectionBase*, std::weak_ptr<ConnectionBase>> connections_;
};

/// Serves what arrives on the socket until it is closed; over TLS when `shared` has a context.
void start_connection(SharedState& shared, asio::ip::tcp::socket socket);

}  // namespace rhumb::http
