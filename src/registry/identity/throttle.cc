#include "registry/identity/throttle.h"

#include <fmt/format.h>

#include <algorithm>

#include "registry/identity/tokens.h"

namespace rhumb::registry {
namespace {

constexpr int64_t kSecondNs = 1'000'000'000;
constexpr int64_t kForgivenNs = 3600 * kSecondNs;
constexpr int64_t kWaitMaxSeconds = 900;
// Failures before one has to wait: many people may share an address.
constexpr int64_t kAccountFailures = 8;
constexpr int64_t kAddressFailures = 40;

Blob account_key(const LoginAttempt& attempt) {
  return secret_hash("account " + attempt.account);
}

Blob address_key(const LoginAttempt& attempt) {
  return secret_hash("address " + network_of(attempt.address));
}

int64_t wait_after(int64_t failures, int64_t allowed) {
  if (failures < allowed) {
    return 0;
  }
  return std::min(int64_t{1} << std::min<int64_t>(failures - allowed, 20), kWaitMaxSeconds);
}

struct Counter {
  Blob key;
  int64_t allowed = 0;
  int64_t failures = 0;
  int64_t free_at = 0;
};

Result<Counter> load(Session& session, Blob key, int64_t allowed, int64_t now) {
  Counter counter{std::move(key), allowed};
  const std::optional<Row> row = TRY(session.find_row(
      "SELECT failures, last_at, free_at FROM login_failures WHERE key = ?", {counter.key}));
  // A clock that was moved back must not keep anybody out for longer.
  if (row.has_value() && (*row)[1].number() <= now && now - (*row)[1].number() < kForgivenNs) {
    counter.failures = (*row)[0].number();
    counter.free_at = (*row)[2].number();
  }
  return counter;
}

Result<void> count(Session& session, const Counter& counter, int64_t now) {
  const int64_t failures = counter.failures + 1;
  const int64_t free_at = now + wait_after(failures, counter.allowed) * kSecondNs;
  return session.run(
      "INSERT INTO login_failures (key, failures, last_at, free_at) VALUES (?1, ?2, ?3, ?4) "
      "ON CONFLICT (key) DO UPDATE SET failures = ?2, last_at = ?3, free_at = ?4",
      {counter.key, failures, now, free_at});
}

}  // namespace

std::string network_of(const std::string& address) {
  if (address.find(':') == std::string::npos) {
    return address;
  }
  size_t end = 0;
  for (int groups = 0; groups < 4 && end != std::string::npos; ++groups) {
    end = address.find(':', end + (groups > 0 ? 1 : 0));
  }
  return address.substr(0, end);
}

Result<int64_t> begin_attempt(Session& session, const LoginAttempt& attempt, int64_t now) {
  const Counter account = TRY(load(session, account_key(attempt), kAccountFailures, now));
  const Counter address = TRY(load(session, address_key(attempt), kAddressFailures, now));
  const int64_t free_at = std::max(account.free_at, address.free_at);
  if (free_at > now) {
    return (free_at - now + kSecondNs - 1) / kSecondNs;
  }
  TRY(session.run("DELETE FROM login_failures WHERE last_at < ?", {now - kForgivenNs}));
  TRY(count(session, account, now));
  TRY(count(session, address, now));
  return int64_t{0};
}

Result<void> forgive_attempt(Session& session, const LoginAttempt& attempt) {
  TRY(session.run("DELETE FROM login_failures WHERE key = ?", {account_key(attempt)}));
  // Only this one: others from the same address may be somebody else's.
  return session.run(
      "UPDATE login_failures SET failures = failures - 1, free_at = 0 WHERE key = ? AND "
      "failures > 0",
      {address_key(attempt)});
}

}  // namespace rhumb::registry
