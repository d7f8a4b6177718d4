#pragma once

#include <cstdint>
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
/// Runs in protected environments; comes with a role, and bots have it with `report:write`.
inline constexpr std::string_view kDeployPermission = "deploy";
/// Passing over a promotion policy, with a reason; a scope, and part of the highest roles.
inline constexpr std::string_view kOverridePermission = "deployer-override";

/// A role, perhaps only for what matches the globs.
struct Grant {
  std::string role;
  std::optional<std::string> repo;
  std::optional<std::string> project;
  std::optional<std::string> env;
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

  [[nodiscard]] bool allows(std::string_view permission, const AccessTarget& target = {}) const;
  [[nodiscard]] bool has_scope(std::string_view scope) const;
  /// Roles held without restriction, as listed in known_roles().
  [[nodiscard]] std::vector<std::string> roles() const;
};

/// `*` stands for any characters, `?` for one.
[[nodiscard]] bool matches_glob(std::string_view glob, std::string_view text);

/// The scopes named, each once. Errors: kInvalid naming the unknown one.
Result<std::vector<std::string>> parse_scopes(const codec::Json& scopes);
/// Errors: kInvalid for an unknown role.
Result<std::vector<Grant>> parse_grants(const codec::Json& grants);
[[nodiscard]] codec::Json to_json(const std::vector<Grant>& grants);
[[nodiscard]] codec::Json to_json(const std::vector<std::string>& texts);

}  // namespace rhumb::registry
