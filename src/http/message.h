#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/headers.h"

namespace rhumb::http {

/// A request that arrived whole.
///
/// Shape: `target` as sent, usually `/path?query`; `path` and `query` are its parts, not decoded.
/// `id` is made by the server for every request (24 hexadecimal digits) and sent back as
/// `X-Request-Id`.
struct Request {
  std::string method;  ///< as sent, usually upper case
  std::string target;
  std::string path;
  std::string query;
  Headers headers;
  std::string body;
  std::string remote_address;  ///< numeric, without the port
  std::string id;
  bool secure = false;  ///< arrived over TLS

  [[nodiscard]] std::string_view header(std::string_view name) const {
    return header_or_empty(headers, name);
  }
  /// A parameter of the query, decoded.
  [[nodiscard]] std::optional<std::string> parameter(std::string_view name) const {
    return find_parameter(query, name);
  }
  [[nodiscard]] std::optional<std::string_view> cookie(std::string_view name) const {
    return find_cookie(header("Cookie"), name);
  }
};

/// The open end of a response that is sent piece by piece, for example server-sent events.
///
/// Threads: every function can be called from any thread, also after the connection is gone.
class ResponseStream {
 public:
  ResponseStream() = default;
  ResponseStream(const ResponseStream&) = delete;
  ResponseStream& operator=(const ResponseStream&) = delete;
  virtual ~ResponseStream() = default;

  /// Queues a piece and returns at once. False when the stream is closed: the client left, the
  /// server stops, or the client reads so slowly that the queue would pass
  /// ServerOptions::stream_bytes_max, which closes the stream.
  virtual bool write(std::string piece) = 0;
  /// Waits until a piece of that size fits, for whoever has more to send than a queue holds. False
  /// when the stream is closed, or the client has read too little within `limit`.
  virtual bool wait_for_room(size_t /*bytes*/, std::chrono::milliseconds /*limit*/) {
    return is_open();
  }
  /// Ends the response after what is queued.
  virtual void close() = 0;
  [[nodiscard]] virtual bool is_open() const = 0;
};

/// What goes back.
///
/// Shape: the server adds `Content-Length` or `Transfer-Encoding`, `Date`, `X-Request-Id` and the
/// connection's fields, and compresses the body when it is worth it and the client takes gzip.
struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  /// Set for a streamed response: called once, on a worker, after the head was handed over; keep
  /// the stream and write to it. `body` is not sent then.
  std::function<void(std::shared_ptr<ResponseStream>)> stream;
};

/// A body with its media type: `text/plain; charset=utf-8`, `application/json`.
[[nodiscard]] Response make_response(int status, std::string_view media_type, std::string body);
/// Plain text of one line.
[[nodiscard]] Response text_response(int status, std::string_view text);
/// 303 by default: the client follows with GET.
[[nodiscard]] Response redirect_response(std::string location, int status = 303);
/// A response of `text/event-stream` that is never cached.
[[nodiscard]] Response event_stream_response(
    std::function<void(std::shared_ptr<ResponseStream>)> stream);
/// One server-sent event; `event` and `id` may be empty. Each line of `data` becomes a field.
/// Source: HTML standard, section 9.2 "Server-sent events".
[[nodiscard]] std::string format_event(std::string_view event,
                                       std::string_view data,
                                       std::string_view id = {});
/// `Not Found` for 404; "Unknown" for what has no phrase.
[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace rhumb::http
