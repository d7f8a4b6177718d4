#include "history/file_map.h"

#include <algorithm>
#include <functional>

#include "base/text.h"
#include "history/version_order.h"

namespace rhumb::history {
namespace {

using Match = std::function<bool(const migrate::FileEntry&)>;

std::string_view base_name(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

/// Flyway writes blanks where the file's name has `_`.
std::string plain_description(std::string_view text) {
  return replace_all(text, "_", " ");
}

/// The ways to find an entry's file, the surest first.
std::vector<Match> matches_of(Tool tool, const HistoryEntry& entry) {
  std::vector<Match> matches;
  if (!entry.script.empty()) {
    matches.emplace_back([&](const migrate::FileEntry& file) {
      return base_name(file.name) == base_name(entry.script);
    });
  }
  if (tool == Tool::kLiquibase) {
    return matches;
  }
  if (tool == Tool::kSqitch) {
    matches.emplace_back(
        [&](const migrate::FileEntry& file) { return file.description == entry.version; });
  } else if (entry.version.empty()) {
    matches.emplace_back([&](const migrate::FileEntry& file) {
      return file.version.ends_with('R') &&
             plain_description(file.description) == plain_description(entry.description);
    });
    return matches;
  }
  matches.emplace_back(
      [&](const migrate::FileEntry& file) { return file.version == entry.version; });
  matches.emplace_back([&](const migrate::FileEntry& file) {
    return !file.version.empty() && compare_versions(file.version, entry.version) == 0;
  });
  return matches;
}

std::optional<size_t> find_file(const std::vector<Match>& matches,
                                const std::vector<migrate::FileEntry>& files) {
  for (const Match& match : matches) {
    const auto found = std::ranges::find_if(files, match);
    if (found != files.end()) {
      return static_cast<size_t>(found - files.begin());
    }
  }
  return std::nullopt;
}

/// What follows `--changeset` on a line, empty on any other line.
std::string_view changeset_words(std::string_view line) {
  constexpr std::string_view kWord = "changeset";
  line = trim(line);
  if (!line.starts_with("--")) {
    return {};
  }
  line = trim(line.substr(2));
  if (!equal_fold_ascii(line.substr(0, kWord.size()), kWord)) {
    return {};
  }
  return trim(line.substr(kWord.size()));
}

/// A word that may stand in quotes.
std::string take_word(std::string_view text) {
  const bool is_quoted = text.starts_with('"');
  const size_t begin = is_quoted ? 1 : 0;
  return std::string(
      text.substr(begin, text.find_first_of(is_quoted ? "\"" : " \t\r", begin) - begin));
}

}  // namespace

std::vector<std::string> find_changesets(std::string_view script) {
  std::vector<std::string> found;
  for (const std::string_view line : split(script, '\n')) {
    const auto halves = cut(changeset_words(line), ":");
    if (halves) {
      found.push_back(take_word(trim(halves->first)) + ":" + take_word(trim(halves->second)));
    }
  }
  return found;
}

Result<KnownFiles> known_files(const migrate::DirectoryFiles& directory, Tool tool) {
  KnownFiles known{.files = migrate::file_entries(directory)};
  if (tool != Tool::kLiquibase) {
    return known;
  }
  for (const migrate::File& file : directory.files) {
    const migrate::FileContent content = TRY(file.load());
    known.changesets.push_back(find_changesets(content.bytes));
  }
  return known;
}

std::vector<std::optional<size_t>> map_files(Tool tool,
                                             const std::vector<HistoryEntry>& entries,
                                             const std::vector<migrate::FileEntry>& files) {
  std::vector<std::optional<size_t>> found;
  found.reserve(entries.size());
  for (const HistoryEntry& entry : entries) {
    found.push_back(find_file(matches_of(tool, entry), files));
  }
  return found;
}

}  // namespace rhumb::history
