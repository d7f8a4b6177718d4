#include "registry/identity/access.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "registry/names.h"

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
    out.emplace_back(kProtectedPermission);
  }
  if (role == "OWNER") {
    out.emplace_back(kOwnerPermission);
  }
  return out;
}

bool fits(const std::optional<std::string>& glob, std::string_view text) {
  return !glob.has_value() || matches_glob(*glob, text);
}

bool fits_project(const Grant& grant, const AccessTarget& target) {
  if (!grant.project.has_value() || !target.project.empty() || target.repo.empty()) {
    return fits(grant.project, target.project);
  }
  return contains(grant.project_repos, target.repo);
}

bool covers_part(const std::optional<std::string>& glob, const std::optional<std::string>& narrow) {
  return !glob.has_value() || (narrow.has_value() && covers_glob(*glob, *narrow));
}

std::optional<std::string> optional_text(const Json& object, std::string_view key) {
  std::optional<std::string_view> text = object.find_string(key);
  return text.has_value() ? std::optional<std::string>(*text) : std::nullopt;
}

}  // namespace

const std::vector<std::string>& known_scopes() {
  static const std::vector<std::string> scopes = {"dir:read",
                                                  "dir:push",
                                                  "schema:read",
                                                  "schema:push",
                                                  "plan:push",
                                                  "plan:approve",
                                                  "report:write",
                                                  "ci:write",
                                                  "snapshot:write",
                                                  "repo:create",
                                                  "cloud:read",
                                                  std::string(kOverridePermission),
                                                  std::string(kProtectedPermission)};
  return scopes;
}

const std::vector<std::string>& known_roles() {
  static const std::vector<std::string> roles = {"VIEWER",   "DEVELOPER", "DEPLOYER",
                                                 "APPROVER", "ADMIN",     "OWNER"};
  return roles;
}

bool Rights::has_scope(std::string_view scope) const {
  return contains(scopes, scope) && (limit == nullptr || limit->has_scope(scope));
}

bool Rights::allows(std::string_view permission, const AccessTarget& target) const {
  if (limit != nullptr && !limit->allows(permission, target)) {
    return false;
  }
  if (contains(scopes, permission)) {
    return true;
  }
  return std::any_of(grants.begin(), grants.end(), [&](const Grant& grant) {
    return fits(grant.repo, target.repo) && fits_project(grant, target) &&
           fits(grant.env, target.env) && contains(permissions_of(grant.role), permission);
  });
}

bool Rights::covers(const Grant& grant) const {
  if (limit != nullptr && !limit->covers(grant)) {
    return false;
  }
  const std::vector<std::string> wanted = permissions_of(grant.role);
  return std::ranges::all_of(wanted, [&](const std::string& permission) {
    return contains(scopes, permission) || std::ranges::any_of(grants, [&](const Grant& own) {
             return covers_part(own.repo, grant.repo) && covers_part(own.project, grant.project) &&
                    covers_part(own.env, grant.env) &&
                    contains(permissions_of(own.role), permission);
           });
  });
}

std::optional<std::string> Rights::find_excess(const Rights& other) const {
  for (const std::string& scope : other.scopes) {
    if (!allows(scope)) {
      return "scope " + scope;
    }
  }
  for (const Grant& grant : other.grants) {
    if (!covers(grant)) {
      return "role " + grant.role;
    }
  }
  return std::nullopt;
}

Rights Rights::without_limit() const {
  Rights out;
  std::ranges::copy_if(scopes, std::back_inserter(out.scopes),
                       [&](const std::string& scope) { return allows(scope); });
  std::ranges::copy_if(grants, std::back_inserter(out.grants),
                       [&](const Grant& grant) { return covers(grant); });
  return out;
}

std::vector<std::string> Rights::roles() const {
  std::vector<std::string> out;
  for (const std::string& role : known_roles()) {
    const bool held = std::any_of(grants.begin(), grants.end(), [this, &role](const Grant& grant) {
      return grant.role == role && !grant.is_restricted() && covers(grant);
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

bool covers_glob(std::string_view glob, std::string_view narrow) {
  // Read as a text, what `narrow` has in place of wild cards must meet one that is as wide.
  std::vector<bool> reached(narrow.size() + 1, false);  // by what was read of `glob`
  reached[0] = true;
  for (const char c : glob) {
    if (c == '*') {
      const auto first = std::ranges::find(reached, true);
      std::fill(first, reached.end(), true);
      continue;
    }
    for (size_t at = narrow.size(); at > 0; --at) {
      const char other = narrow[at - 1];
      reached[at] = reached[at - 1] && other != '*' && (c == '?' || c == other);
    }
    reached[0] = false;
  }
  return reached.back();
}

Result<void> check_gift(const Rights& own, const Rights& gift) {
  const std::optional<std::string> excess = own.find_excess(gift);
  if (excess.has_value()) {
    return Error(ErrorCode::kDenied,
                 fmt::format("{} goes beyond what you may do yourself", *excess));
  }
  return {};
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

Result<std::vector<Grant>> read_wished_grants(const Json& grants) {
  std::vector<Grant> out = TRY(parse_grants(grants));
  for (const Grant& grant : out) {
    const std::pair<std::string_view, const std::optional<std::string>*> globs[] = {
        {"repo", &grant.repo}, {"project", &grant.project}, {"envName", &grant.env}};
    for (const auto& [what, glob] : globs) {
      if (glob->has_value()) {
        TRY(check_name(what, **glob));
      }
    }
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
