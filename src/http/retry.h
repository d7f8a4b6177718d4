#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "http/client.h"

namespace rhumb::http {

/// When and how often a request is sent again.
/// Source: reporting.md 4: up to four retries after 1, 2, 4 and 8 s, `Retry-After` honoured, hardly
/// any wait on a loopback address.
struct RetryPolicy {
  int attempts_max = 5;
  std::chrono::milliseconds first_wait = std::chrono::seconds(1);  ///< doubled each time
  std::chrono::milliseconds wait_max = std::chrono::seconds(30);
  std::chrono::milliseconds retry_after_max = std::chrono::minutes(2);  ///< longer asks are cut
  bool wait_on_loopback = false;  ///< `Retry-After` counts there all the same
};

/// 429, and 5xx but 501.
[[nodiscard]] bool is_retried_status(int status);
/// The host is localhost, 127.x.x.x or ::1.
[[nodiscard]] bool is_loopback_url(std::string_view url);
/// The wait that `Retry-After` asks for in seconds; nothing when absent or a date.
[[nodiscard]] std::optional<std::chrono::milliseconds> retry_after(const Headers& headers);

/// The wait before the next attempt, or nothing when `outcome` is final: an answer that is not
/// retried, an error that is not kUnavailable, or `attempts_made` (from 1) used up.
[[nodiscard]] std::optional<std::chrono::milliseconds> wait_before_retry(
    const RetryPolicy& policy,
    std::string_view url,
    int attempts_made,
    const Result<ClientResponse>& outcome);

/// Waits; an error ends the retries. For tests and for people who press Ctrl-C.
using Waiter = std::function<Result<void>(std::chrono::milliseconds)>;

/// Sends the same bytes until there is a final outcome.
///
/// Errors: those of the last attempt, with `giving up after N attempts` before it when it was the
/// last of several; those of `wait`.
Result<ClientResponse> send_with_retries(Client& client,
                                         const ClientRequest& request,
                                         const RetryPolicy& policy,
                                         const Waiter& wait);

}  // namespace rhumb::http
