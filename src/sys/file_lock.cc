#include "sys/file_lock.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "base/text.h"
#include "sys/system_error.h"

namespace rhumb::sys {
namespace {

struct flock whole_file(short type) {
  struct flock range{};
  range.l_type = type;
  range.l_whence = SEEK_SET;
  return range;
}

bool has_no_locks(int number) {
  return number == ENOLCK || number == ENOSYS || number == EOPNOTSUPP;
}

Error lock_error(const std::string& path, int number) {
  if (has_no_locks(number)) {
    return Error(ErrorCode::kUnsupported, "file system of \"" + path + "\" has no locks")
        .caused_by({.code = std::to_string(number), .text = errno_text(number)});
  }
  return system_error("lock", path, number);
}

}  // namespace

Result<FileLock> FileLock::open(const std::string& path) {
  FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!file.is_open()) {
    return system_error("open", path, errno);
  }
  return FileLock(path, std::move(file));
}

Result<bool> FileLock::try_lock(std::string_view holder) {
  if (held_) {
    return true;
  }
  struct flock range = whole_file(F_WRLCK);
  if (fcntl(file_.get(), F_OFD_SETLK, &range) != 0) {
    if (errno == EAGAIN || errno == EACCES) {
      return false;
    }
    return lock_error(path_, errno);
  }
  held_ = true;
  // Only for people: a full disk must not keep anybody from locking.
  static_cast<void>(ftruncate(file_.get(), 0) == 0 &&
                    pwrite(file_.get(), holder.data(), holder.size(), 0) >= 0);
  return true;
}

void FileLock::unlock() {
  if (!held_) {
    return;
  }
  held_ = false;
  static_cast<void>(ftruncate(file_.get(), 0) == 0);
  struct flock range = whole_file(F_UNLCK);
  fcntl(file_.get(), F_OFD_SETLK, &range);
}

std::string FileLock::holder() const {
  constexpr size_t kHolderMax = 4096;
  std::array<char, kHolderMax> buffer{};
  const ssize_t count = pread(file_.get(), buffer.data(), buffer.size(), 0);
  return count > 0 ? std::string(trim_right({buffer.data(), static_cast<size_t>(count)})) : "";
}

FileLock::FileLock(FileLock&& other) noexcept
    : path_(std::move(other.path_)),
      file_(std::move(other.file_)),
      held_(std::exchange(other.held_, false)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  if (this != &other) {
    unlock();
    path_ = std::move(other.path_);
    file_ = std::move(other.file_);
    held_ = std::exchange(other.held_, false);
  }
  return *this;
}

FileLock::~FileLock() {
  if (file_.is_open()) {
    unlock();
  }
}

Result<bool> is_file_locked(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) {
    if (errno == ENOENT) {
      return false;
    }
    return system_error("open", path, errno);
  }
  struct flock range = whole_file(F_WRLCK);
  if (fcntl(file.get(), F_OFD_GETLK, &range) != 0) {
    return lock_error(path, errno);
  }
  return range.l_type != F_UNLCK;
}

}  // namespace rhumb::sys
