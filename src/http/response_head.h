#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "http/message.h"

namespace rhumb::http {

/// What the server adds to the headers of a response. Internal to this folder.
struct HeadOptions {
  std::string request_id;
  std::optional<size_t> content_length;  ///< of the body as sent
  bool chunked = false;
  bool keep_alive = true;
  std::chrono::sys_seconds now{};
};

/// The status line and the headers, with the empty line at the end. Headers with line breaks in
/// them and those that the server sets itself are left out.
[[nodiscard]] std::string format_head(const Response& response, const HeadOptions& options);

/// `Sun, 06 Nov 1994 08:49:37 GMT`. Source: RFC 9110, section 5.6.7.
[[nodiscard]] std::string format_http_date(std::chrono::sys_seconds time);

/// No body may follow the head: 1xx, 204 and 304.
[[nodiscard]] bool is_bodiless(int status);

}  // namespace rhumb::http
