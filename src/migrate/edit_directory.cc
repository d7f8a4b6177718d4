#include "migrate/edit_directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/go_format.h"
#include "migrate/file_statements.h"
#include "migrate/versions.h"

namespace rhumb::migrate {
namespace {

constexpr std::string_view kUpSuffix = ".up";

struct Rename {
  std::string from;
  std::string to;
};

/// `name` with another version in the place of its own.
std::string with_version(std::string_view name, Format format, std::string_view version) {
  const size_t slash = name.rfind('/');
  const size_t base = slash == std::string_view::npos ? 0 : slash + 1;
  const size_t begin = format == Format::kFlyway ? base + 1 : 0;
  std::string old = file_version(name, format);
  if (format == Format::kGolangMigrate && old.ends_with(kUpSuffix)) {
    old.resize(old.size() - kUpSuffix.size());  // `1.up.sql`: what makes it a migration stays
  }
  const size_t size = old.size();
  return fmt::format("{}{}{}", name.substr(0, begin), version, name.substr(begin + size));
}

/// The file that undoes `name`, when it exists.
Result<std::optional<std::string>> find_down_file(const Directory& directory,
                                                  const std::string& name) {
  std::optional<std::string> down = down_file_name(name, directory.format());
  if (down) {
    const bool is_there = TRY(directory.exists(*down));
    if (!is_there) {
      down.reset();
    }
  }
  return down;
}

/// The latest version among the files that stay.
std::string latest_version(const std::vector<File>& files, const std::set<size_t>& chosen) {
  std::string latest;
  for (size_t i = 0; i < files.size(); ++i) {
    if (!chosen.contains(i)) {
      latest = std::max(latest, files[i].version());
    }
  }
  return latest;
}

/// The new name of each chosen file, versions rising from `now` on and above all others.
Result<std::vector<Rename>> plan_rebase(const Directory& directory,
                                        const std::vector<File>& files,
                                        const std::set<size_t>& chosen,
                                        std::chrono::sys_seconds now) {
  const std::string latest = latest_version(files, chosen);
  if (const auto time = parse_version(latest)) {
    now = std::max(now, *time + std::chrono::seconds(1));
  }
  std::vector<Rename> renames;
  for (const size_t index : chosen) {
    const std::string version = TRY(free_version(directory, now));
    if (version <= latest) {
      return invalid(
          fmt::format("cannot rebase: no time stamp sorts behind version {}", go_quote(latest)));
    }
    now = parse_version(version).value_or(now) + std::chrono::seconds(1);
    const std::string& name = files[index].name();
    if (directory.format() == Format::kFlyway && files[index].version().empty()) {
      return invalid(
          fmt::format("cannot rebase {}: a repeatable migration has no version", go_quote(name)));
    }
    renames.push_back({name, with_version(name, directory.format(), version)});
  }
  return renames;
}

/// Adds the renames of the files that undo the renamed ones.
Result<void> add_down_files(const Directory& directory, std::vector<Rename>& renames) {
  const size_t count = renames.size();
  for (size_t i = 0; i < count; ++i) {
    const std::optional<std::string> down = TRY(find_down_file(directory, renames[i].from));
    std::optional<std::string> new_down = down_file_name(renames[i].to, directory.format());
    if (down && new_down) {
      renames.push_back({*down, std::move(*new_down)});
    }
  }
  return {};
}

Result<void> copy_file(Directory& directory, const Rename& rename) {
  const std::string bytes = TRY(directory.read(rename.from));
  return directory.write(rename.to, bytes);
}

/// Writes every file under its new name; when one fails, those written before it are taken back.
Result<void> copy_files(Directory& directory, const std::vector<Rename>& renames) {
  for (size_t i = 0; i < renames.size(); ++i) {
    Result<void> copied = copy_file(directory, renames[i]);
    if (!copied.has_value()) {
      for (size_t written = 0; written < i; ++written) {
        (void)directory.remove(renames[written].to);  // the first error is the one to tell
      }
      return copied;
    }
  }
  return {};
}

}  // namespace

Result<std::vector<std::string>> list_files(const Directory& directory, ListOptions options) {
  std::vector<std::string> lines = TRY(directory.list());
  if (options.is_latest && lines.size() > 1) {
    lines.erase(lines.begin(), lines.end() - 1);
  }
  if (options.is_short) {
    for (std::string& line : lines) {
      line = file_version(line, directory.format());
    }
  }
  return lines;
}

Result<std::string> remove_file(Directory& directory, std::optional<std::string_view> name) {
  const DirectoryFiles loaded = TRY(load_files(directory));
  if (loaded.files.empty()) {
    return Error(ErrorCode::kNotFound, "migration directory is empty");
  }
  const size_t index = name ? TRY(find_file(loaded.files, *name)) : loaded.files.size() - 1;
  const std::string removed = loaded.files[index].name();
  const std::optional<std::string> down = TRY(find_down_file(directory, removed));
  TRY(directory.remove(removed));
  if (down) {
    TRY(directory.remove(*down));
  }
  TRY(rehash(directory));
  return removed;
}

Result<void> edit_file(Directory& directory, std::string_view name, const ContentEdit& edit) {
  const DirectoryFiles loaded = TRY(load_files(directory));
  const size_t index = TRY(find_file(loaded.files, name));
  const std::string& chosen = loaded.files[index].name();
  std::string bytes = TRY(directory.read(chosen));
  const std::string edited = TRY(edit({.name = chosen, .bytes = std::move(bytes)}));
  TRY(directory.write(chosen, edited));
  return rehash(directory);
}

Result<void> rebase_files(Directory& directory,
                          const std::vector<std::string>& names,
                          std::chrono::sys_seconds now) {
  const DirectoryFiles loaded = TRY(load_files(directory));
  std::set<size_t> chosen;
  for (const std::string& name : names) {
    const size_t index = TRY(find_file(loaded.files, name));
    chosen.insert(index);
  }
  std::vector<Rename> renames = TRY(plan_rebase(directory, loaded.files, chosen, now));
  TRY(add_down_files(directory, renames));
  TRY(copy_files(directory, renames));
  for (const Rename& rename : renames) {
    TRY(directory.remove(rename.from));
  }
  return rehash(directory);
}

}  // namespace rhumb::migrate
