#include "migrate/former_files.h"

#include <algorithm>
#include <set>

#include "migrate/archive_files.h"
#include "migrate/plan.h"

namespace rhumb::migrate {
namespace {

// `revisions` are in byte order of version.
bool is_applied(const std::vector<Revision>& revisions, const FormerFile& file) {
  const auto row = std::ranges::lower_bound(revisions, file.version, {}, &Revision::version);
  return row != revisions.end() && row->version == file.version && !file.hash.empty() &&
         row->hash == file.hash;
}

std::vector<NewFile> find_needed(const DirectoryFiles& files,
                                 const std::vector<Revision>& revisions,
                                 const std::vector<FormerFile>& former) {
  std::set<std::string> present;
  for (const File& file : files.files) {
    present.insert(file.version());
  }
  std::vector<NewFile> needed;
  for (const FormerFile& file : former) {
    if (is_applied(revisions, file) && present.insert(file.version).second) {
      needed.push_back({file.name, file.content});
    }
  }
  return needed;
}

}  // namespace

Result<std::optional<CompletedDirectory>> complete_directory(
    const Directory& directory,
    const DirectoryFiles& files,
    const std::vector<Revision>& revisions,
    const std::vector<FormerFile>& former) {
  const std::vector<NewFile> needed = find_needed(files, revisions, former);
  if (needed.empty()) {
    return std::optional<CompletedDirectory>();
  }
  std::vector<NewFile> all = TRY(archived_files(directory));
  all.insert(all.end(), needed.begin(), needed.end());
  CompletedDirectory completed;
  completed.directory = TRY(directory_of_files(directory.url(), directory.format(), all));
  TRY(rehash(*completed.directory));
  completed.files = TRY(load_files(*completed.directory));
  return std::optional(std::move(completed));
}

}  // namespace rhumb::migrate
