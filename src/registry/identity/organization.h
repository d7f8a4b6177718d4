#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "registry/content/repos.h"
#include "registry/store/sql.h"

/// The settings of an organization. Source: spec registry.md 2.1.
namespace rhumb::registry {

struct Organization {
  int64_t id = 0;
  std::string slug;
  std::string name;
  int64_t created_at = 0;
  DownProtection down;                       ///< of new repositories
  ProtectedFlows flows;                      ///< likewise
  std::optional<std::string> review_policy;  ///< of new repositories
  std::optional<int64_t> retention_days;     ///< none: for ever
  int64_t session_hours = 0;
};

/// Errors: kNotFound.
Result<Organization> load_organization(Session& session, int64_t org_id);
/// Stores everything but what never changes: number, slug and time.
Result<void> store_organization(Session& session, const Organization& organization);

}  // namespace rhumb::registry
