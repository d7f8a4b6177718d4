#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

/// Files and directories. Error messages read as Go's: `open <path>: no such file or directory`,
/// with the path as it was given; the code is kNotFound, kDenied, kConflict or kIo.
namespace rhumb::sys {

enum class FileKind { kFile, kDirectory, kSymlink, kOther };

struct FileStatus {
  FileKind kind = FileKind::kOther;
  int64_t size = 0;
  uint32_t mode = 0;  ///< permission bits
};

struct DirectoryEntry {
  std::string name;  ///< without the directory
  FileKind kind = FileKind::kOther;

  bool operator==(const DirectoryEntry&) const = default;
};

inline constexpr uint32_t kFileMode = 0644;
inline constexpr uint32_t kPrivateFileMode = 0600;

/// Errors: `open <path>: ...`, `read <path>: is a directory`.
[[nodiscard]] Result<std::string> read_file(const std::string& path);

/// Replaces or creates a file so that a crash leaves either the old or the new content, whole:
/// temporary file beside it, fsync, rename, fsync of the directory. A symlink is followed; an
/// existing file keeps its mode, a new one gets `mode` less the umask.
[[nodiscard]] Result<void> write_file_atomic(const std::string& path,
                                             std::string_view content,
                                             uint32_t mode = kFileMode);

/// The entries without `.` and `..`, sorted bytewise by name; symlinks are not followed.
[[nodiscard]] Result<std::vector<DirectoryEntry>> list_directory(const std::string& path);

/// Creates a directory and those above it; one that exists is fine.
[[nodiscard]] Result<void> make_directories(const std::string& path, uint32_t mode = 0755);

/// Follows symlinks. Errors: `stat <path>: ...`.
[[nodiscard]] Result<FileStatus> stat_file(const std::string& path);
/// As stat_file; nothing when there is no such file.
[[nodiscard]] Result<std::optional<FileStatus>> find_file(const std::string& path);
[[nodiscard]] bool file_exists(const std::string& path);
[[nodiscard]] bool is_directory(const std::string& path);

/// Removes a file or an empty directory. Errors: `remove <path>: ...`.
[[nodiscard]] Result<void> remove_file(const std::string& path);
/// Removes a file, or a directory with all below it; symlinks are removed, not followed. A path
/// that does not exist is fine.
[[nodiscard]] Result<void> remove_all(const std::string& path);
/// Errors: `rename <from> <to>: ...`.
[[nodiscard]] Result<void> rename_file(const std::string& from, const std::string& to);

/// The absolute path with every symlink resolved. When the last component does not exist, its
/// directory is resolved and the name kept.
[[nodiscard]] Result<std::string> resolve_path(const std::string& path);

/// A new directory under TMPDIR (or /tmp), which is removed with the object.
class TemporaryDirectory {
 public:
  [[nodiscard]] static Result<TemporaryDirectory> create();
  TemporaryDirectory(TemporaryDirectory&& other) noexcept;
  TemporaryDirectory& operator=(TemporaryDirectory&& other) noexcept;
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  explicit TemporaryDirectory(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

}  // namespace rhumb::sys
