#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "codec/tar.h"
#include "migrate/format.h"
#include "registry/registry.h"
#include "registry_api/report.h"

namespace rhumb::registry {

struct VersionState {
  std::string version;
  std::string hash;
  std::string hcl;
};

struct PushRequest {
  std::string slug;
  std::string tag;  ///< empty or `latest` moves the head
  std::string driver;
  std::vector<codec::ArchiveFile> files;  ///< the whole directory with its `atlas.sum`
  migrate::Format format = migrate::Format::kAtlas;
  std::optional<registry_api::RunContext> context;
  std::vector<VersionState> states;
};

struct PushOutcome {
  int64_t repo_id = 0;
  int64_t tag_id = 0;
  std::string slug;
  std::string hash;     ///< first line of `atlas.sum`
  std::string version;  ///< of the newest file, empty when there is none
  bool changed = false;
};

/// Stores a directory under a tag. The same content under the same tag changes nothing.
///
/// Errors: kInvalid for names and for a directory that does not fit its `atlas.sum` (`checksum
/// mismatch`, `checksum file not found`); kDenied without `dir:push`, or without `repo:create` when
/// the repository is new.
Result<PushOutcome> push_directory(Registry& registry, const Caller& caller, PushRequest request);

/// The newest version of the state that a tag of a repository leads to. Errors: as
/// read_directory_state.
Result<std::string> version_of_tag(Session& session, const Repo& repo, const std::string& tag);

/// A stored state, as clients get it back.
struct DirectoryState {
  int64_t repo_id = 0;
  std::string hash;
  std::string version;
  std::string tag;                        ///< full name; `latest` for the head
  std::vector<codec::ArchiveFile> files;  ///< `atlas.sum` first
};

struct StateSelector {
  std::string slug;     ///< slug or name
  std::string tag;      ///< empty: the latest state
  std::string version;  ///< empty: all of it; else truncated after this version
};

/// Errors: kNotFound `dir "x" not found`, `dir "x" has no pushed content`, `tag "t" not found in
/// dir "x"`, `version "v" not found in dir "x"`; kInvalid when a short tag fits several, or for tag
/// and version together.
Result<DirectoryState> read_directory_state(Session& session,
                                            int64_t org_id,
                                            const StateSelector& selector);

}  // namespace rhumb::registry
