#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rhumb::http {

/// Header fields in the order they were sent or will be; names may repeat.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// The first value of that name, in any case; nothing when there is none. Refers to `headers`.
[[nodiscard]] std::optional<std::string_view> find_header(const Headers& headers,
                                                          std::string_view name);
/// The same, or "".
[[nodiscard]] std::string_view header_or_empty(const Headers& headers, std::string_view name);
/// All fields of that name, which are one list: joined with commas.
[[nodiscard]] std::string joined_header(const Headers& headers, std::string_view name);
/// The trace that a header `traceparent` says a request is part of; empty when it is none.
/// Source: W3C Trace Context 1 (2021), 3.2: `00-<32 hexadecimal digits>-<16>-<2>`, not all zero.
[[nodiscard]] std::string trace_id_of(std::string_view traceparent);
/// Replaces all fields of that name by one, or adds it at the end.
void set_header(Headers& headers, std::string_view name, std::string value);

/// Path and query of a request target, undecoded. Of an absolute one, `http://host/path?query` as
/// proxies get it, scheme and host are dropped.
/// Source: RFC 9112, section 3.2.
struct Target {
  std::string_view path;
  std::string_view query;
};
[[nodiscard]] Target split_target(std::string_view target);

/// Decodes `%41`, and `+` as a blank when `plus_is_blank`. Nothing when an escape is malformed or
/// stands for NUL.
[[nodiscard]] std::optional<std::string> decode_percent(std::string_view text, bool plus_is_blank);
/// The first value of `name` in `a=1&b=2`, decoded; nothing when absent or malformed.
[[nodiscard]] std::optional<std::string> find_parameter(std::string_view form,
                                                        std::string_view name);
/// The value of a cookie in a `Cookie` header; nothing when absent.
[[nodiscard]] std::optional<std::string_view> find_cookie(std::string_view cookies,
                                                          std::string_view name);

}  // namespace rhumb::http
