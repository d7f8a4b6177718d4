#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "codec/json.h"
#include "http/headers.h"
#include "http/mail.h"
#include "registry/alerts/webhook.h"

/// Alerts as the programs that receive them want them. Pure.
/// Source: spec registry.md 8; what each service documents of its incoming webhooks
/// (docs/alerts.md).
namespace rhumb::registry {

/// What every form is made of.
struct RenderedAlert {
  std::string_view event;  ///< `deployment.failed`
  std::string_view guid;   ///< of the delivery
  const codec::Json& body;
  int64_t created_at = 0;  ///< of the delivery, nanoseconds since 1970
};

/// A request that is posted.
struct WebhookRequest {
  std::string url;
  http::Headers headers;
  std::string body;
};
/// Signed when there is a secret; that of Workplace is its access token instead.
[[nodiscard]] WebhookRequest render_request(WebhookType type,
                                            const RenderedAlert& alert,
                                            const WebhookSecrets& secrets);

/// Errors: kInvalid for an address that is none.
Result<http::Mail> render_mail(const RenderedAlert& alert,
                               std::string_view url,
                               const std::string& from);

/// The body alone, of the types that have one of their own.
[[nodiscard]] codec::Json slack_body(const codec::Json& alert);
[[nodiscard]] codec::Json teams_body(const codec::Json& alert);
[[nodiscard]] codec::Json discord_body(const codec::Json& alert);
[[nodiscard]] codec::Json workplace_body(const codec::Json& alert);
/// Lines for a mail, or whatever else shows plain text.
[[nodiscard]] std::string plain_text(const codec::Json& alert);

/// `sha1=...` and `sha256=...`: what a body is signed with, in hexadecimal.
struct BodySignatures {
  std::string sha1;
  std::string sha256;
};
[[nodiscard]] BodySignatures sign_body(std::string_view secret, std::string_view body);

}  // namespace rhumb::registry
