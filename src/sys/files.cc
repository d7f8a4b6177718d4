#include "sys/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <utility>

#include "sys/file_descriptor.h"
#include "sys/system_error.h"

namespace rhumb::sys {
namespace {

FileKind kind_of_mode(mode_t mode) {
  if (S_ISREG(mode)) {
    return FileKind::kFile;
  }
  if (S_ISDIR(mode)) {
    return FileKind::kDirectory;
  }
  return S_ISLNK(mode) ? FileKind::kSymlink : FileKind::kOther;
}

FileKind kind_of_entry(DIR* directory, const dirent& entry) {
  switch (entry.d_type) {
    case DT_REG:
      return FileKind::kFile;
    case DT_DIR:
      return FileKind::kDirectory;
    case DT_LNK:
      return FileKind::kSymlink;
    case DT_UNKNOWN:
      break;
    default:
      return FileKind::kOther;
  }
  struct stat status{};
  const int failed = fstatat(dirfd(directory), entry.d_name, &status, AT_SYMLINK_NOFOLLOW);
  return failed == 0 ? kind_of_mode(status.st_mode) : FileKind::kOther;
}

int open_retrying(const std::string& path, int flags, mode_t mode = 0) {
  int number = -1;
  do {
    number = open(path.c_str(), flags | O_CLOEXEC, mode);
  } while (number < 0 && errno == EINTR);
  return number;
}

/// 0, or the errno.
int write_fully(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = write(descriptor, content.data(), content.size());
    if (written < 0) {
      if (errno == EINTR) {
        continue;
      }
      return errno;
    }
    content.remove_prefix(static_cast<size_t>(written));
  }
  return 0;
}

/// 0, or the errno. File systems that can not sync a directory are left at that.
int sync_directory(const std::string& path) {
  const FileDescriptor directory(open_retrying(path, O_RDONLY | O_DIRECTORY));
  if (!directory.is_open()) {
    return errno;
  }
  if (fsync(directory.get()) != 0 && errno != EINVAL && errno != EROFS) {
    return errno;
  }
  return 0;
}

std::string parent_of(const std::string& path) {
  const size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) {
    return ".";
  }
  return slash == 0 ? "/" : path.substr(0, slash);
}

/// Where a write to `path` goes: its target when it is a symlink.
std::string follow(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(realpath(path.c_str(), nullptr),
                                                         &std::free);
  return real != nullptr ? std::string(real.get()) : path;
}

/// A temporary file that is removed unless it was renamed.
struct TemporaryFile {
  std::string path;
  FileDescriptor descriptor;

  ~TemporaryFile() {
    if (!path.empty()) {
      unlink(path.c_str());
    }
  }
};

int fill_temporary(TemporaryFile& file, std::string_view content, uint32_t mode) {
  const int descriptor = file.descriptor.get();
  if (fchmod(descriptor, static_cast<mode_t>(mode)) != 0) {
    return errno;
  }
  if (const int failed = write_fully(descriptor, content); failed != 0) {
    return failed;
  }
  return fsync(descriptor) == 0 ? 0 : errno;
}

uint32_t without_umask(uint32_t mode) {
  // The umask can be read only by setting it; Linux shows it without that race.
  const auto status = read_file("/proc/self/status");
  if (status.has_value()) {
    const size_t at = status->find("\nUmask:");
    if (at != std::string::npos) {
      return mode & ~static_cast<uint32_t>(std::strtoul(status->c_str() + at + 7, nullptr, 8));
    }
  }
  return mode & ~022U;
}

// `named` is the path that messages speak of.
Result<std::string> resolve_existing(const std::string& path, const std::string& named) {
  errno = 0;
  const std::unique_ptr<char, decltype(&std::free)> real(realpath(path.c_str(), nullptr),
                                                         &std::free);
  if (real == nullptr) {
    return system_error("resolve", named, errno);
  }
  return std::string(real.get());
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
  const FileDescriptor file(open_retrying(path, O_RDONLY));
  if (!file.is_open()) {
    return system_error("open", path, errno);
  }
  std::string content;
  std::array<char, 65536> buffer{};
  while (true) {
    const ssize_t count = read(file.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return system_error("read", path, errno);
    }
    if (count == 0) {
      return content;
    }
    content.append(buffer.data(), static_cast<size_t>(count));
  }
}

Result<void> write_file_atomic(const std::string& path, std::string_view content, uint32_t mode) {
  const std::string target = follow(path);
  struct stat existing{};
  if (stat(target.c_str(), &existing) == 0) {
    if (S_ISDIR(existing.st_mode)) {
      return system_error("open", path, EISDIR);
    }
    mode = existing.st_mode & 07777U;
  } else {
    mode = without_umask(mode);
  }
  TemporaryFile file;
  std::string name = target + ".XXXXXX";
  file.descriptor = FileDescriptor(mkostemp(name.data(), O_CLOEXEC));
  if (!file.descriptor.is_open()) {
    return system_error("open", path, errno);
  }
  file.path = name;
  if (const int failed = fill_temporary(file, content, mode); failed != 0) {
    return system_error("write", path, failed);
  }
  if (rename(file.path.c_str(), target.c_str()) != 0) {
    return system_error("rename", path, errno);
  }
  file.path.clear();
  if (const int failed = sync_directory(parent_of(target)); failed != 0) {
    return system_error("sync", path, failed);
  }
  return {};
}

Result<std::vector<DirectoryEntry>> list_directory(const std::string& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(path.c_str()), &closedir);
  if (directory == nullptr) {
    return system_error("open", path, errno);
  }
  std::vector<DirectoryEntry> entries;
  errno = 0;
  while (const dirent* entry = readdir(directory.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") {
      entries.push_back({.name = name, .kind = kind_of_entry(directory.get(), *entry)});
    }
    errno = 0;
  }
  if (errno != 0) {
    return system_error("readdirent", path, errno);
  }
  std::ranges::sort(entries, {}, &DirectoryEntry::name);
  return entries;
}

Result<void> make_directories(const std::string& path, uint32_t mode) {
  for (size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string part = path.substr(0, end);
    if (mkdir(part.c_str(), static_cast<mode_t>(mode)) != 0 && !is_directory(part)) {
      return system_error("mkdir", part, errno == EEXIST ? ENOTDIR : errno);
    }
    if (end == std::string::npos) {
      return {};
    }
  }
}

Result<FileStatus> stat_file(const std::string& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) {
    return system_error("stat", path, errno);
  }
  return FileStatus{.kind = kind_of_mode(status.st_mode),
                    .size = status.st_size,
                    .mode = status.st_mode & 07777U};
}

Result<std::optional<FileStatus>> find_file(const std::string& path) {
  const auto status = stat_file(path);
  if (status.has_value()) {
    return std::optional(*status);
  }
  if (status.error().code() == ErrorCode::kNotFound) {
    return std::optional<FileStatus>();
  }
  return status.error();
}

bool file_exists(const std::string& path) {
  return stat_file(path).has_value();
}

bool is_directory(const std::string& path) {
  struct stat status{};
  const int saved = errno;
  const bool found = stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
  errno = saved;  // callers report why their own call failed
  return found;
}

Result<void> remove_file(const std::string& path) {
  if (remove(path.c_str()) != 0) {
    return system_error("remove", path, errno);
  }
  return {};
}

Result<void> remove_all(const std::string& path) {
  std::error_code code;
  std::filesystem::remove_all(path, code);
  if (code) {
    return system_error("remove", path, code.value());
  }
  return {};
}

Result<void> rename_file(const std::string& from, const std::string& to) {
  if (rename(from.c_str(), to.c_str()) != 0) {
    return system_error("rename", from + " " + to, errno);
  }
  return {};
}

Result<std::string> resolve_path(const std::string& path) {
  Result<std::string> existing = resolve_existing(path, path);
  if (existing || existing.error().code() != ErrorCode::kNotFound) {
    return existing;
  }
  const std::string directory = TRY(resolve_existing(parent_of(path), path));
  return (directory == "/" ? "" : directory) + "/" + path.substr(path.find_last_of('/') + 1);
}

Result<TemporaryDirectory> TemporaryDirectory::create() {
  const char* base = std::getenv("TMPDIR");
  std::string name =
      std::string(base != nullptr && *base != '\0' ? base : "/tmp") + "/rhumb-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) {
    return system_error("mkdir", name, errno);
  }
  return TemporaryDirectory(std::move(name));
}

TemporaryDirectory::TemporaryDirectory(TemporaryDirectory&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

TemporaryDirectory& TemporaryDirectory::operator=(TemporaryDirectory&& other) noexcept {
  std::swap(path_, other.path_);
  return *this;
}

TemporaryDirectory::~TemporaryDirectory() {
  if (!path_.empty()) {
    // Nothing to be done about what can not be removed: the system's cleaner takes the rest.
    static_cast<void>(remove_all(path_));
  }
}

}  // namespace rhumb::sys
