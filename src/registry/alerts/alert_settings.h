#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "http/ip_address.h"
#include "http/mail.h"

namespace rhumb::registry {

/// What the configuration of a server says of alerts.
struct AlertSettings {
  http::AddressGuard guard{};        ///< of what webhooks may connect to
  std::string proxy{};               ///< that they go through to the outside; empty: none
  http::MailServer mail_server{};    ///< without one there is no mail
  std::string mail_from{};           ///< an address, or `Name <address>`
  int64_t messages_per_minute = 60;  ///< of one webhook; what is more waits; 0: no limit
};

/// What a server was started with, in the words of its flags.
struct AlertOptions {
  std::string webhook_allow;  ///< ranges of addresses, separated by commas
  int64_t messages_per_minute = 60;
  std::string smtp_url;
  std::string smtp_from;
};
/// Errors: kInvalid naming the flag.
Result<AlertSettings> make_alert_settings(const AlertOptions& options);

}  // namespace rhumb::registry
