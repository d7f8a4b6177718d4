#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/shared_text.h"
#include "codec/sha256.h"
#include "migrate/file_header.h"
#include "migrate/format.h"
#include "migrate/sum.h"

namespace rhumb::migrate {

/// Where migration files are kept: a folder, memory, an archive.
///
/// Shape: files are known by name (with `/` only in a flyway directory); names and bytes only, no
/// meaning. Errors: texts of spec migration-directory.md 1 and 2.
/// Threads: const members may be called from several threads when nobody writes.
class Directory {
 public:
  /// Receives the bytes of a file in pieces, in order; pieces live until it returns.
  using Sink = std::function<Result<void>(std::string_view piece)>;

  Directory(std::string url, Format format) : url_(std::move(url)), format_(format) {}
  virtual ~Directory() = default;
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  /// As given by the person, for reports.
  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] Format format() const { return format_; }

  /// The names of the migration files, in the order they run.
  [[nodiscard]] virtual Result<std::vector<std::string>> list() const = 0;
  /// Feeds the bytes of a file to `sink`; an empty file may give no piece at all.
  [[nodiscard]] virtual Result<void> stream(const std::string& name, const Sink& sink) const = 0;
  /// Whether a file of that name exists, migration or not.
  [[nodiscard]] virtual Result<bool> exists(const std::string& name) const = 0;
  /// Creates or replaces a file in one step: a reader finds the old or the new bytes.
  [[nodiscard]] virtual Result<void> write(const std::string& name, std::string_view bytes) = 0;
  [[nodiscard]] virtual Result<void> remove(const std::string& name) = 0;

  [[nodiscard]] virtual Result<std::string> read(const std::string& name) const;
  /// The text of the checksum file, absent when there is none.
  [[nodiscard]] Result<std::optional<std::string>> read_sum() const;
  [[nodiscard]] Result<void> write_sum(const Sum& sum);

 protected:
  void reopen(std::string url, Format format) {
    url_ = std::move(url);
    format_ = format;
  }

 private:
  std::string url_;
  Format format_;
};

/// The bytes of one migration file with what its top says.
struct FileContent {
  std::string name;
  Format format = Format::kAtlas;
  SharedText bytes;
  std::vector<Directive> directives;  ///< file level; empty in most foreign formats

  /// The arguments of all file directives of that name.
  [[nodiscard]] std::vector<std::string> arguments(std::string_view directive) const {
    return find_arguments(directives, directive);
  }
  [[nodiscard]] bool has(std::string_view directive) const { return !arguments(directive).empty(); }
};

/// One migration file: its name and the facts of one pass; bytes are read when asked for.
///
/// Lifetime: refers to the Directory it was loaded from, which must outlive it.
class File {
 public:
  struct Facts {
    std::optional<codec::Sha256> hash;      ///< of its sum entry; absent when it is ignored
    std::optional<std::string> checkpoint;  ///< its tag when it is a checkpoint
    std::uint64_t fingerprint = 0;          ///< of the bytes that were hashed
  };

  File(const Directory* directory, std::string name, Facts facts)
      : directory_(directory), name_(std::move(name)), facts_(std::move(facts)) {}

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] Format format() const { return directory_->format(); }
  [[nodiscard]] std::string version() const { return file_version(name_, format()); }
  [[nodiscard]] std::string description() const { return file_description(name_, format()); }
  [[nodiscard]] bool is_checkpoint() const { return facts_.checkpoint.has_value(); }
  [[nodiscard]] std::string tag() const { return facts_.checkpoint.value_or(""); }
  /// The hash for the file's row, base64. Errors: kNotFound
  /// `sql/migrate: scanning checksum from "<f>": checksum not found`, for a file without an entry.
  [[nodiscard]] Result<std::string> hash() const;

  /// Reads the file. Errors: kConflict when its bytes are not those the hash was taken of.
  [[nodiscard]] Result<FileContent> load() const;

 private:
  const Directory* directory_;
  std::string name_;
  Facts facts_;
};

/// A directory read once: its files in order, with the sum of what was read.
struct DirectoryFiles {
  std::vector<File> files;
  Sum sum;
};

/// Reads every file once, keeping names, hashes and checkpoint tags only.
[[nodiscard]] Result<DirectoryFiles> load_files(const Directory& directory);
/// The sum of a directory, in constant memory per file.
[[nodiscard]] Result<Sum> compute_sum(const Directory& directory);
/// Compares a loaded directory with its checksum file; nothing when they agree.
[[nodiscard]] Result<std::optional<SumProblem>> verify(const Directory& directory,
                                                       const DirectoryFiles& loaded);
/// Recomputes and writes the checksum file.
[[nodiscard]] Result<void> rehash(Directory& directory);

}  // namespace rhumb::migrate
