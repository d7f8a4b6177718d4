#include "registry/store/writer.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <set>
#include <typeindex>
#include <typeinfo>

namespace rhumb::registry {
namespace {

// More in one transaction gains nothing and lets the first of them wait longer.
constexpr size_t kBatchMax = 512;
// Clients wait 30 s for an answer.
constexpr std::chrono::seconds kRunAgainFor{20};
constexpr std::chrono::milliseconds kFirstPause{5};
constexpr std::chrono::milliseconds kLongestPause{500};

/// The end of a write. Of its own, so that those whose jobs shared a commit do not queue for a
/// common one; shared, so that who says it need not hold the lock that the caller wakes up to.
struct Finish {
  std::mutex mutex;  // guards `done`
  bool done = false;
  std::condition_variable changed;
};

Result<void> commit(Session& session) {
  return session.may_run_again() ? Error(ErrorCode::kUnavailable, "the store does not answer")
                                 : session.commit();
}

}  // namespace

struct Writer::Waiting {
  Job job{};
  SharedJob* shared = nullptr;  ///< instead
  Result<void> outcome{};
  std::shared_ptr<Finish> finish = std::make_shared<Finish>();
};

Writer::Writer(std::unique_ptr<Session> session)
    : session_(std::move(session)), thread_([this] { run(); }) {}

Writer::~Writer() {
  stop();
  thread_.join();
}

Result<void> Writer::write(Job job) {
  Waiting waiting;
  waiting.job = std::move(job);
  return wait_for(waiting);
}

Result<void> Writer::write(SharedJob& job) {
  Waiting waiting;
  waiting.shared = &job;
  return wait_for(waiting);
}

Result<void> Writer::wait_for(Waiting& waiting) {
  {
    std::unique_lock lock(mutex_);
    if (stopping_) {
      return Error(ErrorCode::kUnavailable, "the registry is stopping");
    }
    queue_.push_back(&waiting);
    if (!is_writing_) {
      write_queued(lock);
      if (stopping_ || !queue_.empty()) {
        arrived_.notify_one();
      }
    }
  }
  std::unique_lock lock(waiting.finish->mutex);
  waiting.finish->changed.wait(lock, [&waiting] { return waiting.finish->done; });
  return std::move(waiting.outcome);
}

void Writer::stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  arrived_.notify_one();
}

Writer::Counts Writer::counts() const {
  const std::lock_guard lock(mutex_);
  Counts counts = counts_;
  counts.waiting = static_cast<int64_t>(queue_.size());
  return counts;
}

void Writer::run() {
  std::unique_lock lock(mutex_);
  const auto has_work = [this] { return !is_writing_ && (stopping_ || !queue_.empty()); };
  for (arrived_.wait(lock, has_work); !queue_.empty(); arrived_.wait(lock, has_work)) {
    write_queued(lock);
  }
}

void Writer::write_queued(std::unique_lock<std::mutex>& lock) {
  Batch batch = take();
  is_writing_ = true;
  lock.unlock();
  run_batch(batch);
  finish(batch);
  lock.lock();
  is_writing_ = false;
}

Writer::Batch Writer::take() {
  Batch batch;
  while (!queue_.empty() && batch.size() < kBatchMax) {
    batch.push_back(queue_.front());
    queue_.pop_front();
  }
  // Before they are done: who asks after an answer finds it counted.
  counts_.jobs += static_cast<int64_t>(batch.size());
  counts_.commits += 1;
  return batch;
}

void Writer::finish(const Batch& batch) {
  for (const Waiting* waiting : batch) {
    const std::shared_ptr<Finish> finish = waiting->finish;  // what waits may be gone by then
    {
      const std::lock_guard lock(finish->mutex);
      finish->done = true;
    }
    finish->changed.notify_one();
  }
}

void Writer::run_batch(Batch& batch) {
  const auto give_up = std::chrono::steady_clock::now() + kRunAgainFor;
  std::chrono::milliseconds pause = kFirstPause;
  Result<void> stored = try_batch(batch);
  while (!stored && session_->may_run_again() &&
         std::chrono::steady_clock::now() + pause < give_up) {
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, kLongestPause);
    stored = try_batch(batch);
  }
  if (stored) {
    return;
  }
  for (Waiting* waiting : batch) {
    if (waiting->outcome.has_value()) {
      waiting->outcome = stored;
    }
  }
}

Result<void> Writer::try_batch(Batch& batch) {
  TRY(session_->begin_write());
  const bool refused = !run_together(batch) && !session_->may_run_again();
  Result<void> stored = refused
                            ? Error(ErrorCode::kConflict, "one was refused after it had written")
                            : commit(*session_);
  // Of what failed last nobody knows whose it was, but where it may be stored after all.
  if (!stored && !session_->may_run_again() && stored.error().code() != ErrorCode::kUnavailable) {
    session_->rollback();
    TRY(session_->begin_write());
    run_apart(batch);
    stored = commit(*session_);
  }
  if (!stored) {
    session_->rollback();
  }
  return stored;
}

bool Writer::run_together(Batch& batch) {
  std::set<std::type_index> shared;  // that were run
  for (Waiting* waiting : batch) {
    if (waiting->shared != nullptr) {
      if (shared.insert(typeid(*waiting->shared)).second && !run_shared(batch, *waiting)) {
        return false;
      }
      continue;
    }
    const int64_t rows_before = session_->rows_written();
    waiting->outcome = run_job(*waiting);
    const bool clean = session_->rows_written() == rows_before && session_->in_transaction();
    if (!waiting->outcome && !clean) {
      return false;
    }
  }
  return true;
}

bool Writer::run_shared(Batch& batch, const Waiting& first) {
  Batch partners;
  std::vector<SharedJob*> jobs;
  for (Waiting* waiting : batch) {
    if (waiting->shared != nullptr && typeid(*waiting->shared) == typeid(*first.shared)) {
      partners.push_back(waiting);
      jobs.push_back(waiting->shared);
    }
  }
  const Result<void> ran =
      run_guarded([&jobs](Session& session) { return jobs.front()->run(session, jobs); });
  for (Waiting* waiting : partners) {
    waiting->outcome = ran ? waiting->shared->outcome : ran;
  }
  return ran && session_->in_transaction();
}

void Writer::run_apart(Batch& batch) {
  for (Waiting* waiting : batch) {
    waiting->outcome = session_->in_transaction()
                           ? run_in_savepoint(*waiting)
                           : Error(ErrorCode::kDatabase, "the store ended the transaction");
  }
}

Result<void> Writer::run_in_savepoint(Waiting& waiting) {
  TRY(session_->run("SAVEPOINT job"));
  Result<void> outcome = run_job(waiting);
  if (outcome) {
    outcome = session_->settle();
  }
  if (!outcome) {
    TRY(session_->rollback_to("job"));
  }
  TRY(session_->run("RELEASE job"));
  return outcome;
}

Result<void> Writer::run_job(Waiting& waiting) {
  if (waiting.shared == nullptr) {
    return run_guarded(waiting.job);
  }
  SharedJob* const job = waiting.shared;
  TRY(run_guarded([job](Session& session) { return job->run(session, {&job, 1}); }));
  return job->outcome;
}

Result<void> Writer::run_guarded(const Job& job) {
  session_->forget_asked();  // by the one before
  try {
    return job(*session_);
  } catch (const std::exception& exception) {  // a library's; ours does not throw
    return Error(ErrorCode::kInternal, exception.what());
  }
}

}  // namespace rhumb::registry
