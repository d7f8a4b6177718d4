#include "registry/identity/access.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace rhumb::registry {
namespace {

using codec::Json;

bool contains(const std::vector<std::string>& texts, std::string_view text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

/// What each role adds to the one before it.
std::vector<std::string> permissions_of(std::string_view role) {
  static const std::vector<std::string> kViewer = {"cloud:read", "dir:read", "schema:read"};
  static const std::vector<std::string> kDeveloper = {
      "dir:push", "schema:push",    "plan:push",  "report:write",
      "ci:write", "snapshot:write", "repo:create"};
  std::vector<std::string> out = kViewer;
  if (role == "VIEWER") {
    return out;
  }
  if (role == "APPROVER") {
    out.emplace_back("plan:approve");
    return out;
  }
  out.insert(out.end(), kDeveloper.begin(), kDeveloper.end());
  if (role != "DEVELOPER") {
    out.emplace_back(kDeployPermission);
  }
  if (role == "ADMIN" || role == "OWNER") {
    out.emplace_back("plan:approve");
    out.emplace_back(kAdminPermission);
    out.emplace_back(kOverridePermission);
  }
  return out;
}

bool fits(const std::optional<std::string>& glob, std::string_view text) {
  return !glob.has_value() || matches_glob(*glob, text);
}

std::optional<std::string> optional_text(const Json& object, std::string_view key) {
  std::optional<std::string_view> text = object.find_string(key);
  return text.has_value() ? std::optional<std::string>(*text) : std::nullopt;
}

}  // namespace

const std::vector<std::string>& known_scopes() {
  static const std::vector<std::string> scopes = {
      "dir:read",       "dir:push",     "schema:read",  "schema:push",
      "plan:push",      "plan:approve", "report:write", "ci:write",
      "snapshot:write", "repo:create",  "cloud:read",   std::string(kOverridePermission)};
  return scopes;
}

const std::vector<std::string>& known_roles() {
  static const std::vector<std::string> roles = {"VIEWER",   "DEVELOPER", "DEPLOYER",
                                                 "APPROVER", "ADMIN",     "OWNER"};
  return roles;
}

bool Rights::has_scope(std::string_view scope) const {
  return contains(scopes, scope);
}

bool Rights::allows(std::string_view permission, const AccessTarget& target) const {
  if (has_scope(permission)) {
    return true;
  }
  return std::any_of(grants.begin(), grants.end(), [&](const Grant& grant) {
    return fits(grant.repo, target.repo) && fits(grant.project, target.project) &&
           fits(grant.env, target.env) && contains(permissions_of(grant.role), permission);
  });
}

std::vector<std::string> Rights::roles() const {
  std::vector<std::string> out;
  for (const std::string& role : known_roles()) {
    const bool held = std::any_of(grants.begin(), grants.end(), [&role](const Grant& grant) {
      return grant.role == role && !grant.repo && !grant.project && !grant.env;
    });
    if (held) {
      out.push_back(role);
    }
  }
  return out;
}

bool matches_glob(std::string_view glob, std::string_view text) {
  size_t g = 0;
  size_t t = 0;
  size_t star = std::string_view::npos;
  size_t retry = 0;
  while (t < text.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      retry = t;
    } else if (g < glob.size() && (glob[g] == '?' || glob[g] == text[t])) {
      ++g;
      ++t;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      t = ++retry;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') {
    ++g;
  }
  return g == glob.size();
}

Result<std::vector<std::string>> parse_scopes(const Json& scopes) {
  std::vector<std::string> out;
  if (!scopes.is_array()) {
    return out;
  }
  for (const Json& scope : scopes.as_array()) {
    std::string text = scope.is_string() ? scope.as_string() : std::string();
    if (!contains(known_scopes(), text)) {
      return invalid(fmt::format("unknown scope \"{}\"", text));
    }
    if (!contains(out, text)) {
      out.push_back(text);
    }
  }
  return out;
}

Result<std::vector<Grant>> parse_grants(const Json& grants) {
  std::vector<Grant> out;
  if (!grants.is_array()) {
    return out;
  }
  for (const Json& entry : grants.as_array()) {
    Grant grant;
    grant.role = entry.string_or_empty("role");
    if (!contains(known_roles(), grant.role)) {
      return invalid(fmt::format("unknown role \"{}\"", grant.role));
    }
    grant.repo = optional_text(entry, "repo");
    grant.project = optional_text(entry, "project");
    grant.env = optional_text(entry, "envName");
    out.push_back(std::move(grant));
  }
  return out;
}

Json to_json(const std::vector<Grant>& grants) {
  Json out = Json::array();
  for (const Grant& grant : grants) {
    Json entry = Json::object({{"role", grant.role}});
    entry.set("repo", grant.repo ? Json(*grant.repo) : Json());
    entry.set("project", grant.project ? Json(*grant.project) : Json());
    entry.set("envName", grant.env ? Json(*grant.env) : Json());
    out.push_back(std::move(entry));
  }
  return out;
}

Json to_json(const std::vector<std::string>& texts) {
  Json out = Json::array();
  for (const std::string& text : texts) {
    out.push_back(text);
  }
  return out;
}

}  // namespace rhumb::registry
