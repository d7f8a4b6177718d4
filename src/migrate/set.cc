#include "migrate/set.h"

#include <fmt/format.h>

#include <algorithm>

#include "migrate/locked_store.h"

namespace rhumb::migrate {
namespace {

Error not_found(std::string_view version) {
  return {ErrorCode::kNotFound, fmt::format("migration with version \"{}\" not found", version)};
}

Error wrong_count(size_t count) {
  return invalid(fmt::format("accepts 1 arg(s), received {}", count));
}

Result<std::string> choose_version(const std::vector<SetFile>& files,
                                   const std::vector<Revision>& revisions,
                                   const std::optional<std::string>& version) {
  if (!version) {
    if (revisions.empty()) {
      return wrong_count(0);
    }
    return files.empty() ? std::string() : files.back().version;
  }
  const bool known = std::ranges::find(files, *version, &SetFile::version) != files.end();
  if (!known) {
    return not_found(*version);
  }
  return *version;
}

// What stays of the history: rows up to `version`, the unfinished ones resolved.
std::vector<Revision> keep_rows(const std::vector<Revision>& revisions,
                                const std::string& version,
                                SetPlan& plan) {
  std::vector<Revision> kept;
  for (const Revision& revision : revisions) {
    if (revision.version > version) {
      plan.remove.push_back(revision.version);
      plan.result.changes.push_back(
          {.added = false, .version = revision.version, .description = revision.description});
      continue;
    }
    kept.push_back(revision);
    const bool is_target = revision.version == version && !revision.resolved() &&
                           (!revision.error.empty() || revision.applied != revision.total);
    if (is_target || revision.failed()) {
      Revision& resolved = plan.resolve.emplace_back(revision);
      resolved.type = revision_type::kExecuted | revision_type::kResolved;
    }
    if (is_target) {
      // The others are resolved without a word: only what the person named is listed.
      plan.result.changes.push_back(
          {.added = true, .version = revision.version, .description = revision.description});
    }
  }
  return kept;
}

}  // namespace

Result<SetPlan> plan_set(const std::vector<SetFile>& files,
                         const std::vector<Revision>& revisions,
                         const std::optional<std::string>& version,
                         const StoredTime& now,
                         std::string_view operator_version) {
  const std::string target = TRY(choose_version(files, revisions, version));
  SetPlan plan;
  const std::vector<Revision> kept = keep_rows(revisions, target, plan);
  for (const SetFile& file : files) {
    const bool is_new = kept.empty() || file.version > kept.back().version;
    if (!is_new || file.version > target) {
      continue;
    }
    plan.mark.push_back({.version = file.version,
                         .description = file.description,
                         .type = revision_type::kResolved,
                         .executed_at = now,
                         .hash = file.hash,
                         .operator_version = std::string(operator_version)});
    plan.result.changes.push_back(
        {.added = true, .version = file.version, .description = file.description});
  }
  std::ranges::stable_sort(plan.result.changes, {}, &SetChange::version);
  if (!plan.mark.empty()) {
    plan.result.current = std::ranges::max_element(plan.mark, {}, &Revision::version)->version;
  } else if (!kept.empty()) {
    plan.result.current = kept.back().version;
  }
  return plan;
}

namespace {

Result<void> write_plan(RevisionStore& store, const SetPlan& plan) {
  for (const std::string& version : plan.remove) {
    TRY(store.remove(version));
  }
  for (const Revision& row : plan.resolve) {
    TRY(store.write(row));
  }
  for (const Revision& row : plan.mark) {
    TRY(store.write(row));
  }
  return {};
}

Result<SetResult> change_rows(driver::Connection& connection,
                              RevisionStore& store,
                              const DirectoryFiles& directory,
                              const SetOptions& options,
                              const StoredTime& now) {
  const std::vector<Revision> revisions = TRY(store.read_all());
  std::optional<std::string> version;
  if (options.arguments.size() > 1) {
    return wrong_count(options.arguments.size());
  }
  if (!options.arguments.empty()) {
    version = options.arguments.front();
  }
  std::vector<SetFile> files;
  files.reserve(directory.files.size());
  for (const File& file : directory.files) {
    files.push_back({.version = file.version(),
                     .description = file.description(),
                     .hash = file.hash().value_or("")});
  }
  const SetPlan plan = TRY(plan_set(files, revisions, version, now, options.operator_version));
  TRY(write_together(connection, [&] { return write_plan(store, plan); }));
  return plan.result;
}

}  // namespace

Result<SetResult> set_version(driver::Connection& connection,
                              const DirectoryFiles& directory,
                              const SetOptions& options,
                              sys::Clock& clock) {
  return with_locked_store<SetResult>(
      connection, {.revisions_schema = options.revisions_schema, .holder = options.holder},
      [&](RevisionStore& store) {
        return change_rows(connection, store, directory, options,
                           {.at = clock.now(), .offset = {}});
      });
}

}  // namespace rhumb::migrate
