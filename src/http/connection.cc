// Sockets, TLS and the HTTP protocol: the only file that includes Asio and Beast, because they take
// long to compile.
//
// One acceptor hands sockets to the I/O threads in turn. Sharing the port between acceptors of
// several threads (SO_REUSEPORT) would also let a second server of the same user bind it, and "the
// address is in use" must be said. Each I/O thread runs its own io_context, so everything a
// connection does happens on one thread and needs no lock; other threads only post to it.
//
// A connection goes round: idle -> reading -> serving (a worker has the request) -> writing, then
// idle again; or streaming, which ends with the connection.

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <condition_variable>
#include <map>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "base/text.h"
#include "codec/hex.h"
#include "http/listener.h"
#include "http/response_head.h"
#include "sys/random.h"

namespace rhumb::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using tcp = asio::ip::tcp;

constexpr size_t kReadBytes = 8192;
constexpr size_t kBytesPerSecond = size_t{32} << 10;
/// How long the rest of a refused request is read and dropped, so that the client sees the answer.
constexpr milliseconds kLinger{2000};
/// How long a TLS client has to confirm that it saw the end.
constexpr milliseconds kCloseNotify{300};
constexpr milliseconds kAcceptPause{100};
constexpr size_t kIoThreadsMax = 8;

milliseconds with_size(milliseconds base, uint64_t bytes) {
  return base + std::chrono::seconds(bytes / kBytesPerSecond);
}

std::string make_request_id() { return codec::hex_encode(sys::random_bytes<12>()); }

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
class Shared {
 public:
  Shared(ServerOptions server_options, Dispatch server_dispatch)
      : options(std::move(server_options)), dispatch(std::move(server_dispatch)) {}

  const ServerOptions options;
  const Dispatch dispatch;
  std::optional<asio::ssl::context> tls;
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
  bool wait_until_empty(milliseconds limit) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, limit, [this] { return connections_.empty(); });
  }

 private:
  std::mutex mutex_;  // guards the members below
  std::condition_variable changed_;
  std::map<const ConnectionBase*, std::weak_ptr<ConnectionBase>> connections_;
};

/// The queue between the threads that write a stream and the connection that sends it.
class QueuedStream : public ResponseStream {
 public:
  QueuedStream(std::weak_ptr<ConnectionBase> connection,
               asio::any_io_executor executor,
               size_t bytes_max)
      : connection_(std::move(connection)), executor_(std::move(executor)), bytes_max_(bytes_max) {}

  bool write(std::string piece) override {
    const std::lock_guard lock(mutex_);
    if (!open_) {
      return false;
    }
    const bool fits = queue_.size() + piece.size() <= bytes_max_;
    if (fits) {
      queue_ += piece;
    } else {
      open_ = false;
      overflow_ = true;
    }
    wake();
    return fits;
  }

  void close() override {
    const std::lock_guard lock(mutex_);
    if (open_) {
      open_ = false;
      wake();
    }
  }

  [[nodiscard]] bool is_open() const override {
    const std::lock_guard lock(mutex_);
    return open_;
  }

  struct Taken {
    std::string bytes;
    bool ended = false;     // nothing follows
    bool overflow = false;  // the reader was too slow
  };
  /// For the connection: what is queued, all at once.
  Taken take() {
    const std::lock_guard lock(mutex_);
    woken_ = false;
    return {.bytes = std::exchange(queue_, {}), .ended = !open_, .overflow = overflow_};
  }
  /// For the connection, which is going: no more posts. False when it was told before.
  bool detach() {
    const std::lock_guard lock(mutex_);
    open_ = false;
    connection_.reset();
    return std::exchange(attached_, false);
  }

 private:
  /// Under the lock. The executor is alive as long as the connection has not detached.
  void wake() {
    std::shared_ptr<ConnectionBase> connection = woken_ ? nullptr : connection_.lock();
    if (connection != nullptr) {
      woken_ = true;
      asio::post(executor_, [connection = std::move(connection)] { connection->pump(); });
    }
  }

  mutable std::mutex mutex_;  // guards the members below
  std::weak_ptr<ConnectionBase> connection_;
  asio::any_io_executor executor_;
  const size_t bytes_max_;
  std::string queue_;
  bool open_ = true;
  bool overflow_ = false;
  bool woken_ = false;
  bool attached_ = true;
};

template <typename Stream>
class Connection : public ConnectionBase, public std::enable_shared_from_this<Connection<Stream>> {
 public:
  static constexpr bool kTls = !std::is_same_v<Stream, beast::tcp_stream>;

  template <typename... Tls>
  Connection(Shared& shared, tcp::socket socket, Tls&... tls)
      : shared_(shared), stream_(std::move(socket), tls...) {
    error_code ignored;
    const auto remote = lowest().socket().remote_endpoint(ignored);
    remote_address_ = ignored ? "" : remote.address().to_string();
    lowest().socket().set_option(tcp::no_delay(true), ignored);
  }

  ~Connection() override {
    abandon();
    shared_.remove(this);
  }

  void start() {
    if constexpr (kTls) {
      lowest().expires_after(shared_.options.idle_timeout);
      stream_.async_handshake(asio::ssl::stream_base::server,
                              [self = this->shared_from_this()](error_code error) {
                                if (!error) {
                                  self->wait_for_request();
                                }
                              });
    } else {
      wait_for_request();
    }
  }

  asio::any_io_executor executor() override { return stream_.get_executor(); }

  void abandon() override {
    if (queue_ != nullptr) {
      queue_->detach();
    }
  }

  void begin_shutdown() override {
    if (state_ == State::kIdle) {
      cut_off();
    } else if (state_ == State::kStreaming) {
      queue_->close();
    }
  }

  void cut_off() override {
    error_code ignored;
    lowest().socket().shutdown(tcp::socket::shutdown_both, ignored);
    lowest().close();
  }

 private:
  enum class State { kIdle, kReading, kServing, kWriting, kStreaming };
  using Parser = beast::http::request_parser<beast::http::string_body>;

  beast::tcp_stream& lowest() { return beast::get_lowest_layer(stream_); }

  // --------------------------------------------------------------------------------- reading

  void wait_for_request() {
    if (shared_.stopping) {
      end_connection();
      return;
    }
    state_ = State::kIdle;
    parser_.emplace();
    parser_->header_limit(static_cast<uint32_t>(
        std::min<size_t>(shared_.options.header_bytes_max, UINT32_MAX)));
    parser_->body_limit(shared_.options.body_bytes_max);
    entry_ = {};
    entry_.remote_address = remote_address_;
    if (buffer_.size() > 0) {
      read_header();
      return;
    }
    lowest().expires_after(shared_.options.idle_timeout);
    stream_.async_read_some(
        buffer_.prepare(kReadBytes),
        [self = this->shared_from_this()](error_code error, size_t bytes) {
          if (!error) {
            self->buffer_.commit(bytes);
            self->read_header();
          }
        });
  }

  void read_header() {
    state_ = State::kReading;
    started_ = steady_clock::now();
    entry_.request_id = make_request_id();
    lowest().expires_after(shared_.options.header_timeout);
    beast::http::async_read_header(stream_, buffer_, *parser_,
                                   [self = this->shared_from_this()](error_code error, size_t) {
                                     self->on_header(error);
                                   });
  }

  void on_header(error_code error) {
    if (error) {
      refuse(error);
      return;
    }
    const auto& head = parser_->get();
    if (head.version() >= 11 && head.count(beast::http::field::host) != 1) {
      refuse_with(400, "request must have one Host header");
      return;
    }
    if (parser_->is_done()) {
      serve();
      return;
    }
    lowest().expires_after(
        with_size(shared_.options.body_timeout, parser_->content_length().value_or(0)));
    const auto expect = head[beast::http::field::expect];
    if (equal_fold_ascii({expect.data(), expect.size()}, "100-continue")) {
      static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      asio::async_write(stream_, asio::buffer(kContinue),
                        [self = this->shared_from_this()](error_code failed, size_t) {
                          if (!failed) {
                            self->read_body();
                          }
                        });
      return;
    }
    read_body();
  }

  void read_body() {
    beast::http::async_read(stream_, buffer_, *parser_,
                            [self = this->shared_from_this()](error_code error, size_t) {
                              if (error) {
                                self->refuse(error);
                              } else {
                                self->serve();
                              }
                            });
  }

  // --------------------------------------------------------------------------------- serving

  void serve() {
    state_ = State::kServing;
    lowest().expires_never();
    Request request = take_request();
    entry_.method = request.method;
    entry_.target = request.target;
    entry_.user_agent = std::string(request.header("User-Agent"));
    entry_.request_bytes = request.body.size();
    shared_.dispatch(std::move(request), [self = this->shared_from_this()](Response response) {
      self->take_response(std::move(response));
    });
  }

  Request take_request() {
    auto message = parser_->release();
    Request request;
    request.method = std::string(message.method_string());
    request.target = std::string(message.target());
    const Target target = split_target(request.target);
    request.path = std::string(target.path);
    request.query = std::string(target.query);
    for (const auto& field : message) {
      request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    }
    request.body = std::move(message.body());
    request.remote_address = remote_address_;
    request.id = entry_.request_id;
    request.secure = kTls;
    keep_alive_ = message.keep_alive();
    version_ = message.version();
    is_head_ = message.method() == beast::http::verb::head;
    return request;
  }

  /// On any thread.
  void take_response(Response response) {
    std::shared_ptr<QueuedStream> queue;
    auto stream = std::move(response.stream);
    response.stream = nullptr;
    if (stream) {
      queue = std::make_shared<QueuedStream>(this->weak_from_this(), executor(),
                                             shared_.options.stream_bytes_max);
    }
    asio::post(executor(), [self = this->shared_from_this(), queue,
                            answer = std::move(response)]() mutable {
      if (queue != nullptr) {
        self->send_stream(std::move(answer), std::move(queue));
      } else {
        self->send(std::move(answer));
      }
    });
    if (stream) {
      stream(queue);
    }
  }

  // --------------------------------------------------------------------------------- writing

  HeadOptions head_options() {
    keep_alive_ = keep_alive_ && !shared_.stopping;
    return {.request_id = entry_.request_id,
            .content_length = {},
            .chunked = false,
            .keep_alive = keep_alive_,
            .now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())};
  }

  void send(Response response) {
    state_ = State::kWriting;
    entry_.status = response.status;
    HeadOptions options = head_options();
    if (!is_bodiless(response.status)) {
      options.content_length = response.body.size();
    }
    head_ = format_head(response, options);
    const bool has_body = !is_head_ && !is_bodiless(response.status);
    body_ = has_body ? std::move(response.body) : std::string();
    entry_.response_bytes = body_.size();
    lowest().expires_after(with_size(shared_.options.write_timeout, body_.size()));
    const std::array<asio::const_buffer, 2> buffers = {asio::buffer(head_), asio::buffer(body_)};
    asio::async_write(stream_, buffers,
                      [self = this->shared_from_this()](error_code error, size_t) {
                        self->on_sent(error);
                      });
  }

  void on_sent(error_code error) {
    log();
    body_ = {};
    if (error) {
      return;
    }
    if (keep_alive_) {
      wait_for_request();
    } else {
      end_connection();
    }
  }

  void log() {
    entry_.duration = steady_clock::now() - started_;
    if (shared_.options.access_log) {
      shared_.options.access_log(entry_);
    }
  }

  /// The request could not be read.
  void refuse(error_code error) {
    if (error == beast::error::timeout) {
      // The socket is closed already; only the log can say so.
      entry_.status = 408;
      log();
    } else if (error == beast::http::error::header_limit) {
      refuse_with(431, "headers of the request are too large");
    } else if (error == beast::http::error::body_limit) {
      refuse_with(413, fmt::format("request body is larger than {} bytes",
                                   shared_.options.body_bytes_max));
    } else if (error != beast::http::error::end_of_stream &&
               error != beast::http::error::partial_message &&
               error.category() == beast::http::make_error_code(beast::http::error::bad_method)
                                       .category()) {
      refuse_with(400, fmt::format("malformed request: {}", error.message()));
    }
  }

  void refuse_with(int status, std::string_view text) {
    keep_alive_ = false;
    is_head_ = false;
    unread_ = true;
    send(text_response(status, text));
  }

  // -------------------------------------------------------------------------------- streaming

  void send_stream(Response response, std::shared_ptr<QueuedStream> queue) {
    state_ = State::kStreaming;
    queue_ = std::move(queue);
    keep_alive_ = false;
    chunked_ = version_ >= 11;
    entry_.status = response.status;
    HeadOptions options = head_options();
    options.chunked = chunked_;
    if (is_head_ || shared_.stopping) {
      queue_->close();
    }
    watch_for_end();
    write_piece(format_head(response, options));
  }

  /// A client that leaves is only seen by reading; what it sends is dropped.
  void watch_for_end() {
    stream_.async_read_some(asio::buffer(scratch_),
                            [self = this->shared_from_this()](error_code error, size_t) {
                              if (!error) {
                                self->watch_for_end();
                                return;
                              }
                              self->end_stream();
                            });
  }

  void write_piece(std::string bytes) {
    writing_ = true;
    head_ = std::move(bytes);
    lowest().expires_after(with_size(shared_.options.write_timeout, head_.size()));
    asio::async_write(stream_, asio::buffer(head_),
                      [self = this->shared_from_this()](error_code error, size_t) {
                        self->on_piece_sent(error);
                      });
  }

  void on_piece_sent(error_code error) {
    writing_ = false;
    if (error || ended_) {
      end_stream();
    } else {
      pump();
    }
  }

  /// Called again by the operation that it cancels.
  void end_stream() {
    if (queue_->detach()) {
      log();
      cut_off();
    }
  }

  void pump() override {
    if (writing_ || state_ != State::kStreaming) {
      return;  // on_piece_sent() comes back here
    }
    QueuedStream::Taken taken = queue_->take();
    if (taken.overflow) {
      ended_ = true;
      on_piece_sent({});
      return;
    }
    if (is_head_) {
      taken.bytes.clear();
    }
    entry_.response_bytes += taken.bytes.size();
    std::string piece;
    if (!taken.bytes.empty()) {
      piece = chunked_ ? fmt::format("{:x}\r\n{}\r\n", taken.bytes.size(), taken.bytes)
                       : std::move(taken.bytes);
    }
    if (taken.ended) {
      ended_ = true;
      piece += chunked_ && !is_head_ ? "0\r\n\r\n" : "";
    }
    if (!piece.empty()) {
      write_piece(std::move(piece));
    } else if (ended_) {
      on_piece_sent({});
    }
  }

  // --------------------------------------------------------------------------------- closing

  /// Says that no more comes. When the client may still be sending, what it sends is read for a
  /// moment: closing at once would reset the connection and could take the answer from it.
  void end_connection() {
    state_ = State::kWriting;
    lowest().expires_after(unread_ ? kLinger : kCloseNotify);
    if constexpr (kTls) {
      stream_.async_shutdown([self = this->shared_from_this()](error_code) { self->cut_off(); });
    } else if (!unread_) {
      cut_off();
    } else {
      error_code ignored;
      lowest().socket().shutdown(tcp::socket::shutdown_send, ignored);
      linger();
    }
  }

  void linger() {
    stream_.async_read_some(asio::buffer(scratch_),
                            [self = this->shared_from_this()](error_code error, size_t) {
                              if (error) {
                                self->cut_off();
                              } else {
                                self->linger();
                              }
                            });
  }

  Shared& shared_;
  Stream stream_;
  State state_ = State::kIdle;
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::array<char, kReadBytes> scratch_{};
  std::string remote_address_;
  AccessEntry entry_;
  steady_clock::time_point started_ = steady_clock::now();
  bool keep_alive_ = false;
  bool is_head_ = false;
  bool unread_ = false;  // the request was refused before its end
  unsigned version_ = 11;
  std::string head_;  // what is being written
  std::string body_;
  std::shared_ptr<QueuedStream> queue_;  // shared with whoever writes the stream
  bool chunked_ = false;
  bool writing_ = false;
  bool ended_ = false;
};

using PlainConnection = Connection<beast::tcp_stream>;
using TlsConnection = Connection<beast::ssl_stream<beast::tcp_stream>>;

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

Result<asio::ssl::context> load_tls(const ServerOptions& options) {
  asio::ssl::context context(asio::ssl::context::tls_server);
  error_code error;
  context.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv2 |
                          asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 |
                          asio::ssl::context::no_tlsv1_1,
                      error);
  context.use_certificate_chain_file(options.tls_certificate_file, error);
  if (error) {
    return invalid(fmt::format("TLS certificate \"{}\" cannot be used: {}",
                               options.tls_certificate_file, error.message()));
  }
  context.use_private_key_file(options.tls_key_file, asio::ssl::context::pem, error);
  if (error) {
    return invalid(fmt::format("TLS key \"{}\" cannot be used with the certificate: {}",
                               options.tls_key_file, error.message()));
  }
  return context;
}

class AsioListener : public Listener {
 public:
  AsioListener(const ServerOptions& options, Dispatch dispatch)
      : shared_(options, std::move(dispatch)) {}
  ~AsioListener() override { stop(); }

  Result<void> listen() {
    if (!shared_.options.tls_certificate_file.empty()) {
      shared_.tls.emplace(TRY(load_tls(shared_.options)));
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
    asio::post(accepting_.context(), [this] { acceptor_.close(); });
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
      return Error(ErrorCode::kIo,
                   fmt::format("cannot listen on {}: {}", where, error.message()));
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
      start_connection(std::move(socket));
      accept();
    });
  }

  void start_connection(tcp::socket socket) {
    if (shared_.tls) {
      launch(std::make_shared<TlsConnection>(shared_, std::move(socket), *shared_.tls));
    } else {
      launch(std::make_shared<PlainConnection>(shared_, std::move(socket)));
    }
  }

  template <typename C>
  void launch(std::shared_ptr<C> connection) {
    shared_.add(connection);
    asio::post(connection->executor(), [connection] { connection->start(); });
  }

  Shared shared_;
  std::vector<std::unique_ptr<IoThread>> threads_;
  IoThread accepting_;
  tcp::acceptor acceptor_{accepting_.context()};
  asio::steady_timer pause_{accepting_.context()};
  tcp::endpoint local_;
  bool pending_ = false;
  size_t next_ = 0;
};

}  // namespace

Result<std::unique_ptr<Listener>> Listener::start(const ServerOptions& options,
                                                  Dispatch dispatch) {
  auto listener = std::make_unique<AsioListener>(options, std::move(dispatch));
  TRY(listener->listen());
  return std::unique_ptr<Listener>(std::move(listener));
}

}  // namespace rhumb::http
