#include "driver/sqlite/sqlite_lock.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <random>
#include <thread>
#include <utility>

#include "codec/json.h"
#include "sys/file_lock.h"

namespace rhumb::driver::sqlite {

struct HeldFile {
  std::string name;    // it was first taken under
  sys::FileLock file;  // lets go when destroyed
};

namespace {

constexpr std::string_view kSuffix = ".atlas-lock";

std::string holder_line(const std::string& holder) {
  return codec::format_json(codec::Json::object({{"holder", holder}}), {.escape_html = false}) +
         "\n";
}

std::string read_holder(const sys::FileLock& file) {
  const Result<codec::Json> line = codec::parse_json(file.holder());
  return line ? line->string_or_empty("holder") : std::string();
}

class HeldFileLock final : public Lock {
 public:
  explicit HeldFileLock(std::shared_ptr<HeldFile> held) : held_(std::move(held)) {}

  Result<void> release() override {
    held_.reset();
    return {};
  }
  Result<void> regain() override { return {}; }

 private:
  std::shared_ptr<HeldFile> held_;  // shared by the locks of one connection
};

class HeldNamedLock final : public Lock {
 public:
  HeldNamedLock(NamedLocks& locks, std::string name) : locks_(locks), name_(std::move(name)) {}
  ~HeldNamedLock() override { drop(); }

  Result<void> release() override {
    drop();
    return {};
  }
  Result<void> regain() override { return {}; }

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
  bool told = request.timeout <= kSilentLockWait || !request.on_wait;
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
    if (request.stop.wait_for(std::min(pause, left))) {
      return Error(ErrorCode::kCancelled, "interrupted");
    }
  }
}

Error already_taken(const LockRequest& request, const std::string& held_by) {
  return lock_busy(fmt::format("sql/sqlite: lock on \"{}\" already taken", request.name), held_by);
}

Result<std::shared_ptr<HeldFile>> take_file(const std::string& path, const LockRequest& request) {
  sys::FileLock file = TRY(sys::FileLock::open(path + std::string(kSuffix)));
  const std::string line = holder_line(request.holder);
  const bool taken =
      TRY(poll(request, [&] { return file.try_lock(line); }, [&] { return read_holder(file); }));
  if (!taken) {
    return already_taken(request, read_holder(file));
  }
  return std::make_shared<HeldFile>(HeldFile{.name = request.name, .file = std::move(file)});
}

Result<std::unique_ptr<Lock>> lock_file(const std::string& path,
                                        std::weak_ptr<HeldFile>& held,
                                        const LockRequest& request) {
  std::shared_ptr<HeldFile> own = held.lock();
  if (own == nullptr || own->name == request.name) {
    own = TRY(take_file(path, request));
    held = own;
  }
  return std::make_unique<HeldFileLock>(std::move(own));
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

std::optional<std::string> NamedLocks::find_holder(const std::string& name) {
  const std::lock_guard guard(mutex_);
  const auto holder = holders_.find(name);
  return holder == holders_.end() ? std::nullopt : std::optional(holder->second);
}

Result<std::optional<std::string>> find_lock_holder(NamedLocks& locks,
                                                    const std::string& path,
                                                    const std::string& name) {
  if (path.empty()) {
    return locks.find_holder(name);
  }
  const std::string file = path + std::string(kSuffix);
  const bool held = TRY(sys::is_file_locked(file));
  if (!held) {
    return std::optional<std::string>();
  }
  const sys::FileLock reader = TRY(sys::FileLock::open(file));
  return std::optional(read_holder(reader));
}

Result<std::unique_ptr<Lock>> acquire_lock(NamedLocks& locks,
                                           const std::string& path,
                                           std::weak_ptr<HeldFile>& held,
                                           const LockRequest& request) {
  return path.empty() ? lock_name(locks, request) : lock_file(path, held, request);
}

}  // namespace rhumb::driver::sqlite
