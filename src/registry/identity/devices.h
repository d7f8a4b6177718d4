#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "registry/registry.h"

/// Logins of command lines: they show a code, somebody who is logged in at the pages confirms it,
/// they get a token of that person.
/// Source: RFC 8628.
namespace rhumb::registry {

inline constexpr int64_t kDeviceSeconds = 600;
inline constexpr int64_t kPollSeconds = 2;
inline constexpr int64_t kDeviceTokenDays = 90;

struct DeviceRequest {
  std::string device_code;  ///< for the program
  std::string user_code;    ///< for the person: `BCDF-GHJK`
};
/// Errors: kLimit when too many wait already, of this address or at all.
Result<DeviceRequest> request_device(Registry& registry,
                                     std::string_view client,
                                     const Origin& origin);

/// One that waits, as the person is asked about it.
struct WaitingDevice {
  std::string user_code;
  std::string client;
  std::string ip;
  int64_t created_at = 0;
};
/// `user_code` in whatever case, with or without the dash. Errors: kNotFound; kLimit after too many
/// codes that were none.
Result<WaitingDevice> find_device(Registry& registry,
                                  const Caller& caller,
                                  std::string_view user_code);
/// Lets it in as the caller, who must be a person, or refuses it. Errors: as find_device().
Result<void> decide_device(Registry& registry,
                           const Caller& caller,
                           std::string_view user_code,
                           bool approve);

/// What a program that polls is told: a token, or the error of RFC 8628 3.5.
struct DevicePoll {
  std::string token;
  int64_t expires_in = 0;  ///< seconds
  std::string error;
};
Result<DevicePoll> poll_device(Registry& registry,
                               std::string_view device_code,
                               const Origin& origin);

}  // namespace rhumb::registry
