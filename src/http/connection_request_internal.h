#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/write.hpp>

#include "base/text.h"
#include "codec/hex.h"
#include "http/connection_internal.h"
#include "sys/random.h"

// Reading a request and handing it over.
namespace rhumb::http {

inline std::string make_request_id() {
  return codec::hex_encode(sys::random_bytes<12>());
}

template <typename Stream>
void Connection<Stream>::wait_for_request() {
  if (shared_.stopping) {
    end_connection();
    return;
  }
  state_ = State::kIdle;
  parser_.emplace();
  parser().header_limit(
      static_cast<uint32_t>(std::min<size_t>(shared_.options.header_bytes_max, UINT32_MAX)));
  parser().body_limit(shared_.options.body_bytes_max);
  entry_ = {};
  entry_.remote_address = remote_address_;
  if (buffer_.size() > 0) {
    read_header();
    return;
  }
  lowest().expires_after(shared_.options.idle_timeout);
  stream_.async_read_some(buffer_.prepare(kReadBytes),
                          [self = this->shared_from_this()](error_code error, size_t bytes) {
                            if (!error) {
                              self->buffer_.commit(bytes);
                              self->read_header();
                            }
                          });
}

template <typename Stream>
void Connection<Stream>::read_header() {
  state_ = State::kReading;
  started_ = steady_clock::now();
  entry_.request_id = make_request_id();
  lowest().expires_after(shared_.options.header_timeout);
  beast::http::async_read_header(
      stream_, buffer_, parser(),
      [self = this->shared_from_this()](error_code error, size_t) { self->on_header(error); });
}

template <typename Stream>
void Connection<Stream>::on_header(error_code error) {
  if (error) {
    refuse(error);
    return;
  }
  const auto& head = parser().get();
  if (head.version() >= 11 && head.count(beast::http::field::host) != 1) {
    refuse_with(400, "request must have one Host header");
    return;
  }
  if (parser().is_done()) {
    serve();
    return;
  }
  lowest().expires_after(
      with_size(shared_.options.body_timeout, parser().content_length().value_or(0)));
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

template <typename Stream>
void Connection<Stream>::read_body() {
  beast::http::async_read(stream_, buffer_, parser(),
                          [self = this->shared_from_this()](error_code error, size_t) {
                            if (error) {
                              self->refuse(error);
                            } else {
                              self->serve();
                            }
                          });
}

template <typename Stream>
void Connection<Stream>::serve() {
  state_ = State::kServing;
  lowest().expires_never();
  Request request = take_request();
  entry_.method = request.method;
  entry_.target = request.target;
  entry_.remote_address = request.remote_address;
  entry_.user_agent = std::string(request.header("User-Agent"));
  entry_.trace_id = trace_id_of(request.header("traceparent"));
  entry_.request_bytes = request.body.size();
  shared_.dispatch(std::move(request), [self = this->shared_from_this()](Response response) {
    self->take_response(std::move(response));
  });
}

template <typename Stream>
Request Connection<Stream>::take_request() {
  auto message = parser().release();
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
  request.id = entry_.request_id;
  const TrustedProxies& proxies = shared_.options.trusted_proxies;
  request.remote_address =
      proxies.client_of(remote_address_, joined_header(request.headers, "X-Forwarded-For"));
  request.secure = kTls || (proxies.contains(remote_address_) &&
                            equal_fold_ascii(request.header("X-Forwarded-Proto"), "https"));
  keep_alive_ = message.keep_alive();
  version_ = message.version();
  is_head_ = message.method() == beast::http::verb::head;
  return request;
}

template <typename Stream>
void Connection<Stream>::take_response(Response response) {
  std::shared_ptr<QueuedStream> queue;
  auto stream = std::move(response.stream);
  response.stream = nullptr;
  if (stream) {
    queue = std::make_shared<QueuedStream>(this->weak_from_this(), executor(),
                                           shared_.options.stream_bytes_max);
  }
  asio::post(executor(),
             [self = this->shared_from_this(), queue, answer = std::move(response)]() mutable {
               if (queue != nullptr) {
                 self->send_stream(answer, std::move(queue));
               } else {
                 self->send(std::move(answer));
               }
             });
  if (stream) {
    stream(queue);
  }
}

}  // namespace rhumb::http
