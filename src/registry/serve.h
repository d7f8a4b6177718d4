#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "registry/alerts/alert_settings.h"
#include "registry/api/api_options.h"
#include "registry/assets.h"
#include "registry/audit/checkpoint_watch.h"
#include "registry/identity/oidc.h"
#include "registry/store/store.h"
#include "sys/cancellation.h"
#include "sys/clock.h"

namespace rhumb::registry {

struct ServeOptions {
  StoreAddress store{};
  std::string listen = "127.0.0.1:8484";  ///< host and port; port 0 picks a free one
  std::string public_url;                 ///< of links; empty: the address listened on
  std::string tls_certificate_file;       ///< PEM; empty: no TLS
  std::string tls_key_file;
  std::optional<std::string> admin_token;  ///< RHUMB_ADMIN_TOKEN
  CheckpointSettings checkpoints{};        ///< of the audit log
  std::string signing_key_file{};          ///< that signs them; empty: a key in the store does
  int64_t audit_keep_days = 0;             ///< older entries of the audit log are pruned; 0: never
  int64_t requests_per_minute = 600;       ///< of one token, reports excepted; 0: no limit
  /// Of the key that secrets in the store are sealed with, as load_store_seal() takes it.
  std::string seal_key_file{};
  AlertOptions alerts;                     ///< what webhooks may do
  OidcSettings oidc{};                     ///< logins at an identity provider
  ApiOptions api{};
  /// As http::read_proxy_address() gives it: of webhooks, checkpoints and identity providers.
  std::string egress_proxy;
  /// Addresses and networks of reverse proxies whose X-Forwarded-For and -Proto count.
  std::vector<std::string> trusted_proxies;
  /// Log lines are JSON objects, and every request is one.
  bool json_log = false;
  std::string version = "dev";             ///< printed when ready
  const AssetSource* assets = nullptr;     ///< of the web front end
  sys::CancellationToken stop;             ///< ends the server in good order
  const sys::Clock* clock = nullptr;       ///< null: the system's
  /// A line for the log (stderr).
  std::function<void(const std::string&)> log;
  /// Called with the address that is really listened on, when requests are served; for tests.
  std::function<void(const std::string& base_url)> on_ready;
};

/// Runs the registry until `stop`.
///
/// Shape: `out` gets the lines that scripts wait for and no other, each flushed: `Admin token: ...`
/// when it was made here, `Set-up URL: ...` until the first person is there, and at last
/// `Rhumb <version> is listening on http://127.0.0.1:8484`. Stopping finishes accepted requests,
/// for at most 30 seconds. The value is the exit status.
/// Errors: before the last line: kBusy (store in use), kConflict (address in use), kInvalid
/// (address, token, certificate), kDenied (another admin token), kUnsupported (newer store), kIo.
/// Source: spec registry.md 13.
Result<int> serve(const ServeOptions& options, std::ostream& out);

}  // namespace rhumb::registry
