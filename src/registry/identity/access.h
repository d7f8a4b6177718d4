#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/json.h"

/// Who may do what. Pure.
/// Source: spec registry.md 7.2.
namespace rhumb::registry {

/// The permissions a token can be given by name, in the order they are listed.
[[nodiscard]] const std::vector<std::string>& known_scopes();
/// VIEWER ... OWNER, from least to most.
[[nodiscard]] const std::vector<std::string>& known_roles();
/// Needed for members, bots, tokens, policies and the audit log; comes with a role, never as scope.
inline constexpr std::string_view kAdminPermission = "admin";
/// Needed to make and unmake owners; comes with that role only.
inline constexpr std::string_view kOwnerPermission = "owner";
/// Runs in protected environments; comes with a role, and bots have it with `report:write`.
inline constexpr std::string_view kDeployPermission = "deploy";
/// What a repository protects: pushes, moves of tags, approved plans, approvals of them; a scope,
/// and part of the highest roles.
inline constexpr std::string_view kProtectedPermission = "protected";
/// Passing over a promotion policy, with a reason; a scope, and part of the highest roles.
inline constexpr std::string_view kOverridePermission = "deployer-override";

/// A role, perhaps only for what matches the globs.
struct Grant {
  std::string role;
  std::optional<std::string> repo;
  std::optional<std::string> project;
  std::optional<std::string> env;
  /// The repositories of the projects that `project` matches, as of when the rights were read; for
  /// targets that name no project.
  std::vector<std::string> project_repos = {};

  [[nodiscard]] bool is_restricted() const { return repo || project || env; }
  bool operator==(const Grant& other) const {
    return role == other.role && repo == other.repo && project == other.project && env == other.env;
  }
};

/// What a permission is needed for; empty members are "anything", which only unrestricted grants
/// give.
struct AccessTarget {
  std::string repo = {};
  std::string project = {};
  std::string env = {};
};

struct Rights {
  std::vector<std::string> scopes;
  std::vector<Grant> grants;
  /// What these rights never go beyond: those of the person a token belongs to. Shared: never
  /// changed once it is made.
  std::shared_ptr<const Rights> limit = nullptr;

  [[nodiscard]] bool allows(std::string_view permission, const AccessTarget& target = {}) const;
  [[nodiscard]] bool has_scope(std::string_view scope) const;
  /// Roles held without restriction, as listed in known_roles().
  [[nodiscard]] std::vector<std::string> roles() const;
  /// The first role or scope of `other` that goes beyond these rights, as `role ADMIN`.
  [[nodiscard]] std::optional<std::string> find_excess(const Rights& other) const;
  /// The same, or less where a limit cannot be told otherwise, without a limit.
  [[nodiscard]] Rights without_limit() const;

 private:
  [[nodiscard]] bool covers(const Grant& grant) const;
};

/// `*` stands for any characters, `?` for one.
[[nodiscard]] bool matches_glob(std::string_view glob, std::string_view text);

/// Whether everything that `narrow` matches is matched by `glob`; no, where that cannot be told.
[[nodiscard]] bool covers_glob(std::string_view glob, std::string_view narrow);
/// Errors: kDenied when somebody with the rights `own` would give what they do not have.
Result<void> check_gift(const Rights& own, const Rights& gift);

/// The scopes named, each once. Errors: kInvalid naming the unknown one.
Result<std::vector<std::string>> parse_scopes(const codec::Json& scopes);
/// Errors: kInvalid for an unknown role.
Result<std::vector<Grant>> parse_grants(const codec::Json& grants);
/// As parse_grants, of grants that somebody asks for: empty and overlong globs are errors too.
Result<std::vector<Grant>> read_wished_grants(const codec::Json& grants);
[[nodiscard]] codec::Json to_json(const std::vector<Grant>& grants);
[[nodiscard]] codec::Json to_json(const std::vector<std::string>& texts);

}  // namespace rhumb::registry
