#include "migrate/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/go_format.h"
#include "base/text.h"
#include "sql/directives.h"

namespace rhumb::migrate {
namespace {

constexpr std::string_view kDirective = "checkpoint";

/// Whether the tag that is written into a file is the one that is read from it.
bool can_be_written(const std::string& tag) {
  const bool is_word = !tag.empty() && std::ranges::none_of(tag, [](char c) {
    return (c >= 0 && c <= ' ') || c == '\x7f';
  });
  const std::string line = fmt::format("-- atlas:{} {}", kDirective, tag);
  const std::optional<sql::Directive> read = sql::parse_directive(line);
  return is_word && read && read->name == kDirective && read->argument == tag;
}

auto find_tag(const std::vector<File>& files, std::string_view tag) {
  return std::ranges::find_if(
      files, [&](const File& file) { return file.is_checkpoint() && file.tag() == tag; });
}

std::vector<std::string> tags_of(const std::vector<File>& files) {
  std::vector<std::string> tags;
  for (const File& file : files) {
    if (!file.tag().empty()) {
      tags.push_back(go_quote(file.tag()));
    }
  }
  return tags;
}

}  // namespace

Result<void> check_checkpoint(Format format,
                              const DirectoryFiles& directory,
                              const std::optional<std::string>& tag) {
  if (format != Format::kAtlas) {
    return invalid(fmt::format("checkpoint is not supported by {}", format_name(format)));
  }
  if (!tag) {
    return {};
  }
  if (!can_be_written(*tag)) {
    return invalid(
        fmt::format("checkpoint tag {} must be a word: without blanks, control "
                    "characters and \"atlas:\"",
                    go_quote(*tag)));
  }
  const auto taken = find_tag(directory.files, *tag);
  if (taken != directory.files.end()) {
    return Error(ErrorCode::kConflict, fmt::format("checkpoint tag {} is that of {} already",
                                                   go_quote(*tag), go_quote(taken->name())));
  }
  return {};
}

Result<size_t> find_checkpoint(const std::vector<File>& files, std::string_view tag) {
  const auto found = find_tag(files, tag);
  if (found != files.end()) {
    return static_cast<size_t>(found - files.begin());
  }
  const std::vector<std::string> tags = tags_of(files);
  return Error(ErrorCode::kNotFound,
               fmt::format("no checkpoint file has the tag {}; the tags of the directory: {}",
                           go_quote(tag), tags.empty() ? "none" : join(tags, ", ")));
}

}  // namespace rhumb::migrate
