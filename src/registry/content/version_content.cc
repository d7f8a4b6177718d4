#include "registry/content/version_content.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "migrate/sum.h"

namespace rhumb::registry {
namespace {

/// A file that asks not to be hashed has none.
std::optional<std::string> file_content(const Value& hash) {
  return hash.text().empty() ? std::nullopt : std::optional("file:" + hash.text());
}

}  // namespace

Result<std::optional<std::string>> VersionContents::in_directory(const std::string& dir_hash) {
  if (dir_hash.empty()) {
    return std::optional<std::string>();
  }
  const auto known = known_.find(dir_hash);
  if (known != known_.end()) {
    return known->second;
  }
  std::optional<std::string> content = TRY(look_up(dir_hash));
  return known_.emplace(dir_hash, std::move(content)).first->second;
}

Result<std::optional<std::string>> VersionContents::look_up(const std::string& dir_hash) {
  const Value state = TRY(session_.scalar(
      "SELECT id FROM dir_states WHERE repo_id = ? AND hash = ? LIMIT 1", {repo_id_, dir_hash}));
  const std::optional<std::string> content =
      TRY(state.is_null() ? find_cut_state(dir_hash) : in_state(state.number()));
  return content ? content : std::optional("dir:" + dir_hash);
}

Result<std::optional<std::string>> VersionContents::in_state(int64_t state_id) {
  const Value hash = TRY(session_.scalar(
      "SELECT hash FROM dir_files WHERE state_id = ? AND version = ? AND listed = 1 "
      "ORDER BY position LIMIT 1",
      {state_id, version_}));
  return file_content(hash);
}

Result<std::optional<std::string>> VersionContents::as_pushed_by(int64_t time) {
  const Value state = TRY(session_.scalar(
      "SELECT id FROM dir_states WHERE repo_id = ? AND created_at <= ? ORDER BY created_at DESC, "
      "id DESC LIMIT 1",
      {repo_id_, time}));
  return state.is_null() ? Result<std::optional<std::string>>(std::optional<std::string>())
                         : in_state(state.number());
}

/// A client may have left out what comes after the version; then the hash is of what it kept.
Result<std::optional<std::string>> VersionContents::find_cut_state(const std::string& dir_hash) {
  const Rows candidates = TRY(session_.query(
      "SELECT f.hash, min(f.state_id), f.position FROM dir_files f JOIN dir_states s ON s.id = "
      "f.state_id WHERE s.repo_id = ? AND f.version = ? AND f.listed = 1 GROUP BY f.hash, "
      "f.position",
      {repo_id_, version_}));
  for (const Row& row : candidates) {
    const std::string hash = TRY(hash_up_to(row[1].number(), row[2].number()));
    if (hash == dir_hash) {
      return file_content(row[0]);
    }
  }
  return std::optional<std::string>();
}

Result<std::string> VersionContents::hash_up_to(int64_t state_id, int64_t position) {
  migrate::Sum sum;
  TRY(session_.for_each(
      "SELECT name, hash FROM dir_files WHERE state_id = ? AND position <= ? AND listed = 1 "
      "AND hash <> '' "
      "ORDER BY position",
      {state_id, position}, [&sum](const Row& row) {
        sum.entries.push_back({row[0].text(), row[1].text()});
        return true;
      }));
  return "h1:" + sum.total();
}

Result<std::map<int64_t, std::string>> newest_contents(Session& session,
                                                       const std::vector<int64_t>& state_ids) {
  std::map<int64_t, std::string> out;
  if (state_ids.empty()) {
    return out;
  }
  TRY(session.for_each(
      fmt::format("SELECT f.state_id, f.hash FROM dir_files f JOIN dir_states s ON s.id = "
                  "f.state_id AND s.version = f.version WHERE f.state_id IN ({}) AND f.listed = 1 "
                  "ORDER BY f.state_id, f.position",
                  fmt::join(state_ids, ", ")),
      {}, [&out](const Row& row) {
        if (auto content = file_content(row[1])) {
          out.try_emplace(row[0].number(), *std::move(content));
        }
        return true;
      }));
  return out;
}

}  // namespace rhumb::registry
