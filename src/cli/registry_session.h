#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/app.h"
#include "codec/url.h"
#include "migrate/directory.h"
#include "project/login.h"
#include "project/project.h"
#include "registry_api/client.h"

namespace rhumb::migrate {
struct DirectoryUrl;
}  // namespace rhumb::migrate
namespace rhumb::report {
class RecordingTransport;
}  // namespace rhumb::report

namespace rhumb::cli {

enum class Attempts { kOne, kUsual };

/// One command's dealings with a registry: connects on first use, identifies itself once, reads
/// directories once.
///
/// Errors of everything that needs the registry: `command requires 'atlas login'` without token or
/// endpoint; `Unauthorized`; the server's own.
class RegistrySession {
 public:
  RegistrySession(const Invocation& invocation, project::CloudConfig cloud);
  RegistrySession(RegistrySession&& other) noexcept;
  ~RegistrySession();

  /// Token and endpoint; nothing when one is missing. Without a token that of the CI platform is
  /// exchanged for one, once.
  [[nodiscard]] Result<std::optional<project::Login>> login();
  /// As login. Errors: `command requires 'atlas login'` when one is missing.
  [[nodiscard]] Result<project::Login> require_login();
  /// The client of a connected session that has identified itself.
  Result<registry_api::RegistryClient*> connect();
  /// As connect, for a run that needs the registry for its report only: one attempt of at most 5 s,
  /// and no answer is no obstacle. `refused()` tells whether the token was.
  Result<registry_api::RegistryClient*> connect_for_report();
  [[nodiscard]] bool refused() const { return refused_; }
  /// The token belongs to another organization than the project asks for: nothing is sent.
  [[nodiscard]] bool is_foreign() const { return foreign_; }
  [[nodiscard]] report::RecordingTransport& transport() { return *transport_; }
  /// The last request of a connected session got no answer, or one that says to come again.
  [[nodiscard]] bool may_recover() const;
  /// Calls `work` of a connected session; all that it sends takes at most `budget`, and with
  /// Attempts::kOne nothing is tried again.
  void within(std::chrono::nanoseconds budget,
              Attempts attempts,
              const std::function<void()>& work);
  [[nodiscard]] const registry_api::Identity& identity() const { return identity_; }
  [[nodiscard]] const project::CloudConfig& cloud() const { return cloud_; }

  /// Reads an `atlas://` directory; the same URL is fetched once. When the registry does not
  /// answer, what it sent earlier stands in for a tag or a version, and for the latest state where
  /// the person allows that; a warning says so. With such a copy at hand the registry is asked only
  /// once.
  Result<std::shared_ptr<migrate::Directory>> open_directory(const migrate::DirectoryUrl& url,
                                                             bool allow_stale);

 private:
  Result<registry_api::RegistryClient*> client();
  Result<void> identify();
  Result<void> check_organization();
  Result<std::string> fetch_archive(const std::string& slug, const std::string& tag);
  Result<std::string> fetch_briefly(const std::string& slug, const std::string& tag);
  Result<std::string> fetch_or_recall(const migrate::DirectoryUrl& url, bool may_recall);
  [[nodiscard]] bool is_unanswered() const;

  const Invocation& invocation_;
  project::CloudConfig cloud_;
  std::unique_ptr<report::RecordingTransport> transport_;
  std::unique_ptr<registry_api::RegistryClient> client_;
  registry_api::Identity identity_;
  bool identified_ = false;
  bool asked_platform_ = false;
  std::optional<project::Login> platform_login_{};
  bool refused_ = false;
  bool foreign_ = false;
  // Shared: the targets of a run use one copy.
  std::map<std::string, std::shared_ptr<migrate::Directory>> directories_;
};

/// The address of a registry. Errors: `registry URL "x" is not an http or https address; ...`.
[[nodiscard]] Result<codec::Url> parse_registry_url(const std::string& endpoint);

/// The `User-Agent` of every request: `Atlas/<version> (<os>/<arch>[; <integration>])`.
[[nodiscard]] std::string user_agent(const App& app);

}  // namespace rhumb::cli
