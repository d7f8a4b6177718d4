#include "main/server_commands.h"

#include <fmt/format.h>

#include <iostream>
#include <mutex>
#include <optional>

#include "base/text.h"
#include "cli/app.h"
#include "cli/migrate_flags.h"
#include "cli/version.h"
#include "http/proxy_address.h"
#include "main/audit_commands.h"
#include "main/store_commands.h"
#include "main/web_assets.h"
#include "registry/serve.h"
#include "sys/environment.h"
#include "sys/files.h"
#include "sys/signals.h"

namespace rhumb {
namespace {

using cli::Command;
using cli::Invocation;

constexpr std::string_view kFilePrefix = "file://";

std::vector<cli::FlagSpec> serve_flags() {
  return {data_flag(),
          cli::text_flag("listen", "127.0.0.1:8484", "HOST:PORT to listen on; port 0 picks one"),
          cli::text_flag("public-url", "", "address of this registry in links"),
          store_flag(),
          cli::text_flag("tls-cert", "", "PEM file of the certificate chain"),
          cli::text_flag("tls-key", "", "PEM file of the key"),
          cli::with_kind(cli::text_flag("audit-checkpoint-every", "1h0m0s",
                                        "how often a checkpoint of the audit log is signed; 0s for "
                                        "never"),
                         cli::FlagKind::kDuration),
          cli::with_kind(cli::text_flag("audit-target", "",
                                        "where checkpoints are sent: a file, s3://bucket/folder or "
                                        "an https URL (repeatable)"),
                         cli::FlagKind::kList),
          cli::text_flag("audit-signing-key", "",
                         "file of the Ed25519 key that signs; a key in the store when empty"),
          cli::with_kind(cli::text_flag("audit-keep-days", "0",
                                        "entries of the audit log that are older are pruned; 0 for "
                                        "none"),
                         cli::FlagKind::kUint),
          cli::with_kind(cli::text_flag("rate-limit", "600",
                                        "requests a minute of one token, reports excepted; "
                                        "0 for no limit"),
                         cli::FlagKind::kUint),
          cli::text_flag("egress-proxy", "",
                         "proxy to the outside of webhooks, checkpoints and identity providers: "
                         "http://user:password@host:port, or environment for HTTPS_PROXY"),
          cli::text_flag("webhook-allow", "",
                         "ranges of private addresses that webhooks may connect to, such as "
                         "10.0.0.0/8,fd00::/8"),
          cli::with_kind(cli::text_flag("webhook-rate", "60",
                                        "messages a minute to one webhook, the rest waits; 0 for "
                                        "no limit"),
                         cli::FlagKind::kUint),
          cli::text_flag("smtp-url", "",
                         "mail server of webhooks of type EMAIL: smtp://user:password@host:587, "
                         "smtps://..."),
          cli::text_flag("smtp-from", "", "address that mail comes from"),
          cli::text_flag("seal-key-file", "",
                         "file with the key that secrets of webhooks and of people's apps are "
                         "sealed with, 32 bytes in base64; with --data it is seal.key there"),
          cli::text_flag("passkey-attestation", "none",
                         "none, or direct: browsers are asked who made the authenticator of a new "
                         "passkey"),
          cli::text_flag("oidc-issuer", "", "identity provider that people log in at"),
          cli::text_flag("oidc-client-id", "", "name of this registry there"),
          cli::text_flag("oidc-name", "single sign-on", "what the login page calls it"),
          cli::text_flag("oidc-default-role", "",
                         "role of people who were not invited; empty: they are not let in"),
          cli::with_kind(cli::text_flag("trusted-proxies", "",
                                        "addresses and networks of reverse proxies whose "
                                        "X-Forwarded-For is believed (repeatable, or a list)"),
                         cli::FlagKind::kList),
          cli::text_flag("log", "text", "text, or json: one object a line, requests as well")};
}

/// `--public-url` is RHUMB_PUBLIC_URL.
std::string variable_of(std::string_view flag) {
  return "RHUMB_" + to_upper_ascii(replace_all(flag, "-", "_"));
}

std::string unquoted(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return std::string(quoted ? text.substr(1, text.size() - 2) : text);
}

/// Lines `name = value`; `#` begins a comment line.
Result<void> read_settings(Invocation& invocation, std::string_view location) {
  std::string path(location.starts_with(kFilePrefix) ? location.substr(kFilePrefix.size())
                                                     : location);
  const std::string text = TRY(sys::read_file(path));
  size_t number = 0;
  for (std::string_view line : split(text, '\n')) {
    ++number;
    line = trim(line);
    if (line.empty() || line.front() == '#') {
      continue;
    }
    auto parts = cut(line, "=");
    std::string name(parts ? trim(parts->first) : line);
    if (!parts || invocation.flags.find(name) == nullptr) {
      return invalid(fmt::format("{}:{}: unknown setting \"{}\"", path, number, name));
    }
    TRY(invocation.flags.set_from_config(name, {unquoted(trim(parts->second))}));
  }
  return {};
}

/// What the person did not set comes from the environment, then from the file.
Result<void> complete_flags(Invocation& invocation) {
  if (invocation.flags.set_by_person("config")) {
    TRY(read_settings(invocation, invocation.flags.text("config")));
  }
  for (const cli::FlagSpec& flag : serve_flags()) {
    std::optional<std::string> value = invocation.app.environment.get(variable_of(flag.name));
    if (value.has_value()) {
      TRY(invocation.flags.set_from_config(flag.name, {*value}));
    }
  }
  return {};
}

/// Errors: neither text nor json. The value: whether it is json.
Result<bool> read_log_format(const std::string& format) {
  if (format != "text" && format != "json") {
    return invalid(fmt::format("invalid --log \"{}\"; use text or json", format));
  }
  return format == "json";
}

Result<bool> read_attestation_wish(const std::string& wish) {
  if (wish != "none" && wish != "direct") {
    return invalid(fmt::format("invalid --passkey-attestation \"{}\"; use none or direct", wish));
  }
  return wish == "direct";
}

Result<int> run_serve(Invocation& invocation) {
  TRY(complete_flags(invocation));
  const sys::SignalWatcher signals;
  std::mutex log_mutex;  // guards the stream: requests fail on many threads
  registry::ServeOptions options;
  options.store = read_store(invocation);
  options.listen = invocation.flags.text("listen");
  options.public_url = invocation.flags.text("public-url");
  options.tls_certificate_file = invocation.flags.text("tls-cert");
  options.tls_key_file = invocation.flags.text("tls-key");
  options.requests_per_minute = static_cast<int64_t>(invocation.flags.count("rate-limit"));
  options.checkpoints = {.interval = invocation.flags.duration("audit-checkpoint-every"),
                         .targets = invocation.flags.list("audit-target")};
  options.signing_key_file = invocation.flags.text("audit-signing-key");
  options.audit_keep_days = static_cast<int64_t>(invocation.flags.count("audit-keep-days"));
  options.seal_key_file = invocation.flags.text("seal-key-file");
  options.alerts = {
      .webhook_allow = invocation.flags.text("webhook-allow"),
      .messages_per_minute = static_cast<int64_t>(invocation.flags.count("webhook-rate")),
      .smtp_url = invocation.flags.text("smtp-url"),
      .smtp_from = invocation.flags.text("smtp-from")};
  options.egress_proxy = TRY(
      http::read_proxy_address(invocation.flags.text("egress-proxy"), invocation.app.environment)
          .context("--egress-proxy"));
  options.trusted_proxies = invocation.flags.list("trusted-proxies");
  options.json_log = TRY(read_log_format(invocation.flags.text("log")));
  options.admin_token = invocation.app.environment.get("RHUMB_ADMIN_TOKEN");
  options.api.asks_attestation =
      TRY(read_attestation_wish(invocation.flags.text("passkey-attestation")));
  options.oidc = registry::OidcSettings{
      .issuer = invocation.flags.text("oidc-issuer"),
      .client_id = invocation.flags.text("oidc-client-id"),
      .client_secret = invocation.app.environment.get_or_empty("RHUMB_OIDC_CLIENT_SECRET"),
      .name = invocation.flags.text("oidc-name"),
      .default_role = to_upper_ascii(invocation.flags.text("oidc-default-role"))};
  options.version = std::string(cli::kSemanticVersion);
  options.clock = &invocation.app.clock;
  options.stop = signals.token();
  const WebAssets assets;
  options.assets = &assets;
  options.log = [&](const std::string& line) {
    const std::lock_guard lock(log_mutex);
    invocation.app.err << line << "\n" << std::flush;
  };
  return registry::serve(options, invocation.app.out);
}

Command serve_command() {
  Command command;
  command.name = "serve";
  command.arguments = "[flags]";
  command.summary = "Run a registry.";
  command.description =
      "'serve' runs a registry that keeps everything in one folder, or in a PostgreSQL database.\n"
      "The first start prints an admin token and a one-time address for the first person. Every\n"
      "flag can also be set as an environment variable (RHUMB_PUBLIC_URL for --public-url) or in\n"
      "a file of lines 'name = value' given with --config. RHUMB_ADMIN_TOKEN sets the admin "
      "token.\n"
      "People are invited on the page Members; with --oidc-issuer they log in at an identity "
      "provider,\n"
      "which needs the address <public-url>/auth/oidc/callback and, but for public clients, the\n"
      "secret in RHUMB_OIDC_CLIENT_SECRET.";
  command.examples =
      "  rhumb serve\n"
      "  rhumb serve --data /var/lib/rhumb --listen 0.0.0.0:8484\n"
      "  RHUMB_STORE=postgres://rhumb:secret@db.internal/rhumb rhumb serve";
  command.flags = serve_flags();
  command.run = run_serve;
  return command;
}

}  // namespace

std::vector<Command> make_server_commands() {
  std::vector<Command> commands;
  commands.push_back(serve_command());
  commands.push_back(make_audit_command());
  commands.push_back(make_registry_command());
  return commands;
}

}  // namespace rhumb
