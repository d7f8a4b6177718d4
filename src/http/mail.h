#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

/// Electronic mail: messages made, and handed to a mail server over SMTP.
namespace rhumb::http {

/// One message in plain text.
struct Mail {
  std::string from;             ///< an address, or `Name <address>`
  std::vector<std::string> to;  ///< addresses
  std::string subject;
  std::string text;        ///< UTF-8, lines end with `\n`
  std::string message_id;  ///< without brackets, `x@y`; stays the same when it is sent again
  std::chrono::sys_seconds date{};
  /// Further header fields, name and value.
  std::vector<std::pair<std::string, std::string>> headers{};
};

/// A mail server as its URL names it: `smtp://host`, with TLS when the server has it (and only with
/// TLS when there is a password and the server is another machine), or `smtps://host`, with TLS
/// from the start; `user:password@` and `:port` may stand in it.
struct MailServer {
  std::string url;
  [[nodiscard]] bool is_configured() const { return !url.empty(); }
};

/// `a@b.example` of `A <a@b.example>` or of itself.
/// Errors: kInvalid for what is no address.
[[nodiscard]] Result<std::string> mail_address(std::string_view text);
/// Errors: kInvalid for another scheme, no host.
Result<void> check_mail_server(const MailServer& server);

/// The message as it is sent, lines ending with CR LF. Header fields and text that are not ASCII
/// are encoded; line breaks in header fields become blanks.
/// Source: RFC 5322, 2045, 2047.
[[nodiscard]] std::string format_mail(const Mail& mail);

/// What the mail server answered last, its status and text: `250 2.0.0 Ok: queued as 1234`.
struct MailReceipt {
  int status = 0;
};
/// Hands the message over for every recipient.
///
/// Errors: kUnsupported without libcurl, kInvalid (server, an address), kUnavailable with the
/// server's refusal or libcurl's text, never with the password.
Result<MailReceipt> send_mail(const MailServer& server,
                              const Mail& mail,
                              std::chrono::milliseconds timeout);

}  // namespace rhumb::http
