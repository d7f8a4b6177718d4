#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "http/ip_address.h"

namespace rhumb::http {

/// The addresses that this machine finds for a host: those of a name, or the one that a text stands
/// for (`10.0.0.1`, also `127.1` and `0x7f000001`, which connecting would take).
///
/// Shape: none when there are none, or none came in time. An answer that comes later is dropped by
/// the thread that waits for it: the system's resolver can not be told to stop.
[[nodiscard]] std::vector<IpAddress> look_up_host(const std::string& host,
                                                  std::chrono::milliseconds timeout);

}  // namespace rhumb::http
