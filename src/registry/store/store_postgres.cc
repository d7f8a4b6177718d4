#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "registry/store/own_schema.h"
#include "registry/store/postgres_channel.h"
#include "registry/store/postgres_session.h"
#include "registry/store/store.h"

namespace rhumb::registry {
namespace {

// A reader that lost its connection tries again, but not for long: somebody waits.
constexpr std::chrono::milliseconds kReadPauses[] = {
    std::chrono::milliseconds(5), std::chrono::milliseconds(50), std::chrono::milliseconds(300),
    std::chrono::milliseconds(1000)};

/// A bounded number of reader connections, made when they are needed.
class Readers {
 public:
  Readers(std::string url, size_t most) : url_(std::move(url)), most_(most) {}

  Result<std::unique_ptr<Session>> take() {
    std::unique_lock lock(mutex_);
    returned_.wait(lock, [this] { return !idle_.empty() || open_ < most_; });
    if (!idle_.empty()) {
      std::unique_ptr<Session> session = std::move(idle_.back());
      idle_.pop_back();
      return session;
    }
    ++open_;
    lock.unlock();
    Result<std::unique_ptr<Session>> opened = open_postgres_session(url_, PostgresAccess::kRead);
    if (!opened) {
      give_back(nullptr);
    }
    return opened;
  }

  /// Null for one that is of no more use.
  void give_back(std::unique_ptr<Session> session) {
    {
      const std::lock_guard lock(mutex_);
      if (session == nullptr) {
        --open_;
      } else {
        idle_.push_back(std::move(session));
      }
    }
    returned_.notify_one();
  }

 private:
  const std::string url_;
  const size_t most_;
  std::mutex mutex_;  // guards everything below
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Session>> idle_;
  size_t open_ = 0;
};

class PostgresStore final : public Store {
 public:
  PostgresStore(const std::string& url,
                const PostgresStoreOptions& options,
                std::unique_ptr<Session> writer)
      : url_(url), readers_(url, options.readers_max), writer_(std::move(writer)) {}

  Result<void> write(Writer::Job job) override { return writer_.write(std::move(job)); }
  Result<void> write(SharedJob& job) override { return writer_.write(job); }

  Result<void> read(const std::function<Result<void>(Session&)>& job) override {
    Result<void> outcome = read_once(job);
    for (const std::chrono::milliseconds pause : kReadPauses) {
      if (outcome || outcome.error().code() != ErrorCode::kUnavailable) {
        break;
      }
      std::this_thread::sleep_for(pause);
      outcome = read_once(job);
    }
    return outcome;
  }

  void stop() override { writer_.stop(); }

  [[nodiscard]] Writer::Counts write_counts() const override { return writer_.counts(); }

  Result<void> check() override {
    return read(
        [](Session& session) { return session.run("SELECT 1 FROM organizations LIMIT 1"); });
  }

  [[nodiscard]] std::unique_ptr<StoreSubscription> listen(StoreListener listener) override {
    return std::make_unique<PostgresChannel>(url_, std::move(listener));
  }

 private:
  /// Errors: kUnavailable when the connection was lost, perhaps long ago.
  Result<void> read_once(const std::function<Result<void>(Session&)>& job) {
    std::unique_ptr<Session> session = TRY(readers_.take());
    Result<void> outcome = session->begin_read();
    if (outcome) {
      outcome = job(*session);
      if (!session->commit()) {
        session->rollback();
      }
    }
    const bool lost = session->may_run_again();
    readers_.give_back(lost ? nullptr : std::move(session));
    return lost && !outcome ? Result<void>(outcome.error().with_code(ErrorCode::kUnavailable))
                            : outcome;
  }

  std::string url_;
  Readers readers_;
  Writer writer_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_postgres_store(const std::string& url,
                                                   const PostgresStoreOptions& options) {
  std::unique_ptr<Session> writer = TRY(open_postgres_session(
      url, options.sharing == StoreSharing::kShared ? PostgresAccess::kWrite
                                                    : PostgresAccess::kWriteAlone));
  if (!options.create) {
    TRY(check_holds_registry(*writer));
  }
  TRY(apply_own_schema_to_server(url, own_migrations(), options.on_upgrade)
          .context("store schema"));
  return std::make_unique<PostgresStore>(url, options, std::move(writer));
}

}  // namespace rhumb::registry
