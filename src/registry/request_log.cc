#include "registry/request_log.h"

#include "base/go_format.h"
#include "codec/json.h"
#include "http/server.h"

namespace rhumb::registry {
namespace {

using codec::Json;

/// Behind it stands a secret; other one-time addresses have theirs behind `#`, which is never sent.
constexpr std::string_view kSetupPath = "/setup/";

std::string loggable_path(std::string_view target) {
  const std::string_view path = target.substr(0, target.find('?'));
  return path.starts_with(kSetupPath) ? std::string(kSetupPath) + "..." : std::string(path);
}

Json line(std::string_view level, std::string_view message, int64_t time) {
  const std::chrono::sys_time<std::chrono::nanoseconds> at{std::chrono::nanoseconds(time)};
  return Json::object({{"time", format_rfc3339_nano(at)},
                       {"level", std::string(level)},
                       {"msg", std::string(message)}});
}

}  // namespace

std::string format_request(const http::AccessEntry& entry, int64_t time) {
  Json out = line(entry.status >= 500 ? "error" : "info", "request", time);
  out.set("request_id", entry.request_id);
  out.set_unless_empty("trace_id", entry.trace_id);
  out.set("method", entry.method);
  out.set("path", loggable_path(entry.target));
  out.set("status", entry.status);
  out.set("seconds", std::chrono::duration<double>(entry.duration).count());
  out.set("bytes_in", static_cast<int64_t>(entry.request_bytes));
  out.set("bytes_out", static_cast<int64_t>(entry.response_bytes));
  out.set("remote", entry.remote_address);
  out.set_unless_empty("user_agent", entry.user_agent);
  return codec::format_json(out);
}

std::string format_event(std::string_view message, int64_t time) {
  return codec::format_json(line("error", message, time));
}

}  // namespace rhumb::registry
