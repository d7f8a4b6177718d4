#include "registry/writer.h"

#include <exception>

namespace rhumb::registry {
namespace {

// More in one transaction gains nothing and lets the first of them wait longer.
constexpr size_t kBatchMax = 512;

}  // namespace

Writer::Writer(std::unique_ptr<Session> session)
    : session_(std::move(session)), thread_([this] { run(); }) {}

Writer::~Writer() {
  stop();
  thread_.join();
}

Result<void> Writer::write(Job job) {
  Waiting waiting;
  waiting.job = std::move(job);
  std::unique_lock lock(mutex_);
  if (stopping_) {
    return Error(ErrorCode::kUnavailable, "the registry is stopping");
  }
  queue_.push_back(&waiting);
  arrived_.notify_one();
  waiting.finished.wait(lock, [&waiting] { return waiting.done; });
  return waiting.outcome;
}

void Writer::stop() {
  std::lock_guard lock(mutex_);
  stopping_ = true;
  arrived_.notify_one();
}

Writer::Counts Writer::counts() const {
  std::lock_guard lock(mutex_);
  return counts_;
}

void Writer::run() {
  std::vector<Waiting*> batch;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      arrived_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) {
        return;
      }
      while (!queue_.empty() && batch.size() < kBatchMax) {
        batch.push_back(queue_.front());
        queue_.pop_front();
      }
    }
    run_batch(batch);
    std::lock_guard lock(mutex_);
    counts_.jobs += static_cast<int64_t>(batch.size());
    counts_.commits += 1;
    for (Waiting* waiting : batch) {
      waiting->done = true;
      // Under the lock: the waiting caller owns the condition and may be gone right after it.
      waiting->finished.notify_one();
    }
    batch.clear();
  }
}

void Writer::run_batch(std::vector<Waiting*>& batch) {
  Result<void> begun = session_->run("BEGIN IMMEDIATE");
  if (!begun) {
    for (Waiting* waiting : batch) {
      waiting->outcome = begun;
    }
    return;
  }
  for (Waiting* waiting : batch) {
    waiting->outcome = run_job(*waiting);
  }
  Result<void> committed = session_->run("COMMIT");
  if (!committed) {
    (void)session_->run("ROLLBACK");
    for (Waiting* waiting : batch) {
      if (waiting->outcome.has_value()) {
        waiting->outcome = committed;
      }
    }
  }
}

Result<void> Writer::run_job(Waiting& waiting) {
  TRY(session_->run("SAVEPOINT job"));
  Result<void> outcome;
  try {
    outcome = waiting.job(*session_);
  } catch (const std::exception& exception) {  // a library's; ours does not throw
    outcome = Error(ErrorCode::kInternal, exception.what());
  }
  if (!outcome) {
    TRY(session_->run("ROLLBACK TO job"));
  }
  TRY(session_->run("RELEASE job"));
  return outcome;
}

}  // namespace rhumb::registry
