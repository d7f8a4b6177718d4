#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "http/connections_internal.h"
#include "http/queued_stream_internal.h"
#include "http/response_head.h"

// One connection over a plain or an encrypted stream. A connection goes round: idle -> reading ->
// serving (a worker has the request) -> writing, then idle again; or streaming, which ends with the
// connection. The members are defined by subject in the other connection_*_internal.h, which
// connection.cc compiles together.
namespace rhumb::http {

namespace beast = boost::beast;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using tcp = asio::ip::tcp;

inline constexpr size_t kReadBytes = 8192;
inline constexpr size_t kBytesPerSecond = size_t{32} << 10;

inline milliseconds with_size(milliseconds base, uint64_t bytes) {
  return base + std::chrono::seconds(bytes / kBytesPerSecond);
}

template <typename Stream>
class Connection : public ConnectionBase, public std::enable_shared_from_this<Connection<Stream>> {
 public:
  static constexpr bool kTls = !std::is_same_v<Stream, beast::tcp_stream>;

  template <typename... Tls>
  Connection(SharedState& shared, tcp::socket socket, Tls&... tls)
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

  void start();
  asio::any_io_executor executor() override { return stream_.get_executor(); }

  void abandon() override {
    if (queue_ != nullptr) {
      queue_->detach();
    }
  }

  void begin_shutdown() override;
  void cut_off() override;

 private:
  enum class State { kIdle, kReading, kServing, kWriting, kStreaming };
  using Parser = beast::http::request_parser<beast::http::string_body>;

  beast::tcp_stream& lowest() { return beast::get_lowest_layer(stream_); }
  /// Of the request that is being read.
  Parser& parser() {
    RHUMB_CHECK(parser_.has_value(), "a parser waits with the connection");
    return *parser_;
  }

  // --------------------------------------------------------------------------------- reading

  void wait_for_request();
  void read_header();
  void on_header(error_code error);
  void read_body();

  // --------------------------------------------------------------------------------- serving

  void serve();
  Request take_request();
  /// On any thread.
  void take_response(Response response);

  // --------------------------------------------------------------------------------- writing

  HeadOptions head_options();
  void send(Response response);
  void on_sent(error_code error);
  void log();
  /// The request could not be read.
  void refuse(error_code error);
  void refuse_with(int status, std::string_view text);

  // -------------------------------------------------------------------------------- streaming

  void send_stream(const Response& response, std::shared_ptr<QueuedStream> queue);
  /// A client that leaves is only seen by reading; what it sends is dropped.
  void watch_for_end();
  void write_piece(std::string bytes);
  void on_piece_sent(error_code error);
  /// Called again by the operation that it cancels.
  void end_stream();
  void pump() override;

  // --------------------------------------------------------------------------------- closing

  /// Says that no more comes. When the client may still be sending, what it sends is read for a
  /// moment: closing at once would reset the connection and could take the answer from it.
  void end_connection();
  void linger();

  SharedState& shared_;
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

}  // namespace rhumb::http
