#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "registry/content/repos.h"
#include "registry/registry.h"
#include "registry_api/report.h"

/// Schemas: those that repositories of type SCHEMA are pushed in, and those that directories are
/// known to give at a version.
/// Source: spec registry.md 2.6, 4.9.
namespace rhumb::registry {

struct SchemaPush {
  std::string slug;
  std::string tag;  ///< empty or `latest` moves the head
  std::string hcl;
  std::string hash;  ///< of the state, as the client computes it
  std::string driver;
  std::string version;  ///< empty: that of the same schema, else the time of the push
  std::optional<std::string> description;
  std::optional<std::string> sql;
  std::optional<registry_api::RunContext> context;
};

struct SchemaPushOutcome {
  int64_t repo_id = 0;
  std::string slug;
  std::string tag;  ///< `latest` for an untagged push
  std::string version;
  std::string hash;
  bool changed = false;
};

/// Stores a schema under a tag. The same schema under the same tag changes nothing; without a
/// version, a schema that was pushed before keeps the version it had.
///
/// Errors: kInvalid for names, kLimit for a schema past 8 MiB; kConflict for a repository that
/// holds a directory, for a version that holds another schema and for a locked tag; kDenied without
/// `schema:push`, or without `repo:create` when the repository is new.
Result<SchemaPushOutcome> push_schema(Registry& registry, const Caller& caller, SchemaPush push);

/// A schema as it is stored. Of a directory, what its files give.
struct SchemaState {
  std::string hcl;
  std::string hash;
  std::optional<std::string> sql;
  std::string version;
  std::string tag;     ///< empty when it was asked for by version
  std::string driver;  ///< canonical
};

struct SchemaSelector {
  std::string tag;      ///< empty: the latest state
  std::string version;  ///< excludes `tag`
};

/// Errors: kNotFound for a repository that has nothing under that tag (see find_state()), and `no
/// state found for version "v" of dir "x"` when files are known but not what they give; kInvalid
/// for tag and version together.
Result<SchemaState> read_schema_state(Session& session,
                                      const Repo& repo,
                                      const SchemaSelector& selector);

/// Address of the page of a repository that holds a schema.
[[nodiscard]] std::string schema_link(const Registry& registry, int64_t repo_id);

}  // namespace rhumb::registry
