#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>
#include <vector>

#include "registry/store/own_schema.h"
#include "registry/store/sqlite_session.h"
#include "registry/store/store.h"

namespace rhumb::registry {
namespace {

/// Holds the folder for one server; the kernel lets go of it however the process ends.
class FolderLock {
 public:
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock() { ::close(descriptor_); }

  static Result<std::unique_ptr<FolderLock>> take(const std::string& folder) {
    std::string path = folder + "/lock";
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) {
      return Error(ErrorCode::kIo, fmt::format("open {}: {}", path, std::strerror(errno)));
    }
    std::unique_ptr<FolderLock> lock(new FolderLock(descriptor));
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
      return Error(ErrorCode::kBusy,
                   fmt::format("data folder {} is in use by another server", folder));
    }
    return lock;
  }

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

Result<void> make_folder(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0700) == 0) {
    return {};
  }
  struct stat info{};
  if (errno == EEXIST && ::stat(folder.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
    return {};
  }
  return Error(ErrorCode::kIo, fmt::format("data folder {}: {}", folder, std::strerror(errno)));
}

/// The database file for its owner only; SQLite gives its side files the same mode.
Result<void> make_private_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return Error(ErrorCode::kIo, fmt::format("open {}: {}", path, std::strerror(errno)));
  }
  ::close(descriptor);
  return {};
}

class SqliteStore final : public Store {
 public:
  SqliteStore(std::unique_ptr<FolderLock> lock,
              std::string path,
              size_t readers_max,
              std::unique_ptr<Session> writer)
      : lock_(std::move(lock)),
        path_(std::move(path)),
        readers_max_(readers_max),
        writer_(std::move(writer)) {}

  Result<void> write(Writer::Job job) override { return writer_.write(std::move(job)); }
  Result<void> write(SharedJob& job) override { return writer_.write(job); }

  Result<void> read(const std::function<Result<void>(Session&)>& job) override {
    std::unique_ptr<Session> session = TRY(take_reader());
    TRY(session->begin_read());
    Result<void> outcome = job(*session);
    const Result<void> ended = session->commit();
    if (ended) {
      give_back(std::move(session));
    }
    return outcome;
  }

  void stop() override { writer_.stop(); }

  [[nodiscard]] Writer::Counts write_counts() const override { return writer_.counts(); }

  [[nodiscard]] std::unique_ptr<StoreSubscription> listen(StoreListener) override {
    return nullptr;  // nobody else has the folder
  }

  Result<void> check() override {
    return read([](Session& session) { return session.run("SELECT 1 FROM organizations"); });
  }

 private:
  Result<std::unique_ptr<Session>> take_reader() {
    {
      const std::lock_guard guard(mutex_);
      if (!readers_.empty()) {
        std::unique_ptr<Session> session = std::move(readers_.back());
        readers_.pop_back();
        return session;
      }
    }
    return open_sqlite(path_, SqliteAccess::kRead);
  }

  void give_back(std::unique_ptr<Session> session) {
    const std::lock_guard guard(mutex_);
    if (readers_.size() < readers_max_) {
      readers_.push_back(std::move(session));
    }
  }

  std::unique_ptr<FolderLock> lock_;
  std::string path_;
  size_t readers_max_;
  std::mutex mutex_;  // guards readers_
  std::vector<std::unique_ptr<Session>> readers_;
  Writer writer_;
};

}  // namespace

std::string sqlite_store_file(const std::string& data) {
  return data + "/registry.db";
}

Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& data,
                                                 const SqliteStoreOptions& options) {
  std::string path = sqlite_store_file(data);
  if (options.create) {
    TRY(make_folder(data));
  } else if (::access(path.c_str(), F_OK) != 0) {
    return Error(ErrorCode::kNotFound, fmt::format("data folder {} holds no registry", data));
  }
  std::unique_ptr<FolderLock> lock = TRY(FolderLock::take(data));
  TRY(make_private_file(path));
  std::unique_ptr<Session> writer = TRY(open_sqlite(path, SqliteAccess::kWrite));
  TRY(apply_own_schema_to_file(path, own_migrations(), options.on_upgrade).context("store schema"));
  return std::make_unique<SqliteStore>(std::move(lock), std::move(path), options.readers_max,
                                       std::move(writer));
}

Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& data) {
  return open_sqlite_store(data, SqliteStoreOptions{});
}

}  // namespace rhumb::registry
