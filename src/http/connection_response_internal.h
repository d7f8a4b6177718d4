#pragma once

#include <fmt/format.h>

#include <boost/asio/write.hpp>

#include "http/connection_internal.h"

// Sending a response, whole or as a stream.
namespace rhumb::http {

template <typename Stream>
HeadOptions Connection<Stream>::head_options() {
  keep_alive_ = keep_alive_ && !shared_.stopping;
  return {.request_id = entry_.request_id,
          .content_length = {},
          .chunked = false,
          .keep_alive = keep_alive_,
          .now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())};
}

template <typename Stream>
void Connection<Stream>::send(Response response) {
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
  asio::async_write(stream_, buffers, [self = this->shared_from_this()](error_code error, size_t) {
    self->on_sent(error);
  });
}

template <typename Stream>
void Connection<Stream>::on_sent(error_code error) {
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

template <typename Stream>
void Connection<Stream>::log() {
  entry_.duration = steady_clock::now() - started_;
  if (shared_.options.access_log) {
    shared_.options.access_log(entry_);
  }
}

template <typename Stream>
void Connection<Stream>::refuse(error_code error) {
  if (error == beast::error::timeout) {
    // The socket is closed already; only the log can say so.
    entry_.status = 408;
    log();
  } else if (error == beast::http::error::header_limit) {
    refuse_with(431, "headers of the request are too large");
  } else if (error == beast::http::error::body_limit) {
    refuse_with(
        413, fmt::format("request body is larger than {} bytes", shared_.options.body_bytes_max));
  } else if (error != beast::http::error::end_of_stream &&
             error != beast::http::error::partial_message &&
             error.category() ==
                 beast::http::make_error_code(beast::http::error::bad_method).category()) {
    refuse_with(400, fmt::format("malformed request: {}", error.message()));
  }
}

template <typename Stream>
void Connection<Stream>::refuse_with(int status, std::string_view text) {
  keep_alive_ = false;
  is_head_ = false;
  unread_ = true;
  send(text_response(status, text));
}

template <typename Stream>
void Connection<Stream>::send_stream(const Response& response,
                                     std::shared_ptr<QueuedStream> queue) {
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

template <typename Stream>
void Connection<Stream>::watch_for_end() {
  stream_.async_read_some(asio::buffer(scratch_),
                          [self = this->shared_from_this()](error_code error, size_t) {
                            if (!error) {
                              self->watch_for_end();
                              return;
                            }
                            self->end_stream();
                          });
}

template <typename Stream>
void Connection<Stream>::write_piece(std::string bytes) {
  writing_ = true;
  head_ = std::move(bytes);
  lowest().expires_after(with_size(shared_.options.write_timeout, head_.size()));
  asio::async_write(
      stream_, asio::buffer(head_),
      [self = this->shared_from_this()](error_code error, size_t) { self->on_piece_sent(error); });
}

template <typename Stream>
void Connection<Stream>::on_piece_sent(error_code error) {
  writing_ = false;
  if (error || ended_) {
    end_stream();
  } else {
    pump();
  }
}

template <typename Stream>
void Connection<Stream>::end_stream() {
  if (queue_->detach()) {
    log();
    cut_off();
  }
}

template <typename Stream>
void Connection<Stream>::pump() {
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

}  // namespace rhumb::http
