#include "migrate/memory_directory.h"

#include <fmt/format.h>

#include <utility>

namespace rhumb::migrate {
namespace {

Error missing(std::string_view action, const std::string& name) {
  return {ErrorCode::kNotFound, fmt::format("{} {}: file does not exist", action, name)};
}

}  // namespace

Result<std::vector<std::string>> MemoryDirectory::list() const {
  std::vector<std::string> names;
  names.reserve(files_.size());
  for (const auto& [name, bytes] : files_) {
    if (name != kSumFileName) {
      names.push_back(name);
    }
  }
  return order_files(std::move(names), format());
}

Result<void> MemoryDirectory::stream(const std::string& name, const Sink& sink) const {
  const auto found = files_.find(name);
  if (found == files_.end()) {
    return missing("open", name);
  }
  return sink(found->second);
}

Result<bool> MemoryDirectory::exists(const std::string& name) const {
  return files_.contains(name);
}

Result<void> MemoryDirectory::write(const std::string& name, std::string_view bytes) {
  if (mirror_ && name != kSumFileName) {
    TRY(mirror_(name, bytes));
  }
  files_.insert_or_assign(name, std::string(bytes));
  return {};
}

Result<void> MemoryDirectory::remove(const std::string& name) {
  if (files_.erase(name) == 0) {
    return missing("remove", name);
  }
  return {};
}

void MemoryDirectories::put(std::string name, std::shared_ptr<MemoryDirectory> directory) {
  directories_.insert_or_assign(std::move(name), std::move(directory));
}

std::shared_ptr<MemoryDirectory> MemoryDirectories::find(const std::string& name) const {
  const auto found = directories_.find(name);
  return found == directories_.end() ? nullptr : found->second;
}

std::vector<std::string> MemoryDirectories::names() const {
  std::vector<std::string> names;
  names.reserve(directories_.size());
  for (const auto& [name, directory] : directories_) {
    names.push_back(name);
  }
  return names;
}

}  // namespace rhumb::migrate
