#include <fmt/format.h>

#include "migrate/sum.h"
#include "registry/content/push.h"
#include "registry/content/states.h"
#include "registry/store/bodies.h"

namespace rhumb::registry {
namespace {

using codec::ArchiveFile;

Error not_found(std::string message) {
  return Error(ErrorCode::kNotFound, std::move(message));
}

/// Cuts the state behind `version` and gives it the sum that then holds.
Result<void> truncate(DirectoryState& state, const Rows& rows, const std::string& version) {
  size_t keep = 0;
  migrate::Sum sum;
  for (const Row& row : rows) {
    if (!row[2].flag()) {
      break;
    }
    if (!row[4].text().empty()) {
      sum.entries.push_back({row[0].text(), row[4].text()});
    }
    ++keep;
    if (row[3].text() == version) {
      state.files.resize(keep + 1);
      state.files.front() =
          ArchiveFile{std::string(migrate::kSumFileName), migrate::format_sum(sum)};
      state.hash = "h1:" + sum.total();
      state.version = version;
      return {};
    }
  }
  return not_found(fmt::format("version \"{}\" not found", version));
}

}  // namespace

Result<std::string> version_of_tag(Session& session, const Repo& repo, const std::string& tag) {
  const FoundState found = TRY(find_state(session, repo, tag));
  const Value version =
      TRY(session.scalar("SELECT version FROM dir_states WHERE id = ?", {found.state_id}));
  return version.text();
}

Result<DirectoryState> read_directory_state(Session& session,
                                            int64_t org_id,
                                            const StateSelector& selector) {
  if (!selector.tag.empty() && !selector.version.empty()) {
    return invalid("tag and version exclude each other");
  }
  std::optional<Repo> repo = TRY(find_repo(session, org_id, selector.slug));
  if (!repo.has_value() || repo->type != kDirectoryType) {
    return not_found(fmt::format("dir \"{}\" not found", selector.slug));
  }
  const FoundState found = TRY(find_state(session, *repo, selector.tag));
  std::optional<Row> row = TRY(session.find_row(
      "SELECT hash, version, sum_body FROM dir_states WHERE id = ?", {found.state_id}));
  if (!row.has_value()) {
    return Error(ErrorCode::kInternal, "a stored directory state is missing");
  }
  DirectoryState state;
  state.repo_id = repo->id;
  state.hash = (*row)[0].text();
  state.version = (*row)[1].text();
  state.tag = found.tag;
  if (!(*row)[2].is_null()) {
    std::string sum = TRY(read_body(session, (*row)[2]));
    state.files.push_back({std::string(migrate::kSumFileName), std::move(sum)});
  }
  const Rows files = TRY(
      session.query("SELECT name, body, listed, version, hash FROM dir_files WHERE state_id = ? "
                    "ORDER BY position",
                    {found.state_id}));
  for (const Row& file : files) {
    std::string bytes = TRY(read_body(session, file[1]));
    state.files.push_back({file[0].text(), std::move(bytes)});
  }
  if (!selector.version.empty()) {
    TRY(truncate(state, files, selector.version).context(fmt::format("dir \"{}\"", selector.slug)));
  }
  return state;
}

}  // namespace rhumb::registry
