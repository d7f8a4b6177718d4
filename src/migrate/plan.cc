#include "migrate/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/text.h"

namespace rhumb::migrate {
namespace {

using Files = std::span<const FileEntry>;
using Indexes = std::vector<size_t>;

Indexes migrations_of(Files files) {
  Indexes found;
  for (size_t i = 0; i < files.size(); ++i) {
    if (!files[i].checkpoint) {
      found.push_back(i);
    }
  }
  return found;
}

std::optional<size_t> last_checkpoint(Files files) {
  for (size_t i = files.size(); i > 0; --i) {
    if (files[i - 1].checkpoint) {
      return i - 1;
    }
  }
  return std::nullopt;
}

// The last of `candidates` with exactly that version, as a position in `candidates`.
std::optional<size_t> find_version(Files files,
                                   const Indexes& candidates,
                                   std::string_view version) {
  for (size_t i = candidates.size(); i > 0; --i) {
    if (files[candidates[i - 1]].version == version) {
      return i - 1;
    }
  }
  return std::nullopt;
}

Error missing_migration(const Revision& revision) {
  return {ErrorCode::kNotFound,
          fmt::format("sql/migrate: missing migration: revision \"{}_{}.sql\" is partially applied "
                      "but migration file was not found",
                      revision.version, revision.description)};
}

Result<PendingPlan> plan_first_run(Files files, const PlanOptions& options) {
  if (options.dirt && !options.allow_dirty && options.baseline.empty()) {
    return Error(ErrorCode::kConflict,
                 fmt::format("sql/migrate: connected database is not clean: {}. baseline version "
                             "or allow-dirty is required",
                             *options.dirt));
  }
  PendingPlan plan;
  if (!options.baseline.empty()) {
    const Indexes migrations = migrations_of(files);
    const std::optional<size_t> at = find_version(files, migrations, options.baseline);
    if (!at) {
      return Error(ErrorCode::kNotFound,
                   fmt::format("baseline version \"{}\" not found", options.baseline));
    }
    plan.baseline = migrations[*at];
    plan.pending.assign(migrations.begin() + static_cast<std::ptrdiff_t>(*at) + 1,
                        migrations.end());
    return plan;
  }
  for (size_t i = last_checkpoint(files).value_or(0); i < files.size(); ++i) {
    plan.pending.push_back(i);
  }
  return plan;
}

// A checkpoint that stopped half-way is the one checkpoint a database with history goes on with.
std::optional<Indexes> resume_checkpoint(Files files, const Revision& last) {
  for (size_t i = files.size(); i > 0; --i) {
    const FileEntry& file = files[i - 1];
    if (file.version != last.version || !file.checkpoint) {
      continue;
    }
    Indexes pending{i - 1};
    for (size_t later = i; later < files.size(); ++later) {
      if (!files[later].checkpoint) {
        pending.push_back(later);
      }
    }
    return pending;
  }
  return std::nullopt;
}

// Where the files that are newer than the history begin, as a position in `migrations`.
Result<size_t> find_start(Files files, const Indexes& migrations, const Revision& last) {
  if (!last.complete()) {
    const std::optional<size_t> at = find_version(files, migrations, last.version);
    if (!at) {
      return missing_migration(last);
    }
    return *at;
  }
  for (size_t i = migrations.size(); i > 0; --i) {
    if (files[migrations[i - 1]].version <= last.version) {
      return i;
    }
  }
  return size_t{0};
}

// Files between the first revision and `start` that have no row.
Indexes find_late(Files files,
                  const Indexes& migrations,
                  const std::vector<Revision>& revisions,
                  size_t start) {
  size_t at = 0;
  while (at < migrations.size() && files[migrations[at]].version < revisions.front().version) {
    ++at;
  }
  Indexes late;
  for (; at < start; ++at) {
    const std::string& version = files[migrations[at]].version;
    if (!std::ranges::binary_search(revisions, version, {}, &Revision::version)) {
      late.push_back(migrations[at]);
    }
  }
  return late;
}

// Files whose rows stopped half-way, the last row excepted: it has its own rule.
Result<Indexes> find_failed(Files files, const std::vector<Revision>& revisions) {
  Indexes all(files.size());
  for (size_t i = 0; i < all.size(); ++i) {
    all[i] = i;
  }
  Indexes failed;
  for (size_t i = 0; i + 1 < revisions.size(); ++i) {
    if (!revisions[i].failed()) {
      continue;
    }
    const std::optional<size_t> at = find_version(files, all, revisions[i].version);
    if (!at) {
      return missing_migration(revisions[i]);
    }
    failed.push_back(*at);
  }
  return failed;
}

Result<PendingPlan> plan_with_history(Files files,
                                      const std::vector<Revision>& revisions,
                                      const PlanOptions& options) {
  PendingPlan plan;
  if (files.empty()) {
    return plan;
  }
  const Revision& last = revisions.back();
  std::optional<Indexes> checkpoint;
  if (!last.complete()) {
    checkpoint = resume_checkpoint(files, last);
  }
  const Indexes migrations = migrations_of(files);
  Indexes newer;
  if (checkpoint) {
    newer = *checkpoint;
  } else if (!migrations.empty()) {
    const size_t start = TRY(find_start(files, migrations, last));
    newer.assign(migrations.begin() + static_cast<std::ptrdiff_t>(start), migrations.end());
    if (options.order != ExecOrder::kLinearSkip) {
      plan.out_of_order = find_late(files, migrations, revisions, start);
    }
  }
  plan.pending = TRY(find_failed(files, revisions));
  const auto add = [&plan](const Indexes& more) {
    for (const size_t index : more) {
      if (std::ranges::find(plan.pending, index) == plan.pending.end()) {
        plan.pending.push_back(index);
      }
    }
  };
  if (plan.pending.empty()) {
    plan.pending = options.order == ExecOrder::kNonLinear ? plan.out_of_order : Indexes{};
    plan.pending.insert(plan.pending.end(), newer.begin(), newer.end());
    return plan;
  }
  if (options.order == ExecOrder::kNonLinear) {
    add(plan.out_of_order);
  }
  add(newer);
  return plan;
}

}  // namespace

std::vector<FileEntry> file_entries(const DirectoryFiles& directory) {
  std::vector<FileEntry> entries;
  entries.reserve(directory.files.size());
  for (const File& file : directory.files) {
    entries.push_back({.name = file.name(),
                       .version = file.version(),
                       .description = file.description(),
                       .checkpoint = file.is_checkpoint()});
  }
  return entries;
}

Result<ExecOrder> parse_exec_order(std::string_view text) {
  if (text.empty() || text == "linear") {
    return ExecOrder::kLinear;
  }
  if (text == "linear-skip") {
    return ExecOrder::kLinearSkip;
  }
  if (text == "non-linear") {
    return ExecOrder::kNonLinear;
  }
  return invalid(fmt::format("unknown execution order: \"{}\"", text));
}

Result<PendingPlan> compute_pending(std::span<const FileEntry> files,
                                    const std::vector<Revision>& revisions,
                                    const PlanOptions& options) {
  return revisions.empty() ? plan_first_run(files, options)
                           : plan_with_history(files, revisions, options);
}

Error out_of_order_error(const std::vector<FileEntry>& files, const std::vector<size_t>& late) {
  std::vector<std::string_view> names;
  names.reserve(late.size());
  for (const size_t index : late) {
    names.push_back(files[index].name);
  }
  return {ErrorCode::kConflict, fmt::format("migration {} {} {} added out of order. See: "
                                            "https://atlasgo.io/versioned/apply#non-linear-error",
                                            names.size() == 1 ? "file" : "files", join(names, ", "),
                                            names.size() == 1 ? "was" : "were")};
}

Result<void> check_equal_versions(const std::vector<FileEntry>& files) {
  std::vector<size_t> order(files.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, {},
                           [&](size_t i) -> const std::string& { return files[i].version; });
  const auto twin = std::ranges::adjacent_find(
      order, [&](size_t a, size_t b) { return files[a].version == files[b].version; });
  if (twin == order.end()) {
    return {};
  }
  const FileEntry& first = files[*twin];
  return Error(
      ErrorCode::kConflict,
      fmt::format("sql/migrate: files \"{}\" and \"{}\" have the same version \"{}\": rename "
                  "one of them",
                  first.name, files[*(twin + 1)].name, first.version));
}

Result<size_t> limit_pending(PendingPlan& plan,
                             const std::vector<FileEntry>& files,
                             const std::vector<Revision>& revisions,
                             const PlanLimits& limits) {
  const size_t before = plan.pending.size();
  if (!limits.to_version.empty()) {
    const auto last = std::ranges::find(files, limits.to_version, &FileEntry::version);
    if (last == files.end()) {
      return Error(ErrorCode::kNotFound,
                   fmt::format("migration version \"{}\" not found", limits.to_version));
    }
    const auto last_index = static_cast<size_t>(last - files.begin());
    const bool reached = !revisions.empty() && limits.to_version < revisions.back().version;
    std::erase_if(plan.pending, [&](size_t index) { return reached || index > last_index; });
  }
  if (limits.amount && *limits.amount < plan.pending.size()) {
    plan.pending.resize(*limits.amount);
  }
  return before - plan.pending.size();
}

}  // namespace rhumb::migrate
