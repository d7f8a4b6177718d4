#include "project/source_files.h"

#include <filesystem>
#include <system_error>

#include "base/go_format.h"
#include "base/text.h"
#include "codec/url.h"
#include "hcl/diagnostic.h"
#include "sys/files.h"

namespace rhumb::project {
namespace {

Result<std::string> config_path(std::string_view url) {
  const auto parts = cut(url, "://");
  if (!parts) {
    return invalid("missing scheme for config file. Did you mean file://" + std::string(url) + "?");
  }
  const auto& [scheme, rest] = *parts;
  if (scheme != "file") {
    return invalid("unsupported config file driver " + go_quote(scheme));
  }
  const std::string path = TRY(codec::path_unescape(rest.substr(0, rest.find('?'))));
  return std::filesystem::path(path).lexically_normal().string();
}

Result<std::string> absolute_directory(const std::string& path) {
  std::error_code problem;
  const std::filesystem::path absolute = std::filesystem::absolute(path, problem);
  if (problem) {
    return Error(ErrorCode::kIo, "getwd: " + problem.message());
  }
  return absolute.lexically_normal().parent_path().string();
}

}  // namespace

Result<std::vector<std::string>> config_paths(const std::string& config) {
  std::vector<std::string> paths;
  for (const std::string_view url : split(config, ',')) {
    paths.push_back(TRY(config_path(url)));
  }
  return paths;
}

Result<std::vector<SourceFile>> read_source_files(const std::vector<std::string>& paths) {
  std::vector<SourceFile> files;
  Diagnostics diagnostics;
  for (const std::string& path : paths) {
    const Result<sys::FileStatus> status = sys::stat_file(path);
    if (!status.has_value()) {
      return status.error().context("config file " + go_quote(path) + " was not found");
    }
    const std::string text = TRY(sys::read_file(path));
    SourceFile file;
    file.path = path;
    file.directory = TRY(absolute_directory(path));
    file.tree = hcl::parse_file(path, text, diagnostics);
    files.push_back(std::move(file));
  }
  if (!diagnostics.empty()) {
    return hcl::to_error(diagnostics);
  }
  return files;
}

}  // namespace rhumb::project
