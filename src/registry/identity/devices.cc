#include "registry/identity/devices.h"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "codec/json.h"
#include "registry/identity/throttle.h"
#include "registry/identity/tokens.h"

namespace rhumb::registry {
namespace {

constexpr int64_t kSecondNs = 1'000'000'000;
constexpr int64_t kDayNs = int64_t{24} * 3600 * kSecondNs;
constexpr int64_t kWaitingMax = 1000;
constexpr int64_t kWaitingOfAddressMax = 20;
constexpr int64_t kPollSecondsMax = 60;
constexpr size_t kClientMax = 200;
// No vowels, so that no words come out, and nothing that looks like something else.
constexpr std::string_view kLetters = "BCDFGHJKLMNPQRSTVWXZ";
constexpr size_t kCodeLetters = 8;

std::string make_user_code() {
  // Bytes from 240 on would favour the first letters.
  constexpr unsigned char kAccepted = 240;
  std::string out;
  std::array<unsigned char, 32> bytes{};
  while (out.size() < kCodeLetters) {
    RHUMB_CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1,
                "the system's random generator works");
    for (const unsigned char byte : bytes) {
      if (byte < kAccepted && out.size() < kCodeLetters) {
        out += kLetters[byte % kLetters.size()];
      }
    }
  }
  return out;
}

/// The letters of a code that somebody typed.
std::string letters_of(std::string_view code) {
  std::string out;
  for (const char c : code) {
    const char upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    if (upper >= 'A' && upper <= 'Z') {
      out += upper;
    }
  }
  return out;
}

std::string shown(std::string_view letters) {
  return fmt::format("{}-{}", letters.substr(0, kCodeLetters / 2),
                     letters.substr(std::min(letters.size(), kCodeLetters / 2)));
}

/// What a program says of itself, without what could pretend to be more than a line.
std::string printable(std::string_view client) {
  std::string out;
  for (const char c : client.substr(0, kClientMax)) {
    out += c >= ' ' && c <= '~' ? c : '?';
  }
  return out;
}

Result<void> check_room(Session& session, const std::string& ip) {
  const Value all = TRY(session.scalar("SELECT count(*) FROM devices"));
  const Value here = TRY(session.scalar("SELECT count(*) FROM devices WHERE ip = ?", {ip}));
  if (all.number() >= kWaitingMax || here.number() >= kWaitingOfAddressMax) {
    return Error(ErrorCode::kLimit, "too many command lines wait already; try again later");
  }
  return {};
}

struct Device {
  int64_t id = 0;
  WaitingDevice waiting;
};

/// Codes that were none count like failed logins: they could be guesses.
Result<Device> load_waiting(Session& session, std::string_view user_code, int64_t now) {
  const std::string letters = letters_of(user_code);
  const std::optional<Row> row = TRY(session.find_row(
      "SELECT id, client, ip, created_at FROM devices WHERE user_code = ? AND status = 'WAITING' "
      "AND expires_at > ?",
      {letters, now}));
  if (!row.has_value()) {
    return Error(ErrorCode::kNotFound, "no command line waits with this code");
  }
  const Row& r = *row;
  return Device{r[0].number(), {shown(letters), r[1].text(), r[2].text(), r[3].number()}};
}

Result<LoginAttempt> begin_guess(Registry& registry, const Caller& caller) {
  if (caller.user_id == 0) {
    return Error(ErrorCode::kDenied, "only a person can let a command line in");
  }
  LoginAttempt attempt{fmt::format("device {}", caller.user_id), caller.origin.ip};
  const int64_t wait = TRY(write_value<int64_t>(registry.store, [&](Session& session) {
    return begin_attempt(session, attempt, registry.now());
  }));
  if (wait > 0) {
    return Error(ErrorCode::kLimit, fmt::format("too many attempts; wait {} seconds", wait));
  }
  return attempt;
}

/// When the token is to end: with the one that the person is here by, if that is sooner.
int64_t token_end(const Caller& caller, int64_t now) {
  const int64_t end = now + kDeviceTokenDays * kDayNs;
  const bool by_token = caller.session_id == 0 && caller.expires_at.has_value();
  return by_token ? std::min(end, *caller.expires_at) : end;
}

}  // namespace

Result<DeviceRequest> request_device(Registry& registry,
                                     std::string_view client,
                                     const Origin& origin) {
  const DeviceRequest request{make_secret(), make_user_code()};
  const int64_t now = registry.now();
  TRY(registry.store.write([&](Session& session) -> Result<void> {
    TRY(session.run("DELETE FROM devices WHERE expires_at <= ?", {now}));
    TRY(check_room(session, origin.ip));
    return session.run(
        "INSERT INTO devices (device_sha256, user_code, client, ip, created_at, expires_at, "
        "interval_seconds, status) VALUES (?, ?, ?, ?, ?, ?, ?, 'WAITING')",
        {secret_hash(request.device_code), request.user_code, printable(client), origin.ip, now,
         now + kDeviceSeconds * kSecondNs, kPollSeconds});
  }));
  return DeviceRequest{request.device_code, shown(request.user_code)};
}

Result<WaitingDevice> find_device(Registry& registry,
                                  const Caller& caller,
                                  std::string_view user_code) {
  const LoginAttempt attempt = TRY(begin_guess(registry, caller));
  return write_value<WaitingDevice>(registry.store, [&](Session& session) -> Result<WaitingDevice> {
    const Device device = TRY(load_waiting(session, user_code, registry.now()));
    TRY(forgive_attempt(session, attempt));
    return device.waiting;
  });
}

Result<void> decide_device(Registry& registry,
                           const Caller& caller,
                           std::string_view user_code,
                           bool approve) {
  const LoginAttempt attempt = TRY(begin_guess(registry, caller));
  const Rights rights = caller.rights.without_limit();
  return registry.store.write([&](Session& session) -> Result<void> {
    const int64_t now = registry.now();
    const Device device = TRY(load_waiting(session, user_code, now));
    TRY(forgive_attempt(session, attempt));
    TRY(session.run(
        "UPDATE devices SET status = ?, org_id = ?, user_id = ?, scopes = ?, grants = ?, "
        "token_expires_at = ? WHERE id = ?",
        {approve ? "APPROVED" : "REFUSED", caller.org_id, caller.user_id,
         codec::format_json(to_json(rights.scopes)), codec::format_json(to_json(rights.grants)),
         token_end(caller, now), device.id}));
    AuditEntry entry = audit_entry(caller, now, approve ? "device.approve" : "device.refuse",
                                   fmt::format("device/{}", device.id));
    entry.after = codec::format_json(
        codec::Json::object({{"client", device.waiting.client}, {"ip", device.waiting.ip}}));
    return append_audit(session, std::move(entry));
  });
}

// ----------------------------------------------------------------------------------------------
// polls

namespace {

struct Polled {
  int64_t id = 0;
  bool is_over = false;
  bool is_early = false;
  int64_t interval = 0;
  std::string status;
  NewToken token;
};

Result<std::optional<Polled>> load_polled(Session& session, std::string_view code, int64_t now) {
  const std::optional<Row> row = TRY(session.find_row(
      "SELECT id, expires_at, polled_at, interval_seconds, status, org_id, user_id, scopes, "
      "grants, token_expires_at FROM devices WHERE device_sha256 = ?",
      {secret_hash(code)}));
  if (!row.has_value()) {
    return std::optional<Polled>();
  }
  const Row& r = *row;
  Polled out;
  out.id = r[0].number();
  out.is_over = r[1].number() <= now;
  out.interval = r[3].number();
  // Not to the second: clocks and networks are not either.
  out.is_early =
      !r[2].is_null() && now >= r[2].number() && now - r[2].number() < out.interval * kSecondNs / 2;
  out.status = r[4].text();
  if (out.status == "APPROVED") {
    out.token.org_id = r[5].number();
    out.token.user_id = r[6].number();
    const codec::Json scopes = TRY(codec::parse_json(r[7].text()));
    const codec::Json grants = TRY(codec::parse_json(r[8].text()));
    out.token.rights.scopes = TRY(parse_scopes(scopes));
    out.token.rights.grants = TRY(parse_grants(grants));
    out.token.expires_at = r[9].find_number();
    out.token.now = now;
  }
  return std::optional<Polled>(std::move(out));
}

Result<void> note_poll(Session& session, const Polled& polled, int64_t now) {
  const int64_t interval =
      polled.is_early ? std::min(polled.interval + 5, kPollSecondsMax) : polled.interval;
  return session.run("UPDATE devices SET polled_at = ?, interval_seconds = ? WHERE id = ?",
                     {now, interval, polled.id});
}

/// A token of the person, unless they have left since.
Result<bool> give_token(Session& session,
                        Polled polled,
                        const std::string& secret,
                        const Origin& origin) {
  NewToken& token = polled.token;
  TRY(session.run("DELETE FROM devices WHERE id = ?", {polled.id}));
  const Value name = TRY(session.scalar(
      "SELECT u.name FROM users u JOIN memberships m ON m.user_id = u.id WHERE u.id = ? AND "
      "m.org_id = ? AND m.joined_at IS NOT NULL",
      {token.user_id.value_or(0), token.org_id}));
  if (name.is_null()) {
    return false;
  }
  token.created_by = name.text();
  const int64_t id = TRY(store_token(session, secret, token));
  AuditEntry entry;
  entry.org_id = token.org_id;
  entry.time = token.now;
  entry.origin = origin;
  entry.origin.actor = Actor{"USER", token.user_id, name.text()};
  entry.action = "token.create";
  entry.object = fmt::format("token/{}", id);
  entry.after = codec::format_json(codec::Json::object({{"by", "device"}}));
  TRY(append_audit(session, std::move(entry)));
  return true;
}

Result<DevicePoll> answer_poll(
    Session& session, Polled polled, const std::string& secret, int64_t now, const Origin& origin) {
  if (polled.status == "APPROVED") {
    const int64_t end = polled.token.expires_at.value_or(now);
    const bool is_given = TRY(give_token(session, std::move(polled), secret, origin));
    return is_given ? DevicePoll{secret, (end - now) / kSecondNs, ""}
                    : DevicePoll{"", 0, "access_denied"};
  }
  if (polled.status == "REFUSED") {
    TRY(session.run("DELETE FROM devices WHERE id = ?", {polled.id}));
    return DevicePoll{"", 0, "access_denied"};
  }
  TRY(note_poll(session, polled, now));
  return DevicePoll{"", 0, polled.is_early ? "slow_down" : "authorization_pending"};
}

}  // namespace

Result<DevicePoll> poll_device(Registry& registry,
                               std::string_view device_code,
                               const Origin& origin) {
  const std::string secret = make_personal_token();
  return write_value<DevicePoll>(registry.store, [&](Session& session) -> Result<DevicePoll> {
    const int64_t now = registry.now();
    std::optional<Polled> polled = TRY(load_polled(session, device_code, now));
    if (!polled.has_value()) {
      return DevicePoll{"", 0, "invalid_grant"};
    }
    if (polled->is_over) {
      return DevicePoll{"", 0, "expired_token"};
    }
    return answer_poll(session, std::move(*polled), secret, now, origin);
  });
}

}  // namespace rhumb::registry
