#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rhumb::http {
struct AccessEntry;
}

namespace rhumb::registry {

/// One line of the log about a finished request, a JSON object: `time` (RFC 3339), `level`, `msg`,
/// `request_id`, `trace_id`, `method`, `path`, `status`, `seconds`, `bytes_in`, `bytes_out`,
/// `remote`, `user_agent`. Neither queries nor the codes of one-time addresses are in it.
/// `time` in nanoseconds since 1970.
[[nodiscard]] std::string format_request(const http::AccessEntry& entry, int64_t time);
/// A line about anything else. Errors inside the registry, for example.
[[nodiscard]] std::string format_event(std::string_view message, int64_t time);

}  // namespace rhumb::registry
