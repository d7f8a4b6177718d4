#pragma once

#include <boost/asio/ssl/stream_base.hpp>

#include "http/connection_internal.h"

// How a connection begins and ends.
namespace rhumb::http {

/// How long the rest of a refused request is read and dropped, so that the client sees the answer.
inline constexpr milliseconds kLinger{2000};
/// How long a TLS client has to confirm that it saw the end.
inline constexpr milliseconds kCloseNotify{300};

template <typename Stream>
void Connection<Stream>::start() {
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

template <typename Stream>
void Connection<Stream>::begin_shutdown() {
  if (state_ == State::kIdle) {
    cut_off();
  } else if (state_ == State::kStreaming) {
    queue_->close();
  }
}

template <typename Stream>
void Connection<Stream>::cut_off() {
  error_code ignored;
  lowest().socket().shutdown(tcp::socket::shutdown_both, ignored);
  lowest().close();
}

template <typename Stream>
void Connection<Stream>::end_connection() {
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

template <typename Stream>
void Connection<Stream>::linger() {
  stream_.async_read_some(asio::buffer(scratch_),
                          [self = this->shared_from_this()](error_code error, size_t) {
                            if (error) {
                              self->cut_off();
                            } else {
                              self->linger();
                            }
                          });
}

}  // namespace rhumb::http
