#include "migrate/versions.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/go_format.h"

namespace rhumb::migrate {
namespace {

constexpr size_t kLonger = 2;

/// The version that may have been meant; empty when none comes near.
std::string similar_version(const std::vector<File>& files, std::string_view version) {
  for (auto file = files.rbegin(); file != files.rend(); ++file) {
    const std::string other = file->version();
    const bool is_part = !other.empty() && version.find(other) != std::string_view::npos;
    const bool holds = !version.empty() && other.size() >= version.size() + kLonger &&
                       other.find(version) != std::string::npos;
    if (is_part || holds) {
      return other;
    }
  }
  return {};
}

}  // namespace

size_t replay_start(const std::vector<File>& files) {
  const auto last = std::find_if(files.rbegin(), files.rend(),
                                 [](const File& file) { return file.is_checkpoint(); });
  return last == files.rend() ? 0 : static_cast<size_t>(files.rend() - last) - 1;
}

Result<size_t> find_version(const std::vector<File>& files, std::string_view version) {
  const auto last = std::find_if(files.rbegin(), files.rend(),
                                 [&](const File& file) { return file.version() == version; });
  if (last != files.rend()) {
    return static_cast<size_t>(files.rend() - last) - 1;
  }
  const std::string similar = similar_version(files, version);
  const std::string hint =
      similar.empty() ? "" : fmt::format(". Did you mean {}?", go_quote(similar));
  return Error(
      ErrorCode::kNotFound,
      fmt::format("sql/migrate: migration with version {} not found{}", go_quote(version), hint));
}

Result<size_t> find_file(const std::vector<File>& files, std::string_view name) {
  const auto named = std::find_if(files.begin(), files.end(),
                                  [&](const File& file) { return file.name() == name; });
  if (named != files.end()) {
    return static_cast<size_t>(named - files.begin());
  }
  return find_version(files, name);
}

}  // namespace rhumb::migrate
