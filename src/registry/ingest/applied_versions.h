#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/store/sql.h"

namespace rhumb::registry {

/// A version that a database has, as its reports tell.
struct AppliedVersion {
  std::string name{};  ///< of the file
  std::string version{};
  std::string hash{};           ///< of its entry in `atlas.sum`; empty when it was never pushed
  std::optional<Value> body{};  ///< of the file as it was pushed; absent likewise
};

/// Which database is meant; empty members narrow nothing.
struct TargetSelector {
  int64_t org_id = 0;
  std::string ext_id{};
  std::string schema{};
  std::string repo{};
  std::string env{};
};
struct FoundTarget {
  int64_t database_id = 0;
  int64_t repo_id = 0;
  std::string repo_slug;
  std::string ext_id;
  std::string url;
  std::optional<std::string> current_version;
};
/// Of several the one that reported last.
Result<std::optional<FoundTarget>> find_target(Session& session, const TargetSelector& selector);

/// What is applied to a database, in byte order of version as its own history has it.
///
/// The file is the one of the state that the deployment named, for clients that name none of the
/// newest state pushed before it: reports hold masked texts, which must never be executed.
/// Source: spec registry.md 4.7.
Result<std::vector<AppliedVersion>> read_applied(Session& session, const FoundTarget& target);

}  // namespace rhumb::registry
