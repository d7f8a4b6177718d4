#include "registry/serve.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <ostream>

#include "http/server.h"
#include "registry/alerts/alert_worker.h"
#include "registry/identity/app_secrets.h"
#include "registry/identity/tokens.h"
#include "registry/maintenance.h"
#include "registry/request_log.h"
#include "registry/store/neighbours.h"
#include "registry/store/store.h"
#include "registry/web_server.h"
#include "sys/file_descriptor.h"

namespace rhumb::registry {
namespace {

constexpr std::chrono::seconds kStopMax{30};
// Each may wait for a commit; the more wait, the more share it.
constexpr size_t kWorkers = 64;

struct Address {
  std::string host;
  uint16_t port = 0;
};

Result<Address> parse_address(const std::string& text) {
  const size_t colon = text.rfind(':');
  Address address;
  if (colon != std::string::npos) {
    address.host = text.substr(0, colon);
    const char* end = text.data() + text.size();
    auto parsed = std::from_chars(text.data() + colon + 1, end, address.port);
    if (parsed.ec == std::errc() && parsed.ptr == end) {
      if (address.host.starts_with('[') && address.host.ends_with(']')) {
        address.host = address.host.substr(1, address.host.size() - 2);
      }
      address.host = address.host.empty() ? "0.0.0.0" : address.host;
      return address;
    }
  }
  return invalid(fmt::format("listen address \"{}\" must be HOST:PORT", text));
}

struct ConnectionLimits {
  size_t connections = 0;
  size_t streams = 0;  ///< of them; what is left is for requests
};

ConnectionLimits connection_limits() {
  constexpr size_t kConnectionsMax = 12'000;
  constexpr size_t kConnectionsMin = 64;
  constexpr size_t kOtherDescriptors = 256;  // the store, receivers of alerts, files
  const size_t descriptors = std::max(sys::raise_descriptor_limit(), kOtherDescriptors);
  const size_t connections =
      std::clamp(descriptors - kOtherDescriptors, kConnectionsMin, kConnectionsMax);
  return {connections, connections / 6 * 5};
}

std::string without_slash(std::string url) {
  while (url.ends_with('/')) {
    url.pop_back();
  }
  return url;
}

/// Stands before the registry while it gets ready: the address must be ours before anything is made
/// that is shown only once.
class Gate {
 public:
  http::Response handle(const http::Request& request) {
    WebServer* web = web_.load();
    if (web != nullptr) {
      return web->handle(request);
    }
    return request.path == "/livez" ? http::text_response(200, "ok")
                                    : http::text_response(503, "not ready");
  }
  void open(WebServer& web) { web_ = &web; }

 private:
  std::atomic<WebServer*> web_ = nullptr;
};

/// Lines about what went wrong, in the form of the log.
std::function<void(const std::string&)> event_log(const ServeOptions& options) {
  if (!options.json_log || !options.log) {
    return options.log;
  }
  return [log = options.log](const std::string& line) {
    log(format_event(line, sys::SystemClock().now().time_since_epoch().count()));
  };
}

Result<std::unique_ptr<http::Server>> start_server(const ServeOptions& options,
                                                   size_t connections_max,
                                                   Registry& registry,
                                                   Gate& gate) {
  const Address address = TRY(parse_address(options.listen));
  http::ServerOptions server;
  server.host = address.host;
  server.port = address.port;
  server.tls_certificate_file = options.tls_certificate_file;
  server.tls_key_file = options.tls_key_file;
  server.worker_threads = kWorkers;
  server.connections_max = connections_max;
  server.error_log = event_log(options);
  server.trusted_proxies = TRY(http::TrustedProxies::parse(options.trusted_proxies));
  server.access_log = [&registry, &options](const http::AccessEntry& entry) {
    registry.metrics.count_request(entry.status,
                                   std::chrono::duration<double>(entry.duration).count());
    if (options.json_log && options.log) {
      options.log(format_request(entry, registry.now()));
    }
  };
  return http::Server::start(
      std::move(server), [&gate](const http::Request& request) { return gate.handle(request); });
}

Result<void> check_options(const ServeOptions& options) {
  if (options.admin_token.has_value() && !is_acceptable_token(*options.admin_token)) {
    return invalid(
        "RHUMB_ADMIN_TOKEN needs at least 20 characters, and only letters, digits, _ and -");
  }
  if (options.tls_certificate_file.empty() != options.tls_key_file.empty()) {
    return invalid("TLS needs both a certificate and a key");
  }
  return check_settings(options.oidc);
}

void wait_for_stop(const sys::CancellationToken& stop) {
  while (!stop.wait_for(std::chrono::hours(1))) {
  }
}

/// A key of the store is there in any case, for commands that look after it.
Result<AuditKey> find_signing_key(const ServeOptions& options, Registry& registry) {
  const AuditKey key = TRY(write_value<AuditKey>(
      registry.store, [&](Session& session) { return ensure_audit_key(session, registry.now()); }));
  return options.signing_key_file.empty() ? Result<AuditKey>(key)
                                          : read_audit_key_file(options.signing_key_file);
}

}  // namespace

Result<int> serve(const ServeOptions& options, std::ostream& out) {
  TRY(check_options(options));
  const sys::SystemClock system_clock;
  const sys::Clock& clock = options.clock == nullptr ? system_clock : *options.clock;
  const auto on_upgrade = [log = event_log(options)](std::string_view file) {
    if (log) {
      log(fmt::format("store: upgrading by {}; requests are answered when it is done", file));
    }
  };
  std::unique_ptr<Store> store =
      TRY(open_store(options.store, StoreOpening::kCreate, StoreSharing::kShared, on_upgrade));
  Registry registry{*store, clock, without_slash(options.public_url)};
  registry.alert_settings = TRY(make_alert_settings(options.alerts));
  registry.alert_settings.proxy = options.egress_proxy;
  registry.seal = TRY(load_store_seal(
      options.seal_key_file, options.store.url.empty() ? options.store.data : std::string()));
  const std::unique_ptr<StoreSubscription> neighbours = listen_to_neighbours(registry);
  registry.rates.set_per_minute(options.requests_per_minute);
  const ConnectionLimits limits = connection_limits();
  Gate gate;
  std::unique_ptr<WebServer> web;  // before the server: its threads use it to the end
  std::unique_ptr<http::Server> server =
      TRY(start_server(options, limits.connections, registry, gate));
  if (registry.public_url.empty()) {
    registry.public_url = server->base_url();
  }
  AdminAccess admin = TRY(write_value<AdminAccess>(*store, [&](Session& session) {
    return ensure_admin(session, options.admin_token, registry.now());
  }));
  registry.audit_key = TRY(find_signing_key(options, registry));
  TRY(seal_apps(registry, event_log(options)));
  if (admin.made_token.has_value()) {
    out << "Admin token: " << *admin.made_token << "\n" << std::flush;
  }
  WebServer::Options web_options;
  web_options.oidc = options.oidc;
  web_options.api = options.api;
  web_options.proxy = options.egress_proxy;
  web_options.streams_max = limits.streams;
  web_options.assets = options.assets;
  web_options.log = event_log(options);
  web = TRY(WebServer::create(registry, std::move(web_options)));
  const std::string code = web->setup_code();
  if (!code.empty()) {
    out << "Set-up URL: " << registry.public_url << "/setup/" << code << "\n" << std::flush;
  }
  if (neighbours == nullptr) {
    TRY(store->write(
        [&registry](Session& session) { return release_claims(session, registry.now()); }));
  }
  NetworkSender sender(registry.alert_settings, registry.seal, [] { return false; });
  auto alerts = std::make_unique<AlertWorker>(registry, sender,
                                              AlertWorker::Options{.log = event_log(options)});
  auto maintenance =
      std::make_unique<Maintenance>(registry, registry_jobs(registry), event_log(options));
  std::unique_ptr<UseTeller> uses;
  if (neighbours != nullptr) {
    uses = std::make_unique<UseTeller>(registry);
  }
  web->set_ready(true);
  gate.open(*web);
  out << "Rhumb " << options.version << " is listening on " << server->base_url() << "\n"
      << std::flush;
  if (options.on_ready) {
    options.on_ready(server->base_url());
  }
  AuditCare care{options.checkpoints, options.audit_keep_days};
  care.checkpoints.proxy = options.egress_proxy;
  std::unique_ptr<CheckpointWatch> checkpoints =
      TRY(CheckpointWatch::start(registry, care, event_log(options)));
  wait_for_stop(options.stop);
  checkpoints.reset();
  maintenance.reset();
  uses.reset();
  web->set_ready(false);
  alerts->stop();
  const bool finished = server->shutdown(kStopMax);
  web->close();
  alerts.reset();  // what it is sending is sent, and noted
  store->stop();
  return finished ? 0 : 1;
}

}  // namespace rhumb::registry
