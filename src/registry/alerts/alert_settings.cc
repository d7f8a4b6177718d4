#include "registry/alerts/alert_settings.h"

#include <vector>

#include "base/text.h"

namespace rhumb::registry {
namespace {

Result<std::vector<http::IpRange>> read_ranges(std::string_view text) {
  std::vector<http::IpRange> ranges;
  for (const std::string_view part : split(text, ',')) {
    if (!trim(part).empty()) {
      const http::IpRange range = TRY(http::IpRange::parse(trim(part)));
      ranges.push_back(range);
    }
  }
  return ranges;
}

}  // namespace

Result<AlertSettings> make_alert_settings(const AlertOptions& options) {
  AlertSettings settings;
  settings.guard =
      http::AddressGuard(TRY(read_ranges(options.webhook_allow).context("--webhook-allow")));
  settings.messages_per_minute = options.messages_per_minute;
  settings.mail_server = {options.smtp_url};
  settings.mail_from = options.smtp_from;
  if (settings.mail_server.is_configured()) {
    TRY(http::check_mail_server(settings.mail_server).context("--smtp-url"));
    TRY(http::mail_address(settings.mail_from).context("--smtp-from"));
  }
  return settings;
}

}  // namespace rhumb::registry
