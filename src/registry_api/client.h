#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/json.h"
#include "registry_api/documents.h"
#include "registry_api/report.h"
#include "registry_api/transport.h"

namespace rhumb::registry_api {

struct ClientOptions {
  std::string endpoint;  ///< used byte for byte
  std::string token;
  std::string user_agent;  ///< `Atlas/<version> (<os>/<arch>)`
};

/// Who the token belongs to; both empty when the server would not say, which still is connected.
struct Identity {
  std::string name;
  std::string org;
};

/// What more our registry says of a token.
struct IdentityDetails {
  std::string kind;      ///< `USER`, `BOT`, ...
  std::string org_name;  ///< as people write it, unlike the slug
  std::vector<std::string> roles;
  std::vector<std::string> scopes;
  std::string expires_at;  ///< RFC 3339; empty: never
};

struct RemoteDirectory {
  std::string name;
  std::string slug;
  std::string archive;  ///< tar bytes
};

/// A version that the registry knows to be applied to a database.
struct AppliedVersion {
  std::string name;  ///< of its file
  std::string version;
  std::string hash;     ///< of the file's entry in `atlas.sum`; empty when it is not known
  std::string content;  ///< as it was pushed; meaningless without the hash
};

/// Which database, for what the registry knows of it.
struct TargetQuestion {
  std::string id{};  ///< as the database's own revisions table has it
  std::string schema{};
  std::string dir_name{};
  std::string env_name{};
};

enum class PlanStatus { kPendingUser, kApproved, kAborted, kApplied };
/// `PENDING_USER`, ...
[[nodiscard]] std::string_view to_text(PlanStatus status);

/// The plan of a revert as the registry keeps it.
struct KnownPlan {
  std::string url;
  PlanStatus status = PlanStatus::kPendingUser;
  bool operator==(const KnownPlan&) const = default;
};

struct DirectoryPush {
  std::string slug;
  std::string tag;                   ///< empty for the untagged push
  std::string driver;                ///< upper case
  std::string archive;               ///< tar of the whole directory
  std::string added_archive;         ///< untagged: tar of what is new or changed
  std::vector<std::string> deleted;  ///< untagged: names that are gone
  std::optional<RunContext> context;
  bool force = false;  ///< although deployed files changed; only for servers that announced `ext`
};

/// The calls our CLI makes.
///
/// Errors: kDenied `Unauthorized` for 401; kNotFound for an answer of code NOT_FOUND or status 404;
/// else kUnavailable, the text as the published clients print it (spec registry.md 3.2).
/// Connection errors, 429 and 5xx but 501 are tried four more times, after 1, 2, 4, 8 s or as
/// Retry-After says; without waiting on a loopback endpoint.
/// Threads: one at a time.
class RegistryClient {
 public:
  /// `transport` must outlive the client.
  RegistryClient(Transport& transport, ClientOptions options);

  /// Sends a document; `variables` null sends none. Returns the answer's root field, null when the
  /// server left it out.
  Result<codec::Json> call(const Document& document, const codec::Json& variables);
  /// The same with the one variable `input`.
  Result<codec::Json> call_input(const Document& document, codec::Json input);

  Result<Identity> identify();
  /// Only servers of our kind know these fields; others answer with an error that names one.
  Result<IdentityDetails> identify_in_detail();
  /// The tar bytes of a directory. `tag` empty is the latest state. An answer without content is
  /// the error kNotFound: it is never an empty directory.
  Result<std::string> read_directory(std::string_view slug, std::string_view tag);
  /// The same by name, as `data "remote_dir"` asks for it.
  Result<std::string> read_named_directory(std::string_view name, std::string_view tag);
  Result<std::vector<RemoteDirectory>> list_directories();
  /// The page of what was pushed; empty when the server does not say.
  Result<std::string> push_directory(const DirectoryPush& push);
  Result<std::string> report(const MigrationReport& report);
  Result<std::string> report(const MigrationSetReport& report);
  Result<std::string> report(const RevertReport& report);
  Result<std::string> begin_set(const BeginSet& set);

  /// Whether `migrate down` needs an approval; a server that does not say needs none.
  Result<bool> needs_approval(std::string_view slug);
  /// What is applied there, oldest first; empty for a database that the registry does not know.
  Result<std::vector<AppliedVersion>> read_applied(const TargetQuestion& question);
  /// Nothing when there is no such plan. Errors: kUnavailable for a status that is none.
  Result<std::optional<KnownPlan>> find_plan(std::string_view plan_id);
  /// The page where the plan is approved.
  Result<std::string> create_plan(const RevertPlan& plan);

  /// Whether any reply so far announced the word in `X-Registry-Features`.
  [[nodiscard]] bool has_feature(std::string_view feature) const;

 private:
  Result<HttpReply> post_with_retries(const std::string& body);
  Result<std::string> read_state(std::string_view key,
                                 std::string_view directory,
                                 std::string_view tag);
  Result<std::string> call_for_url(const Document& document, codec::Json input);
  void note_features(const HttpReply& reply);

  Transport* transport_;  // outlives the client, see the constructor
  ClientOptions options_;
  std::set<std::string, std::less<>> features_;
};

/// Finds a member without regard to case: servers differ in the first letter.
[[nodiscard]] const codec::Json* find_any_case(const codec::Json& object, std::string_view key);

}  // namespace rhumb::registry_api
