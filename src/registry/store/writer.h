#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "registry/store/sql.h"

namespace rhumb::registry {

/// Work for the store that costs less together with others of its class.
class SharedJob {
 public:
  SharedJob() = default;
  SharedJob(const SharedJob&) = delete;
  SharedJob& operator=(const SharedJob&) = delete;
  virtual ~SharedJob() = default;

  /// Runs `jobs` one after the other, all of its own class, itself the first of them, and leaves an
  /// outcome in each. A refused one that has written nothing leaves its error there.
  /// Errors: those of one that had written; then none of it is kept, and each is run by itself.
  /// As other jobs it may be run again, and sets all its values anew each time.
  virtual Result<void> run(Session& session, std::span<SharedJob* const> jobs) = 0;

  Result<void> outcome{};
};

/// The one writer of a store: it takes everything queued, runs it in one transaction and makes it
/// durable with one commit. Waiting callers cost nothing, and the busier the store, the fewer
/// synchronisations each write pays for. Who finds nobody writing does it itself, for waking a
/// thread takes longer than many a write; what arrives meanwhile is left to the writer's thread.
///
/// Shape: jobs run in the order they were handed in, shared ones together with the first of them.
/// A refused job leaves nothing behind and disturbs no other: most refuse before they write; when
/// one does not, the whole batch is run again with a savepoint around each. Where the store was
/// gone or others were in the way, the batch is run again for up to 20 seconds. `write` returns
/// after the commit. Threads: `write` may be called from any thread, but not by a job.
class Writer {
 public:
  using Job = std::function<Result<void>(Session&)>;

  explicit Writer(std::unique_ptr<Session> session);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer();

  /// Runs the job and waits until it is durable. Errors: the job's own; kUnavailable after `stop`;
  /// kDatabase when the commit failed, and then nothing of the batch is stored.
  Result<void> write(Job job);
  /// Likewise, together with others of its class. Its own outcome is what it leaves there.
  Result<void> write(SharedJob& job);
  /// Finishes what is queued and refuses what comes later.
  void stop();

  struct Counts {
    int64_t jobs = 0;
    int64_t commits = 0;
    int64_t waiting = 0;  ///< handed in and not begun
  };
  [[nodiscard]] Counts counts() const;

 private:
  struct Waiting;
  using Batch = std::vector<Waiting*>;

  void run();
  /// Writes everything queued, `lock` being that of the queue.
  void write_queued(std::unique_lock<std::mutex>& lock);
  [[nodiscard]] Batch take();
  void run_batch(Batch& batch);
  Result<void> try_batch(Batch& batch);
  /// False when a job was refused after it had written: nothing of the batch may be kept then. What
  /// a job did not wait for (Session::run_later) may be refused as late as in the commit.
  [[nodiscard]] bool run_together(Batch& batch);
  void run_apart(Batch& batch);
  Result<void> wait_for(Waiting& waiting);
  /// Runs those of the batch that are of the same class, this one the first of them.
  [[nodiscard]] bool run_shared(Batch& batch, const Waiting& first);
  Result<void> run_job(Waiting& waiting);
  Result<void> run_guarded(const Job& job);
  Result<void> run_in_savepoint(Waiting& waiting);
  static void finish(const Batch& batch);

  std::unique_ptr<Session> session_;  // of whoever has set is_writing_
  mutable std::mutex mutex_;          // guards everything below
  std::condition_variable arrived_;   // and nobody writes
  std::deque<Waiting*> queue_;
  Counts counts_;
  bool is_writing_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace rhumb::registry
