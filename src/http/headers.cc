#include "http/headers.h"

#include <algorithm>

#include "base/text.h"
#include "codec/url.h"

namespace rhumb::http {
std::optional<std::string_view> find_header(const Headers& headers, std::string_view name) {
  for (const auto& header : headers) {
    if (equal_fold_ascii(header.first, name)) {
      return header.second;
    }
  }
  return std::nullopt;
}

std::string_view header_or_empty(const Headers& headers, std::string_view name) {
  return find_header(headers, name).value_or(std::string_view());
}

std::string joined_header(const Headers& headers, std::string_view name) {
  std::string out;
  for (const auto& [field, value] : headers) {
    if (equal_fold_ascii(field, name)) {
      out += (out.empty() ? "" : ",") + value;
    }
  }
  return out;
}

std::string trace_id_of(std::string_view traceparent) {
  constexpr size_t kIdStart = 3;
  constexpr size_t kIdLength = 32;
  constexpr size_t kLength = 55;  // later versions may add to it, behind another `-`
  constexpr std::string_view kHex = "0123456789abcdef";
  const bool is_long_enough = traceparent.size() == kLength ||
                              (traceparent.size() > kLength && traceparent[kLength] == '-' &&
                               !traceparent.starts_with("00"));
  if (!is_long_enough || traceparent.starts_with("ff") || traceparent[2] != '-' ||
      traceparent[kIdStart + kIdLength] != '-') {
    return "";
  }
  const std::string_view id = traceparent.substr(kIdStart, kIdLength);
  const bool is_id = id.find_first_not_of(kHex) == std::string_view::npos &&
                     id.find_first_not_of('0') != std::string_view::npos;
  return std::string(is_id ? id : "");
}

void set_header(Headers& headers, std::string_view name, std::string value) {
  headers.erase(
      std::remove_if(headers.begin(), headers.end(),
                     [name](const auto& header) { return equal_fold_ascii(header.first, name); }),
      headers.end());
  headers.emplace_back(std::string(name), std::move(value));
}

Target split_target(std::string_view target) {
  if (!target.starts_with('/')) {
    if (const auto absolute = cut(target, "://")) {
      const size_t end = std::min(absolute->second.find_first_of("/?"), absolute->second.size());
      target = absolute->second.substr(end);
    }
  }
  const size_t mark = std::min(target.find('?'), target.size());
  const std::string_view path = target.substr(0, mark);
  return {.path = path.empty() ? std::string_view("/") : path,
          .query = target.substr(std::min(mark + 1, target.size()))};
}

std::optional<std::string> decode_percent(std::string_view text, bool plus_is_blank) {
  // Nothing may hide behind a NUL; in a text that decodes, these characters are that escape.
  if (text.find("%00") != std::string_view::npos) {
    return std::nullopt;
  }
  const auto decoded = plus_is_blank ? codec::query_unescape(text) : codec::path_unescape(text);
  return decoded ? std::optional(*decoded) : std::nullopt;
}

std::optional<std::string> find_parameter(std::string_view form, std::string_view name) {
  for (const std::string_view pair : split(form, '&')) {
    const size_t equals = std::min(pair.find('='), pair.size());
    if (decode_percent(pair.substr(0, equals), true) == std::optional<std::string>(name)) {
      return decode_percent(pair.substr(std::min(equals + 1, pair.size())), true);
    }
  }
  return std::nullopt;
}

std::optional<std::string_view> find_cookie(std::string_view cookies, std::string_view name) {
  for (const std::string_view cookie : split(cookies, ';')) {
    const auto parts = cut(trim(cookie), "=");
    if (parts && parts->first == name) {
      return parts->second;
    }
  }
  return std::nullopt;
}

}  // namespace rhumb::http
