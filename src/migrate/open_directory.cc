#include "migrate/open_directory.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "base/go_format.h"
#include "base/text.h"
#include "migrate/local_directory.h"

namespace rhumb::migrate {
namespace {

Error not_provided(const DirectoryUrl& url, const DirectorySources& sources) {
  std::vector<std::string> known;
  if (sources.memory != nullptr) {
    for (const std::string& name : sources.memory->names()) {
      known.push_back(fmt::format("\"mem://{}\"", name));
    }
  }
  const std::string provided =
      known.empty() ? "the project file has none" : "known are " + join(known, ", ");
  return {ErrorCode::kNotFound,
          fmt::format("migration directory {} is not provided by a data source; {}",
                      go_quote(url.shown), provided)};
}

Result<std::shared_ptr<Directory>> open_memory(const DirectoryUrl& url,
                                               const DirectorySources& sources) {
  auto found = sources.memory == nullptr ? nullptr : sources.memory->find(url.path);
  if (!found) {
    return not_provided(url, sources);
  }
  const Format format = TRY(url.format());
  found->rename(url.shown, format);
  return std::shared_ptr<Directory>(std::move(found));
}

}  // namespace

Result<std::shared_ptr<Directory>> open_directory(std::string_view url,
                                                  const DirectorySources& sources,
                                                  bool is_created) {
  const DirectoryUrl parsed = TRY(parse_directory_url(url));
  if (parsed.scheme == "mem") {
    return open_memory(parsed, sources);
  }
  if (parsed.scheme == "atlas" && sources.open_registry) {
    return sources.open_registry(parsed);
  }
  if (parsed.scheme != "file") {
    return invalid(fmt::format("unsupported driver {}", go_quote(parsed.scheme)));
  }
  const Format format = TRY(parsed.format());
  auto opened = TRY(open_local_directory(
      {.url = parsed.shown, .path = parsed.path, .format = format, .is_created = is_created}));
  return std::shared_ptr<Directory>(std::move(opened));
}

}  // namespace rhumb::migrate
