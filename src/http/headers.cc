#include "http/headers.h"

#include <algorithm>

#include "base/text.h"

namespace rhumb::http {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  if (c >= 'A' && c <= 'F') {
    return c - 'A' + 10;
  }
  return -1;
}

}  // namespace

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

void set_header(Headers& headers, std::string_view name, std::string value) {
  headers.erase(std::remove_if(headers.begin(), headers.end(),
                               [name](const auto& header) {
                                 return equal_fold_ascii(header.first, name);
                               }),
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
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_blank) {
      out += ' ';
      continue;
    }
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0 || high * 16 + low == 0) {
      return std::nullopt;
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
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
