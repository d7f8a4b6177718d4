#include "registry/alerts/alert_sender.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>

#include "base/text.h"
#include "base/utf8.h"
#include "codec/redact.h"
#include "codec/url.h"
#include "http/client.h"
#include "http/host_lookup.h"
#include "registry/alerts/delivery_route.h"
#include "registry/alerts/renderers.h"
#include "registry/ingest/ingest_prepare.h"

namespace rhumb::registry {
namespace {

constexpr std::chrono::seconds kTimeout{10};
constexpr std::chrono::seconds kLookupMax{3};  ///< of it, for the addresses before a proxy is used
constexpr size_t kAnswerMax = size_t{16} << 10;  ///< bytes that are kept of an answer
constexpr size_t kRequestMax = size_t{64} << 10;
constexpr size_t kSecretMin = 4;  ///< shorter ones would hide half of every text
constexpr int64_t kSecondNs = 1'000'000'000;
/// Of libcurl, as the cause of an error of http::Client: CURLE_PEER_FAILED_VERIFICATION.
constexpr std::string_view kCertificateRefused = "60";

/// Hides the secrets of a webhook in what is kept.
class Mask {
 public:
  Mask(const ClaimedDelivery& delivery, const WebhookSecrets& secrets)
      : shown_(delivery.webhook.url_shown), secrets_(secrets) {
    const Result<codec::Url> url = codec::parse_url(secrets.url);
    if (url && shown_ != secrets.url) {
      // A receiver may name the path alone.
      path_ = url->escaped_path();
      query_ = url->raw_query;
    }
  }

  [[nodiscard]] std::string hide(std::string_view text) const {
    std::string out = replace_all(text, secrets_.url, shown_);
    for (const std::string& part : {secrets_.secret, path_, query_}) {
      if (part.size() >= kSecretMin) {
        out = replace_all(out, part, codec::kRedacted);
      }
    }
    return out;
  }

 private:
  const std::string& shown_;
  const WebhookSecrets& secrets_;
  std::string path_;
  std::string query_;
};

/// Text that both stores take, whatever the bytes were.
std::string clean(std::string_view bytes, size_t bytes_max) {
  constexpr char32_t kReplacement = 0xFFFD;
  std::string out;
  while (!bytes.empty()) {
    const DecodedRune decoded = decode_rune(bytes);
    append_rune(out, decoded.rune == 0 ? kReplacement : decoded.rune);
    bytes.remove_prefix(decoded.size);
  }
  return cut_middle(out, bytes_max);
}

std::string format_request(const WebhookRequest& request) {
  std::string out = fmt::format("POST {}\n", request.url);
  for (const auto& [name, value] : request.headers) {
    out += fmt::format("{}: {}\n", name, value);
  }
  return out + "\n" + request.body;
}

std::string format_answer(const http::ClientResponse& response) {
  std::string out = fmt::format("HTTP {}\n", response.status);
  for (const auto& [name, value] : response.headers) {
    out += fmt::format("{}: {}\n", name, value);
  }
  return out + "\n" + response.body;
}

/// Seconds, as receivers that limit rates send them.
std::optional<int64_t> retry_after(const http::ClientResponse& response) {
  const std::string_view text = http::header_or_empty(response.headers, "Retry-After");
  int64_t seconds = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
  constexpr int64_t kSecondsMax = int64_t{24} * 3600;
  return read.ec == std::errc() && seconds > 0
             ? std::optional(std::min(seconds, kSecondsMax) * kSecondNs)
             : std::nullopt;
}

std::optional<std::string> status_error(const http::ClientResponse& response,
                                        std::string_view who) {
  if (response.status >= 200 && response.status < 300) {
    return std::nullopt;
  }
  const bool redirects = response.status >= 300 && response.status < 400;
  return redirects ? fmt::format(
                         "{} redirects (status {}), which is not followed; give "
                         "the webhook the address that it redirects to",
                         who, response.status)
                   : fmt::format("{} answered with status {}", who, response.status);
}

RenderedAlert rendered(const ClaimedDelivery& delivery) {
  return {.event = delivery.event,
          .guid = delivery.guid,
          .body = delivery.body,
          .created_at = delivery.created_at};
}

std::string send_error(const Error& error) {
  if (error.cause_code() == kCertificateRefused) {
    return fmt::format(
        "{}; give the receiver a certificate of its host's name, or have the server trust who "
        "issued it: SSL_CERT_FILE",
        error.message());
  }
  return error.code() == ErrorCode::kDenied
             ? fmt::format(
                   "{}; the registry connects to none of these unless it is allowed to "
                   "with --webhook-allow",
                   error.message())
             : error.message();
}

Result<DeliveryRoute> find_route(const std::string& url, const AlertSettings& settings) {
  if (settings.proxy.empty()) {
    return DeliveryRoute::kDirect;
  }
  return choose_route(url, settings.guard,
                      [](const std::string& host) { return http::look_up_host(host, kLookupMax); });
}

}  // namespace

AttemptOutcome NetworkSender::send(const ClaimedDelivery& delivery) {
  AttemptOutcome outcome;
  const Result<WebhookSecrets> secrets = open_secrets(delivery.webhook, seal_);
  if (!secrets) {
    outcome.error = fmt::format(
        "the address cannot be opened: {}; give the server the key it was sealed with, or enter "
        "the address again",
        secrets.error().message());
    return outcome;
  }
  outcome = delivery.webhook.type == WebhookType::kEmail ? mail(delivery, *secrets)
                                                         : post(delivery, *secrets);
  const Mask mask(delivery, *secrets);
  outcome.request = clean(mask.hide(outcome.request), kRequestMax);
  if (outcome.response) {
    outcome.response = clean(mask.hide(*outcome.response), kAnswerMax);
  }
  if (outcome.error) {
    outcome.error = clean(mask.hide(*outcome.error), kAnswerMax);
  }
  return outcome;
}

AttemptOutcome NetworkSender::post(const ClaimedDelivery& delivery, const WebhookSecrets& secrets) {
  AttemptOutcome outcome;
  const WebhookRequest rendered_request =
      render_request(delivery.webhook.type, rendered(delivery), secrets);
  outcome.request = format_request(rendered_request);
  const Result<DeliveryRoute> route = find_route(rendered_request.url, settings_);
  if (!route) {
    outcome.error = send_error(route.error());
    return outcome;
  }
  const bool is_direct = *route == DeliveryRoute::kDirect;
  Result<http::Client> client =
      http::Client::create({.ca_file = "",
                            .proxy_from_environment = false,
                            .proxy = is_direct ? std::string() : settings_.proxy,
                            .proxy_for_all = true});
  if (!client) {
    outcome.error = client.error().message();
    return outcome;
  }
  http::ClientRequest request;
  request.method = "POST";
  request.url = rendered_request.url;
  request.headers = rendered_request.headers;
  request.body = rendered_request.body;
  request.timeout = is_direct ? kTimeout : kTimeout - kLookupMax;
  request.connect_timeout = request.timeout;
  request.response_bytes_max = kAnswerMax;
  request.cut_response = true;
  request.cancelled = cancelled_;
  if (is_direct) {
    request.refuse_address = [this](const http::IpAddress& address) {
      return settings_.guard.refuse(address);
    };
  }
  const Result<http::ClientResponse> response = client->send(request);
  if (!response) {
    outcome.error = send_error(response.error());
    return outcome;
  }
  outcome.status = response->status;
  outcome.response = format_answer(*response);
  outcome.error =
      status_error(*response, is_direct ? "the receiver" : "the receiver, or the proxy,");
  outcome.delivered = !outcome.error.has_value();
  outcome.retry_after_ns = retry_after(*response);
  return outcome;
}

AttemptOutcome NetworkSender::mail(const ClaimedDelivery& delivery, const WebhookSecrets& secrets) {
  AttemptOutcome outcome;
  if (!settings_.mail_server.is_configured()) {
    outcome.error = "this server has no mail server; start it with --smtp-url and --smtp-from";
    return outcome;
  }
  const Result<http::Mail> message =
      render_mail(rendered(delivery), secrets.url, settings_.mail_from);
  if (!message) {
    outcome.error = message.error().message();
    return outcome;
  }
  outcome.request = replace_all(http::format_mail(*message), "\r\n", "\n");
  const Result<http::MailReceipt> receipt =
      http::send_mail(settings_.mail_server, *message, kTimeout);
  if (!receipt) {
    outcome.error = receipt.error().message();
    return outcome;
  }
  outcome.status = receipt->status;
  outcome.delivered = true;
  return outcome;
}

}  // namespace rhumb::registry
