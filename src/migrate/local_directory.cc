#include "migrate/local_directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "base/go_format.h"
#include "sys/file_descriptor.h"
#include "sys/files.h"
#include "sys/system_error.h"

namespace rhumb::migrate {
namespace {

constexpr size_t kPieceSize = size_t{64} * 1024;
constexpr mode_t kFileMode = 0644;

class LocalDirectory : public Directory {
 public:
  LocalDirectory(LocalDirectoryOptions options, int folder)
      : Directory(std::move(options.url), options.format),
        path_(std::move(options.path)),
        folder_(folder) {}

  [[nodiscard]] Result<std::vector<std::string>> list() const override;
  [[nodiscard]] Result<void> stream(const std::string& name, const Sink& sink) const override;
  [[nodiscard]] Result<std::string> read(const std::string& name) const override;
  [[nodiscard]] Result<bool> exists(const std::string& name) const override;
  [[nodiscard]] Result<void> write(const std::string& name, std::string_view bytes) override;
  [[nodiscard]] Result<void> remove(const std::string& name) override;

 private:
  Result<void> write_in_place(const std::string& name, std::string_view bytes);
  Result<void> walk(const std::string& below, std::vector<std::string>& names) const;
  [[nodiscard]] std::string full(const std::string& name) const { return path_ + "/" + name; }

  std::string path_;
  sys::FileDescriptor folder_;
};

/// The entries of one folder, in byte order.
Result<std::vector<std::pair<std::string, bool>>> read_folder(int parent,
                                                              const std::string& name,
                                                              const std::string& shown) {
  const int number = openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* const stream = number < 0 ? nullptr : fdopendir(number);
  if (stream == nullptr) {
    return sys::system_error("open", shown, errno);
  }
  std::vector<std::pair<std::string, bool>> entries;
  while (const dirent* entry = readdir(stream)) {  // NOLINT(concurrency-mt-unsafe): own stream
    const std::string_view entry_name(static_cast<const char*>(entry->d_name));
    if (entry_name == "." || entry_name == "..") {
      continue;
    }
    bool is_folder = entry->d_type == DT_DIR;
    if (entry->d_type == DT_UNKNOWN) {
      struct stat status{};
      is_folder = fstatat(number, static_cast<const char*>(entry->d_name), &status,
                          AT_SYMLINK_NOFOLLOW) == 0 &&
                  S_ISDIR(status.st_mode);
    }
    entries.emplace_back(entry_name, is_folder);
  }
  closedir(stream);
  std::sort(entries.begin(), entries.end());
  return entries;
}

Result<std::vector<std::string>> LocalDirectory::list() const {
  std::vector<std::string> names;
  if (format() == Format::kFlyway) {
    TRY(walk("", names));
  } else {
    auto entries = TRY(read_folder(folder_.get(), ".", path_));
    for (auto& [name, is_folder] : entries) {
      // A folder that is named like a file stays, so that reading it fails with its name.
      names.push_back(std::move(name));
    }
  }
  return order_files(std::move(names), format());
}

Result<void> LocalDirectory::walk(const std::string& below, std::vector<std::string>& names) const {
  const std::string folder = below.empty() ? "." : below;
  auto entries = TRY(read_folder(folder_.get(), folder, full(folder)));
  const std::string prefix = below.empty() ? "" : below + "/";
  for (auto& [name, is_folder] : entries) {
    const std::string path = prefix + name;
    if (!is_folder) {
      names.push_back(path);
    } else if (!name.starts_with('.')) {
      TRY(walk(path, names));
    }
  }
  return {};
}

Result<void> LocalDirectory::stream(const std::string& name, const Sink& sink) const {
  const auto failure = [&](const char* call) {
    const int number = errno;
    return sys::system_error(call, full(name), number)
        .context(fmt::format("sql/migrate: read file {}", go_quote(name)));
  };
  const sys::FileDescriptor file(openat(folder_.get(), name.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) {
    return failure("open");
  }
  std::array<char, kPieceSize> buffer;  // NOLINT: filled by read
  while (true) {
    const ssize_t size = ::read(file.get(), buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) {
      continue;
    }
    if (size < 0) {
      return failure("read");
    }
    if (size == 0) {
      return {};
    }
    TRY(sink(std::string_view(buffer.data(), static_cast<size_t>(size))));
  }
}

// In one piece of memory: growing it on the way would need two more for a moment.
Result<std::string> LocalDirectory::read(const std::string& name) const {
  std::string bytes;
  struct stat status{};
  if (fstatat(folder_.get(), name.c_str(), &status, 0) == 0 && S_ISREG(status.st_mode)) {
    bytes.reserve(static_cast<size_t>(status.st_size));
  }
  TRY(stream(name, [&](std::string_view piece) -> Result<void> {
    bytes += piece;
    return {};
  }));
  return bytes;
}

Result<bool> LocalDirectory::exists(const std::string& name) const {
  struct stat status{};
  if (fstatat(folder_.get(), name.c_str(), &status, 0) == 0) {
    return true;
  }
  if (errno == ENOENT || errno == ENOTDIR) {
    return false;
  }
  return sys::system_error("stat", full(name), errno);
}

/// Writes everything. Not forced to the disk: the folder is a source tree that can be made again,
/// and waiting for the disk would cost more than hashing 100,000 files.
Result<void> write_all(int number, std::string_view bytes, const std::string& shown) {
  while (!bytes.empty()) {
    const ssize_t size = ::write(number, bytes.data(), bytes.size());
    if (size < 0 && errno != EINTR) {
      return sys::system_error("write", shown, errno);
    }
    bytes.remove_prefix(size < 0 ? 0 : static_cast<size_t>(size));
  }
  return {};
}

Result<void> LocalDirectory::write_in_place(const std::string& name, std::string_view bytes) {
  const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
  const sys::FileDescriptor file(openat(folder_.get(), name.c_str(), flags, kFileMode));
  if (!file.is_open()) {
    return sys::system_error("open", full(name), errno);
  }
  return write_all(file.get(), bytes, full(name));
}

Result<void> LocalDirectory::write(const std::string& name, std::string_view bytes) {
  struct stat old{};
  const bool is_replaced = fstatat(folder_.get(), name.c_str(), &old, AT_SYMLINK_NOFOLLOW) == 0;
  if (is_replaced && !S_ISREG(old.st_mode)) {
    return write_in_place(name, bytes);  // a link stays a link
  }
  // A fresh name beside the target keeps readers from seeing half a file.
  const std::string fresh = fmt::format("{}.{}.tmp", name, getpid());
  const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
  const sys::FileDescriptor file(openat(folder_.get(), fresh.c_str(), flags, kFileMode));
  if (!file.is_open()) {
    return write_in_place(name, bytes);  // only the file itself may be writable
  }
  if (is_replaced) {
    fchmod(file.get(), old.st_mode & 07777U);
  }
  Result<void> written = write_all(file.get(), bytes, full(name));
  if (written && renameat(folder_.get(), fresh.c_str(), folder_.get(), name.c_str()) != 0) {
    written = sys::system_error("rename", full(name), errno);
  }
  if (!written) {
    unlinkat(folder_.get(), fresh.c_str(), 0);
  }
  return written;
}

Result<void> LocalDirectory::remove(const std::string& name) {
  if (unlinkat(folder_.get(), name.c_str(), 0) != 0) {
    return sys::system_error("remove", full(name), errno);
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Directory>> open_local_directory(LocalDirectoryOptions options) {
  struct stat status{};
  if (options.is_created && stat(options.path.c_str(), &status) != 0 && errno == ENOENT) {
    TRY(sys::make_directories(options.path).context("sql/migrate"));
  }
  if (stat(options.path.c_str(), &status) != 0) {
    return sys::system_error("stat", options.path, errno).context("sql/migrate");
  }
  if (!S_ISDIR(status.st_mode)) {
    return invalid(fmt::format("sql/migrate: {} is not a dir", go_quote(options.path)));
  }
  const int folder = open(options.path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) {
    return sys::system_error("open", options.path, errno).context("sql/migrate");
  }
  return std::unique_ptr<Directory>(std::make_unique<LocalDirectory>(std::move(options), folder));
}

}  // namespace rhumb::migrate
