#include "registry/maintenance.h"

#include <fmt/format.h>

#include "registry/content/ephemeral.h"
#include "registry/content/repo_removal.h"
#include "registry/content/retention.h"

namespace rhumb::registry {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr minutes kLookEvery{1};

/// Sessions that stored something and are long gone leave a row behind; that of one which is there
/// is made again by its next batch.
Result<void> forget_writers(Store& store, int64_t now) {
  const int64_t day = std::chrono::nanoseconds(hours(24)).count();
  return store.write([&](Session& session) {
    return session.run("DELETE FROM store_writers WHERE changed_at < ?", {now - day});
  });
}

}  // namespace

std::vector<MaintenanceJob> registry_jobs(Registry& registry) {
  return {{"removals", minutes(10),
           [&registry](const sys::CancellationToken& stop) -> Result<void> {
             TRY(finish_removals(registry.store, stop));
             return {};
           }},
          {"ephemeral", minutes(10),
           [&registry](const sys::CancellationToken& stop) -> Result<void> {
             TRY(expire_databases(registry.store, registry.now(), stop));
             return {};
           }},
          {"retention", hours(6),
           [&registry](const sys::CancellationToken& stop) -> Result<void> {
             TRY(apply_retention(registry.store, registry.now(), stop));
             return {};
           }},
          {"writers", hours(24), [&registry](const sys::CancellationToken&) {
             return forget_writers(registry.store, registry.now());
           }}};
}

Result<bool> claim_job(Store& store, const MaintenanceJob& job, int64_t now) {
  const int64_t next = now + job.every.count();
  return write_value<bool>(store, [&](Session& session) -> Result<bool> {
    const Value due = TRY(session.scalar("SELECT next_at FROM jobs WHERE name = ?", {job.name}));
    // A time further ahead than the job's own period was noted by a clock that was wrong.
    if (!due.is_null() && due.number() > now && due.number() <= next) {
      return false;
    }
    TRY(
        session.run("INSERT INTO jobs (name, next_at) VALUES (?, ?) ON CONFLICT (name) DO UPDATE "
                    "SET next_at = excluded.next_at",
                    {job.name, next}));
    return true;
  });
}

Maintenance::Maintenance(Registry& registry,
                         std::vector<MaintenanceJob> jobs,
                         std::function<void(const std::string&)> log)
    : registry_(registry), jobs_(std::move(jobs)), log_(std::move(log)), thread_([this] {
        do {
          run_due();
        } while (!stop_.token().wait_for(kLookEvery));
      }) {}

Maintenance::~Maintenance() {
  stop_.cancel();
  thread_.join();
}

Result<void> Maintenance::run_if_due(const MaintenanceJob& job) {
  const bool is_ours = TRY(claim_job(registry_.store, job, registry_.now()));
  return is_ours ? job.run(stop_.token()) : Result<void>();
}

void Maintenance::run_due() {
  for (const MaintenanceJob& job : jobs_) {
    const Result<void> done = run_if_due(job);
    if (!done && log_) {
      log_(fmt::format("maintenance \"{}\": {}", job.name, done.error().message()));
    }
  }
}

}  // namespace rhumb::registry
