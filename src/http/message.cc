#include "http/message.h"

#include <utility>

#include "base/text.h"

namespace rhumb::http {

Response make_response(int status, std::string_view media_type, std::string body) {
  Response response;
  response.status = status;
  response.headers.emplace_back("Content-Type", std::string(media_type));
  response.body = std::move(body);
  return response;
}

Response text_response(int status, std::string_view text) {
  return make_response(status, "text/plain; charset=utf-8", std::string(text) + "\n");
}

Response redirect_response(std::string location, int status) {
  Response response;
  response.status = status;
  response.headers.emplace_back("Location", std::move(location));
  return response;
}

Response event_stream_response(std::function<void(std::shared_ptr<ResponseStream>)> stream) {
  Response response = make_response(200, "text/event-stream", "");
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("X-Accel-Buffering", "no");  // reverse proxies must not collect
  response.stream = std::move(stream);
  return response;
}

std::string format_event(std::string_view event, std::string_view data, std::string_view id) {
  std::string out;
  if (!event.empty()) {
    out.append("event: ").append(event).append("\n");
  }
  if (!id.empty()) {
    out.append("id: ").append(id).append("\n");
  }
  const std::string lines = replace_all(replace_all(data, "\r\n", "\n"), "\r", "\n");
  for (const std::string_view line : split(lines, '\n')) {
    out.append("data: ").append(line).append("\n");
  }
  return out + "\n";
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Payload Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Entity";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    default:
      return "Unknown";
  }
}

}  // namespace rhumb::http
