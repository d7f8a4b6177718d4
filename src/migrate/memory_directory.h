#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "migrate/directory.h"

namespace rhumb::migrate {

/// A directory kept in memory: from an archive, from templates, for tests.
class MemoryDirectory : public Directory {
 public:
  using Directory::Directory;

  [[nodiscard]] Result<std::vector<std::string>> list() const override;
  [[nodiscard]] Result<void> stream(const std::string& name, const Sink& sink) const override;
  [[nodiscard]] Result<bool> exists(const std::string& name) const override;
  [[nodiscard]] Result<void> write(const std::string& name, std::string_view bytes) override;
  [[nodiscard]] Result<void> remove(const std::string& name) override;

  /// Takes the URL and the format that a command opened it with.
  void rename(std::string url, Format format) { reopen(std::move(url), format); }
  /// Called with each file written but the checksum file, before it is kept; a failure refuses the
  /// write. What a template directory puts into its source.
  void set_mirror(
      std::function<Result<void>(const std::string& name, std::string_view bytes)> mirror) {
    mirror_ = std::move(mirror);
  }

 private:
  std::map<std::string, std::string, std::less<>> files_;
  std::function<Result<void>(const std::string&, std::string_view)> mirror_;
};

/// The `mem://` directories of one run, by the name data sources gave them; not thread-safe.
///
/// A later directory of the same name takes the place of the earlier one; who holds the earlier one
/// keeps it (each target of a run has the one it was rendered for), hence shared pointers.
class MemoryDirectories {
 public:
  /// `name` is what follows `mem://` in the URL.
  void put(std::string name, std::shared_ptr<MemoryDirectory> directory);
  /// Null when no data source provides it.
  [[nodiscard]] std::shared_ptr<MemoryDirectory> find(const std::string& name) const;
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  std::map<std::string, std::shared_ptr<MemoryDirectory>> directories_;
};

}  // namespace rhumb::migrate
