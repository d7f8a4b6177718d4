#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/store/sql.h"

namespace rhumb::registry {

/// Tells whether two directories of a repository have the same content up to one version.
///
/// Shape: a content is a text that is equal for equal contents only. It is the file's entry in
/// `atlas.sum`, which covers every file before it, wherever a directory that was pushed, whole or
/// cut after the version, has that hash; of others the hash of the whole directory stands for it.
class VersionContents {
 public:
  /// `session` must outlive it.
  VersionContents(Session& session, int64_t repo_id, std::string version)
      : session_(session), repo_id_(repo_id), version_(std::move(version)) {}

  /// In a directory whose hash (`h1:...`) is known; nothing for an empty hash.
  Result<std::optional<std::string>> in_directory(const std::string& dir_hash);
  /// In the newest state pushed by that time; nothing when there was none, or it lacks the version.
  Result<std::optional<std::string>> as_pushed_by(int64_t time);
  /// In a state; nothing when it lacks the version.
  Result<std::optional<std::string>> in_state(int64_t state_id);

 private:
  Result<std::optional<std::string>> look_up(const std::string& dir_hash);
  Result<std::optional<std::string>> find_cut_state(const std::string& dir_hash);
  Result<std::string> hash_up_to(int64_t state_id, int64_t position);

  Session& session_;
  int64_t repo_id_;
  std::string version_;
  std::map<std::string, std::optional<std::string>> known_;  // by hash of the directory
};

/// The content that the newest version of each of these states has in it, by state; none for a file
/// that asks not to be hashed.
Result<std::map<int64_t, std::string>> newest_contents(Session& session,
                                                       const std::vector<int64_t>& state_ids);

}  // namespace rhumb::registry
