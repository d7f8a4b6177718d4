#include "http/response_head.h"

#include <gtest/gtest.h>

namespace rhumb::http {
namespace {

TEST(HttpResponseHead, IsFormatted) {
  Response response = text_response(404, "no");
  response.headers.emplace_back("X-One", "1");
  response.headers.emplace_back("Content-Length", "99");
  response.headers.emplace_back("X-Split", "a\r\nSet-Cookie: b");
  response.headers.emplace_back("X Bad", "c");
  EXPECT_EQ(
      format_head(response, {.request_id = "ab",
                             .content_length = 3,
                             .chunked = false,
                             .keep_alive = true,
                             .now = std::chrono::sys_seconds(std::chrono::seconds(784111777))}),
      "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain; charset=utf-8\r\nX-One: 1\r\n"
      "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nX-Request-Id: ab\r\nContent-Length: 3\r\n"
      "Connection: keep-alive\r\n\r\n");
  response.headers.clear();
  EXPECT_EQ(
      format_head(
          response,
          {.request_id = "", .content_length = 3, .chunked = true, .keep_alive = false, .now = {}}),
      "HTTP/1.1 404 Not Found\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
      "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
}

TEST(HttpEvents, AreFormatted) {
  EXPECT_EQ(format_event("", "x"), "data: x\n\n");
  EXPECT_EQ(format_event("run", "a\nb\r\nc", "7"),
            "event: run\nid: 7\ndata: a\ndata: b\ndata: c\n\n");
  EXPECT_EQ(format_event("", ""), "data: \n\n");
}

}  // namespace
}  // namespace rhumb::http
