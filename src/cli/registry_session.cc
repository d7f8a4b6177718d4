#include "cli/registry_session.h"

#include <sys/utsname.h>

#include <chrono>

#include "base/go_format.h"
#include "cli/ci_token.h"
#include "cli/directory_cache.h"
#include "cli/http_access.h"
#include "cli/version.h"
#include "codec/redact.h"
#include "codec/url.h"
#include "migrate/archive_files.h"
#include "migrate/directory_url.h"
#include "migrate/versions.h"
#include "report/delivery.h"
#include "sys/environment.h"

namespace rhumb::cli {
namespace {

constexpr std::chrono::seconds kIdentifyBudget{5};
/// With a copy at hand.
constexpr std::chrono::seconds kBriefFetchBudget{10};

bool is_loopback_host(const std::string& host) {
  return host == "localhost" || host == "127.0.0.1" || host == "::1";
}

/// A directory cut after one version, with the checksum file of what is left.
Result<std::shared_ptr<migrate::Directory>> truncate_after(
    std::shared_ptr<migrate::MemoryDirectory> directory, const std::string& version) {
  const migrate::DirectoryFiles loaded = TRY(migrate::load_files(*directory));
  const size_t last = TRY(migrate::find_version(loaded.files, version));
  for (size_t i = last + 1; i < loaded.files.size(); ++i) {
    TRY(directory->remove(loaded.files[i].name()));
  }
  TRY(migrate::rehash(*directory));
  return std::shared_ptr<migrate::Directory>(std::move(directory));
}

/// Whether an archive can stand in for what a URL names: its files agree with its checksum file,
/// and the version is among them.
bool holds(const std::string& archive, const migrate::DirectoryUrl& url) {
  const Result<migrate::Format> format = url.format();
  const auto unpacked =
      migrate::unpack_directory(url.shown, format.value_or(migrate::Format::kAtlas), archive);
  if (!unpacked.has_value()) {
    return false;
  }
  const auto files = migrate::load_files(*unpacked.value());
  if (!files.has_value()) {
    return false;
  }
  const auto problem = migrate::verify(*unpacked.value(), files.value());
  const std::string version = url.query_value("version");
  return problem.has_value() && !problem.value() &&
         (version.empty() || migrate::find_version(files.value().files, version).has_value());
}

}  // namespace

Result<codec::Url> parse_registry_url(const std::string& endpoint) {
  Result<codec::Url> url = codec::parse_url(endpoint);
  if (!url.has_value() || (url.value().scheme != "http" && url.value().scheme != "https")) {
    return invalid("registry URL " + go_quote(codec::redact_url(endpoint)) +
                   " is not an http or https address; check atlas.cloud.url or ATLAS_CLOUD_URL");
  }
  return url;
}

RegistrySession::RegistrySession(const Invocation& invocation, project::CloudConfig cloud)
    : invocation_(invocation), cloud_(std::move(cloud)) {}

RegistrySession::RegistrySession(RegistrySession&& other) noexcept = default;

RegistrySession::~RegistrySession() = default;

Result<std::optional<project::Login>> RegistrySession::login() {
  const sys::Environment& environment = invocation_.app.environment;
  std::optional<project::Login> found = TRY(project::find_login(cloud_, environment));
  if (found) {
    return found;
  }
  if (!asked_platform_) {
    asked_platform_ = true;
    const std::string endpoint = TRY(project::find_endpoint(cloud_, environment));
    const std::optional<std::string> token =
        endpoint.empty() ? std::nullopt : TRY(exchange_ci_token(invocation_.app, endpoint));
    if (token) {
      platform_login_ = project::Login{.endpoint = endpoint, .token = *token, .org = cloud_.org};
    }
  }
  return platform_login_;
}

Result<project::Login> RegistrySession::require_login() {
  std::optional<project::Login> found = TRY(login());
  if (!found) {
    return project::login_required();
  }
  return *std::move(found);
}

Result<registry_api::RegistryClient*> RegistrySession::client() {
  if (client_ != nullptr) {
    return client_.get();
  }
  const project::Login login = TRY(require_login());
  const codec::Url url = TRY(parse_registry_url(login.endpoint));
  if (url.scheme == "http" && !is_loopback_host(url.hostname())) {
    invocation_.warn("the registry is spoken to over http: token and reports are not encrypted");
  }
  App& app = invocation_.app;
  transport_ = std::make_unique<report::RecordingTransport>(app.http, app.clock);
  client_ = std::make_unique<registry_api::RegistryClient>(
      *transport_,
      registry_api::ClientOptions{
          .endpoint = login.endpoint, .token = login.token, .user_agent = user_agent(app)});
  return client_.get();
}

void RegistrySession::within(std::chrono::nanoseconds budget,
                             Attempts attempts,
                             const std::function<void()>& work) {
  HttpAccess& http = invocation_.app.http;
  transport_->limit(budget);
  http.limit(budget);
  transport_->allow_retries(attempts == Attempts::kUsual);
  work();
  transport_->allow_retries(true);
  http.lift_limit();
  transport_->lift_limit();
}

Result<void> RegistrySession::check_organization() {
  const std::optional<project::Login> found = TRY(login());
  if (found && !found->org.empty() && !identity_.org.empty() && found->org != identity_.org) {
    foreign_ = true;
    return Error(ErrorCode::kDenied, "config requires organization " + go_quote(found->org) +
                                         ", but the token belongs to " + go_quote(identity_.org));
  }
  return {};
}

Result<void> RegistrySession::identify() {
  if (identified_) {
    return {};
  }
  const Result<registry_api::Identity> identity = client_->identify();
  identified_ = true;
  refused_ = transport_->last_status() == 401;
  identity_ = TRY(identity);
  return check_organization();
}

Result<registry_api::RegistryClient*> RegistrySession::connect() {
  registry_api::RegistryClient* connected = TRY(client());
  TRY(identify());
  return connected;
}

Result<registry_api::RegistryClient*> RegistrySession::connect_for_report() {
  registry_api::RegistryClient* connected = TRY(client());
  if (identified_) {
    return connected;
  }
  Result<void> identified;
  within(kIdentifyBudget, Attempts::kOne, [&] { identified = identify(); });
  if (foreign_) {
    return identified.error();
  }
  return connected;
}

Result<std::string> RegistrySession::fetch_archive(const std::string& slug,
                                                   const std::string& tag) {
  registry_api::RegistryClient* connected = TRY(connect());
  Result<std::string> archive = connected->read_directory(slug, tag);
  refused_ = refused_ || transport_->last_status() == 401;
  return archive;
}

Result<std::string> RegistrySession::fetch_briefly(const std::string& slug,
                                                   const std::string& tag) {
  TRY(client());
  Result<std::string> archive = std::string();
  within(kBriefFetchBudget, Attempts::kOne, [&] { archive = fetch_archive(slug, tag); });
  return archive;
}

bool RegistrySession::may_recover() const {
  constexpr int kTooMany = 429;
  constexpr int kServerErrors = 500;
  const int status = transport_->last_status();
  return status == 0 || status == kTooMany || status >= kServerErrors;
}

bool RegistrySession::is_unanswered() const {
  return transport_ != nullptr && transport_->last_status() == 0 &&
         !invocation_.app.stop.is_cancelled();
}

Result<std::string> RegistrySession::fetch_or_recall(const migrate::DirectoryUrl& url,
                                                     bool may_recall) {
  const std::string& slug = url.path;
  const std::string tag = url.query_value("tag");
  const project::Login login = TRY(require_login());
  const DirectoryCache cache(invocation_.app.environment);
  const DirectoryKey key{.endpoint = login.endpoint, .slug = slug, .tag = tag};
  std::optional<std::string> kept = may_recall ? cache.find(key) : std::optional<std::string>{};
  if (kept && !holds(*kept, url)) {
    kept.reset();
  }
  Result<std::string> archive = kept ? fetch_briefly(slug, tag) : fetch_archive(slug, tag);
  if (!archive.has_value() && kept && is_unanswered()) {
    invocation_.warn("the registry does not answer; using the copy of " + go_quote(slug) +
                     " that it sent earlier");
    return *std::move(kept);
  }
  if (!archive.has_value() && kept && transport_->last_status() >= 500) {
    archive = fetch_archive(slug, tag);  // it is there, and may recover
  }
  if (archive.has_value()) {
    cache.put(key, archive.value());
  }
  return archive;
}

Result<std::shared_ptr<migrate::Directory>> RegistrySession::open_directory(
    const migrate::DirectoryUrl& url, bool allow_stale) {
  const auto known = directories_.find(url.shown);
  if (known != directories_.end()) {
    return known->second;
  }
  const std::string tag = url.query_value("tag");
  const std::string version = url.query_value("version");
  if (!tag.empty() && !version.empty()) {
    return invalid("cannot use both \"tag\" and \"version\" in atlas URL");
  }
  const migrate::Format format = TRY(url.format());
  const bool is_pinned = (!tag.empty() && tag != "latest") || !version.empty();
  const std::string archive = TRY(fetch_or_recall(url, allow_stale || is_pinned));
  const std::shared_ptr<migrate::MemoryDirectory> unpacked =
      TRY(migrate::unpack_directory(url.shown, format, archive));
  std::shared_ptr<migrate::Directory> directory = unpacked;
  if (!version.empty()) {
    directory = TRY(truncate_after(unpacked, version));
  }
  directories_.emplace(url.shown, directory);
  return directory;
}

std::string user_agent(const App& app) {
  utsname system{};
  const bool known = uname(&system) == 0;
  const std::string machine = known ? system.machine : "unknown";
  std::string agent = "Atlas/" + std::string(kSemanticVersion) + " (linux/" +
                      (machine == "x86_64"    ? "amd64"
                       : machine == "aarch64" ? "arm64"
                                              : machine);
  const std::string integration = app.environment.get_or_empty("ATLAS_INTEGRATION");
  if (!integration.empty()) {
    agent += "; " + integration;
  }
  return agent + ")";
}

}  // namespace rhumb::cli
