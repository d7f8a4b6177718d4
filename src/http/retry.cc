#include "http/retry.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "base/text.h"

namespace rhumb::http {

bool is_retried_status(int status) {
  return status == 429 || (status >= 500 && status <= 599 && status != 501);
}

bool is_loopback_url(std::string_view url) {
  const auto after_scheme = cut(url, "://");
  std::string_view host = after_scheme ? after_scheme->second : url;
  host = host.substr(0, host.find_first_of("/?#"));
  if (const size_t at = host.rfind('@'); at != std::string_view::npos) {
    host.remove_prefix(at + 1);
  }
  if (host.starts_with('[')) {
    return host.substr(0, host.find(']')) == "[::1";
  }
  host = host.substr(0, host.find(':'));
  const bool is_address = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return equal_fold_ascii(host, "localhost") || (is_address && host.starts_with("127."));
}

std::optional<std::chrono::milliseconds> retry_after(const Headers& headers) {
  const std::string_view text = trim(header_or_empty(headers, "Retry-After"));
  int32_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || seconds < 0) {
    return std::nullopt;
  }
  return std::chrono::seconds(seconds);
}

std::optional<std::chrono::milliseconds> wait_before_retry(const RetryPolicy& policy,
                                                           std::string_view url,
                                                           int attempts_made,
                                                           const Result<ClientResponse>& outcome) {
  const bool again = outcome.has_value() ? is_retried_status(outcome->status)
                                         : outcome.error().code() == ErrorCode::kUnavailable;
  if (!again || attempts_made >= policy.attempts_max) {
    return std::nullopt;
  }
  if (outcome.has_value()) {
    if (const auto asked = retry_after(outcome->headers)) {
      return std::min(*asked, policy.retry_after_max);
    }
  }
  if (is_loopback_url(url) && !policy.wait_on_loopback) {
    return std::chrono::milliseconds(0);
  }
  std::chrono::milliseconds wait = policy.first_wait;
  for (int i = 1; i < attempts_made && wait < policy.wait_max; ++i) {
    wait *= 2;
  }
  return std::min(wait, policy.wait_max);
}

Result<ClientResponse> send_with_retries(Client& client,
                                         const ClientRequest& request,
                                         const RetryPolicy& policy,
                                         const Waiter& wait) {
  for (int attempt = 1;; ++attempt) {
    Result<ClientResponse> outcome = client.send(request);
    const auto pause = wait_before_retry(policy, request.url, attempt, outcome);
    if (!pause) {
      return attempt == 1 ? std::move(outcome)
                          : std::move(outcome).context(
                                fmt::format("giving up after {} attempts", attempt));
    }
    TRY(wait(*pause));
  }
}

}  // namespace rhumb::http
