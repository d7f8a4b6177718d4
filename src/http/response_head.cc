#include "http/response_head.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.h"

namespace rhumb::http {
namespace {

constexpr std::array<std::string_view, 6> kOwnHeaders = {
    "Content-Length", "Transfer-Encoding", "Connection", "Date", "X-Request-Id", "Keep-Alive"};

bool is_sendable(const std::pair<std::string, std::string>& header) {
  const std::string_view breaks("\r\n\0", 3);
  const bool own = std::any_of(
      kOwnHeaders.begin(), kOwnHeaders.end(),
      [&header](std::string_view name) { return equal_fold_ascii(name, header.first); });
  return !own && !header.first.empty() &&
         header.first.find_first_of(": \t\r\n") == std::string::npos &&
         header.second.find_first_of(breaks) == std::string::npos;
}

}  // namespace

std::string format_http_date(std::chrono::sys_seconds time) {
  static constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                       "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format(
      "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[std::chrono::weekday(day).c_encoding()],
      static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
      static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
      clock.seconds().count());
}

bool is_bodiless(int status) {
  return status < 200 || status == 204 || status == 304;
}

std::string format_head(const Response& response, const HeadOptions& options) {
  std::string head =
      fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
  for (const auto& header : response.headers) {
    if (is_sendable(header)) {
      head.append(header.first).append(": ").append(header.second).append("\r\n");
    }
  }
  head.append("Date: ").append(format_http_date(options.now)).append("\r\n");
  if (!options.request_id.empty()) {
    head.append("X-Request-Id: ").append(options.request_id).append("\r\n");
  }
  if (options.chunked) {
    head.append("Transfer-Encoding: chunked\r\n");
  } else if (options.content_length) {
    head.append(fmt::format("Content-Length: {}\r\n", *options.content_length));
  }
  head.append(options.keep_alive ? "Connection: keep-alive\r\n" : "Connection: close\r\n");
  return head + "\r\n";
}

}  // namespace rhumb::http
