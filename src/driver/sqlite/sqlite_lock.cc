#include "driver/sqlite/sqlite_lock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <functional>
#include <optional>
#include <random>
#include <thread>
#include <utility>

#include "base/text.h"
#include "codec/json.h"

#include <fmt/format.h>

namespace rhumb::driver::sqlite {
namespace {

constexpr std::chrono::seconds kSilentWait{2};
constexpr size_t kHolderBytesMax = 4096;

std::string errno_text(int number) { return to_lower_ascii(std::strerror(number)); }

// The lock file of one database: open while the lock is wanted, locked while it is held.
class LockFile {
 public:
  static Result<LockFile> open(std::string path) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0) {
      return Error(ErrorCode::kIo, fmt::format("open {}: {}", path, errno_text(errno)));
    }
    return LockFile(std::move(path), descriptor);
  }

  LockFile(LockFile&& other) noexcept
      : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}
  LockFile& operator=(LockFile&&) = delete;
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;
  ~LockFile() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
  }

  Result<bool> try_lock() {
    struct flock request = {};
    request.l_type = F_WRLCK;
    request.l_whence = SEEK_SET;
    if (::fcntl(descriptor_, F_OFD_SETLK, &request) == 0) {
      return true;
    }
    if (errno == EAGAIN || errno == EACCES || errno == EINTR) {
      return false;
    }
    if (errno == ENOLCK || errno == ENOSYS || errno == EOPNOTSUPP || errno == EINVAL) {
      return Error(ErrorCode::kUnsupported, fmt::format("file system of \"{}\" has no locks", path_));
    }
    return Error(ErrorCode::kIo, fmt::format("lock {}: {}", path_, errno_text(errno)));
  }

  void write_holder(const std::string& holder) {
    const codec::Json line = codec::Json::object({{"holder", holder}});
    const std::string text = codec::format_json(line, {.escape_html = false}) + "\n";
    // For people only: a full disk must not keep anybody from migrating.
    if (::ftruncate(descriptor_, 0) == 0) {
      [[maybe_unused]] const ssize_t written = ::pwrite(descriptor_, text.data(), text.size(), 0);
    }
  }

  [[nodiscard]] std::string read_holder() const {
    std::string text(kHolderBytesMax, '\0');
    const ssize_t size = ::pread(descriptor_, text.data(), text.size(), 0);
    text.resize(size > 0 ? static_cast<size_t>(size) : 0);
    const Result<codec::Json> line = codec::parse_json(text);
    return line ? line->string_or_empty("holder") : std::string();
  }

  Result<void> release() {
    if (descriptor_ < 0) {
      return {};
    }
    const bool cut = ::ftruncate(descriptor_, 0) == 0;
    const int failure = errno;
    ::close(std::exchange(descriptor_, -1));
    if (!cut) {
      return Error(ErrorCode::kIo, fmt::format("truncate {}: {}", path_, errno_text(failure)));
    }
    return {};
  }

 private:
  LockFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

  std::string path_;
  int descriptor_;
};

class HeldFileLock final : public Lock {
 public:
  explicit HeldFileLock(LockFile file) : file_(std::move(file)) {}
  ~HeldFileLock() override { [[maybe_unused]] const Result<void> released = file_.release(); }

  Result<void> release() override { return file_.release(); }

 private:
  LockFile file_;
};

class HeldNamedLock final : public Lock {
 public:
  HeldNamedLock(NamedLocks& locks, std::string name) : locks_(locks), name_(std::move(name)) {}
  ~HeldNamedLock() override { drop(); }

  Result<void> release() override {
    drop();
    return {};
  }

 private:
  void drop() {
    if (!name_.empty()) {
      locks_.unlock(name_);
      name_.clear();
    }
  }

  NamedLocks& locks_;
  std::string name_;
};

// Calls `attempt` until it gets the lock or the time is over; tells the waiter once.
Result<bool> poll(const LockRequest& request,
                  const std::function<Result<bool>()>& attempt,
                  const std::function<std::string()>& held_by) {
  const auto deadline = std::chrono::steady_clock::now() + request.timeout;
  std::minstd_rand random(std::random_device{}());
  std::uniform_int_distribution<int> pause_ms(25, 50);
  bool told = request.timeout <= kSilentWait || !request.on_wait;
  for (;;) {
    if (TRY(attempt())) {
      return true;
    }
    const auto left = deadline - std::chrono::steady_clock::now();
    if (left <= std::chrono::steady_clock::duration::zero()) {
      return false;
    }
    if (!told) {
      request.on_wait(held_by());
      told = true;
    }
    const std::chrono::steady_clock::duration pause = std::chrono::milliseconds(pause_ms(random));
    std::this_thread::sleep_for(std::min(pause, left));
  }
}

Error already_taken(const LockRequest& request, const std::string& held_by) {
  return lock_busy(fmt::format("sql/sqlite: lock on \"{}\" already taken", request.name), held_by);
}

Result<std::unique_ptr<Lock>> lock_file(const std::string& path, const LockRequest& request) {
  LockFile file = TRY(LockFile::open(path + ".atlas-lock"));
  const bool taken = TRY(poll(
      request, [&file] { return file.try_lock(); }, [&file] { return file.read_holder(); }));
  if (!taken) {
    return already_taken(request, file.read_holder());
  }
  file.write_holder(request.holder);
  return std::make_unique<HeldFileLock>(std::move(file));
}

Result<std::unique_ptr<Lock>> lock_name(NamedLocks& locks, const LockRequest& request) {
  std::string held_by;
  const bool taken = TRY(poll(
      request,
      [&]() -> Result<bool> { return locks.try_lock(request.name, request.holder, held_by); },
      [&held_by] { return held_by; }));
  if (!taken) {
    return already_taken(request, held_by);
  }
  return std::make_unique<HeldNamedLock>(locks, request.name);
}

}  // namespace

bool NamedLocks::try_lock(const std::string& name,
                          const std::string& holder,
                          std::string& held_by) {
  const std::lock_guard guard(mutex_);
  const auto [entry, added] = holders_.emplace(name, holder);
  if (!added) {
    held_by = entry->second;
  }
  return added;
}

void NamedLocks::unlock(const std::string& name) {
  const std::lock_guard guard(mutex_);
  holders_.erase(name);
}

Result<std::unique_ptr<Lock>> acquire_lock(NamedLocks& locks,
                                           const std::string& path,
                                           const LockRequest& request) {
  return path.empty() ? lock_name(locks, request) : lock_file(path, request);
}

}  // namespace rhumb::driver::sqlite
