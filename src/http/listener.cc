// One acceptor hands sockets to the I/O threads in turn. Sharing the port between acceptors of
// several threads (SO_REUSEPORT) would also let a second server of the same user bind it, and "the
// address is in use" must be said. Each I/O thread runs its own io_context, so everything a
// connection does happens on one thread and needs no lock; other threads only post to it.

#include "http/listener.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <future>
#include <thread>
#include <utility>
#include <vector>

#include "http/connections_internal.h"

namespace rhumb::http {
namespace {

using boost::system::error_code;
using std::chrono::milliseconds;
using tcp = asio::ip::tcp;

constexpr milliseconds kAcceptPause{100};
constexpr size_t kIoThreadsMax = 8;

/// An event loop and the thread that runs it.
class IoThread {
 public:
  IoThread() : work_(asio::make_work_guard(context_)), thread_([this] { run(); }) {}
  ~IoThread() { stop(); }
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  asio::io_context& context() { return context_; }
  void stop() {
    context_.stop();
    if (thread_.joinable()) {
      thread_.join();
    }
  }

 private:
  /// An exception (no memory, say) ends what threw it, not the thread and its other connections.
  void run() {
    while (!context_.stopped()) {
      try {
        context_.run();
      } catch (...) {
        continue;
      }
    }
  }

  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::thread thread_;
};

class AsioListener : public Listener {
 public:
  AsioListener(const ServerOptions& options, Dispatch dispatch)
      : shared_(options, std::move(dispatch)) {}
  ~AsioListener() override { AsioListener::stop(); }

  Result<void> listen() {
    if (!shared_.options.tls_certificate_file.empty()) {
      shared_.tls =
          TRY(TlsContext::load({shared_.options.tls_certificate_file, shared_.options.tls_key_file},
                               shared_.options.error_log));
    }
    const tcp::endpoint endpoint = TRY(resolve());
    TRY(bind(endpoint));
    size_t threads = shared_.options.io_threads;
    if (threads == 0) {
      threads = std::clamp<size_t>(std::thread::hardware_concurrency(), 1, kIoThreadsMax);
    }
    for (size_t i = 0; i < threads; ++i) {
      threads_.push_back(std::make_unique<IoThread>());
    }
    shared_.on_room = [this] { asio::post(accepting_.context(), [this] { accept(); }); };
    asio::post(accepting_.context(), [this] { accept(); });
    return {};
  }

  [[nodiscard]] uint16_t port() const override { return local_.port(); }

  [[nodiscard]] std::string base_url() const override {
    const std::string address = local_.address().to_string();
    return fmt::format("{}://{}:{}", shared_.tls ? "https" : "http",
                       local_.address().is_v6() ? "[" + address + "]" : address, local_.port());
  }

  bool shutdown(milliseconds limit) override {
    shared_.stopping = true;
    stop_accepting();
    shared_.for_each(&ConnectionBase::begin_shutdown);
    const bool done = shared_.wait_until_empty(limit);
    if (!done) {
      shared_.for_each(&ConnectionBase::cut_off);
    }
    return done;
  }

  void stop() override {
    accepting_.stop();
    for (const auto& thread : threads_) {
      thread->stop();
    }
    shared_.on_room = [] {};
    for (const auto& connection : shared_.alive()) {
      connection->abandon();
    }
  }

 private:
  /// Returns when nobody can connect any more.
  void stop_accepting() {
    std::promise<void> closed;
    asio::post(accepting_.context(), [this, &closed] {
      error_code ignored;
      acceptor_.close(ignored);
      closed.set_value();
    });
    closed.get_future().wait();
  }

  Result<tcp::endpoint> resolve() {
    error_code error;
    const asio::ip::address address = asio::ip::make_address(shared_.options.host, error);
    if (!error) {
      return tcp::endpoint(address, shared_.options.port);
    }
    tcp::resolver resolver(accepting_.context());
    const auto found = resolver.resolve(shared_.options.host, "", error);
    if (error || found.empty()) {
      return Error(ErrorCode::kIo, fmt::format("no address for host \"{}\": {}",
                                               shared_.options.host, error.message()));
    }
    return tcp::endpoint(found.begin()->endpoint().address(), shared_.options.port);
  }

  Result<void> bind(const tcp::endpoint& endpoint) {
    error_code error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) {
      acceptor_.set_option(asio::socket_base::reuse_address(true), error);
      acceptor_.bind(endpoint, error);
    }
    if (!error) {
      acceptor_.listen(asio::socket_base::max_listen_connections, error);
    }
    if (error) {
      const std::string where = fmt::format("{}:{}", shared_.options.host, shared_.options.port);
      if (error == asio::error::address_in_use) {
        return Error(ErrorCode::kConflict, fmt::format("address {} is in use", where));
      }
      return Error(ErrorCode::kIo, fmt::format("cannot listen on {}: {}", where, error.message()));
    }
    local_ = acceptor_.local_endpoint(error);
    return {};
  }

  /// On the accepting thread. One accept is pending unless there are too many connections.
  void accept() {
    if (pending_ || shared_.stopping || shared_.count() >= shared_.options.connections_max) {
      return;
    }
    pending_ = true;
    IoThread& thread = *threads_[next_++ % threads_.size()];
    acceptor_.async_accept(thread.context(), [this](error_code error, tcp::socket socket) {
      pending_ = false;
      if (error == asio::error::operation_aborted) {
        return;
      }
      if (error) {  // out of descriptors, for example: others must be closed first
        pause_.expires_after(kAcceptPause);
        pause_.async_wait([this](error_code) { accept(); });
        return;
      }
      start_connection(shared_, std::move(socket));
      accept();
    });
  }

  SharedState shared_;
  std::vector<std::unique_ptr<IoThread>> threads_;
  IoThread accepting_;
  tcp::acceptor acceptor_{accepting_.context()};
  asio::steady_timer pause_{accepting_.context()};
  tcp::endpoint local_;
  bool pending_ = false;
  size_t next_ = 0;
};

}  // namespace

Result<std::unique_ptr<Listener>> Listener::start(const ServerOptions& options, Dispatch dispatch) {
  auto listener = std::make_unique<AsioListener>(options, std::move(dispatch));
  TRY(listener->listen());
  return std::unique_ptr<Listener>(std::move(listener));
}

}  // namespace rhumb::http
