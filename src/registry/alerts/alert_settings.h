#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "codec/seal.h"
#include "http/ip_address.h"
#include "http/mail.h"

namespace rhumb::registry {

/// What the configuration of a server says of alerts.
struct AlertSettings {
  /// What secrets of webhooks are sealed with; without one there are no webhooks.
  std::optional<codec::SealKey> key{};
  http::AddressGuard guard{};        ///< of what webhooks may connect to
  std::string proxy{};               ///< that they go through to the outside; empty: none
  http::MailServer mail_server{};    ///< without one there is no mail
  std::string mail_from{};           ///< an address, or `Name <address>`
  int64_t messages_per_minute = 60;  ///< of one webhook; what is more waits; 0: no limit
};

/// What a server was started with, in the words of its flags.
struct AlertOptions {
  std::string seal_key_file;  ///< empty: `seal.key` in the data folder, made there when missing
  std::string webhook_allow;  ///< ranges of addresses, separated by commas
  int64_t messages_per_minute = 60;
  std::string smtp_url;
  std::string smtp_from;
};
/// `folder` is that of the data; empty where there is none: then only a key file that is named
/// gives a key.
/// Errors: kInvalid naming the flag; those of load_seal_key().
Result<AlertSettings> make_alert_settings(const AlertOptions& options, const std::string& folder);

/// The key in a file of 32 bytes in base64; made there, for its owner only, when it is missing and
/// `create` says so.
/// Errors: kNotFound, kIo, kDenied; kInvalid for other content.
Result<codec::SealKey> load_seal_key(const std::string& path, bool create);

}  // namespace rhumb::registry
