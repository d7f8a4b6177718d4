#include "registry/alerts/alert_settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "codec/base64.h"
#include "sys/files.h"
#include "sys/random.h"

namespace rhumb::registry {
namespace {

Result<codec::SealKey> make_key(const std::string& path) {
  const codec::SealKey key = sys::random_bytes<codec::SealKey().size()>();
  TRY(sys::write_file_atomic(path, codec::base64_encode(key) + "\n", sys::kPrivateFileMode));
  return key;
}

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

Result<AlertSettings> make_alert_settings(const AlertOptions& options, const std::string& folder) {
  AlertSettings settings;
  if (!options.seal_key_file.empty()) {
    settings.key = TRY(load_seal_key(options.seal_key_file, false).context("--seal-key-file"));
  } else if (!folder.empty()) {
    settings.key = TRY(load_seal_key(folder + "/seal.key", true));
  }
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

Result<codec::SealKey> load_seal_key(const std::string& path, bool create) {
  if (create && !sys::file_exists(path)) {
    return make_key(path);
  }
  const std::string text = TRY(sys::read_file(path));
  const auto bytes = codec::base64_decode(trim(text));
  codec::SealKey key{};
  if (!bytes || bytes->size() != key.size()) {
    return invalid(fmt::format(
        "{}: must hold 32 bytes in base64, as 'openssl rand -base64 32' makes them", path));
  }
  std::ranges::copy(*bytes, key.begin());
  return key;
}

}  // namespace rhumb::registry
