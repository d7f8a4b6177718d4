#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "registry/registry.h"
#include "sys/cancellation.h"

namespace rhumb::registry {

/// Work that is done now and then, by one of the servers of a store.
struct MaintenanceJob {
  std::string name;
  std::chrono::nanoseconds every{};
  std::function<Result<void>(const sys::CancellationToken& stop)> run;  ///< ends soon when told
};
/// The jobs of a registry: what deletions left behind, what has gone silent, and what is kept no
/// longer.
[[nodiscard]] std::vector<MaintenanceJob> registry_jobs(Registry& registry);

/// Whether a job is due, and this server the one to do it; the next time is noted with that.
Result<bool> claim_job(Store& store, const MaintenanceJob& job, int64_t now);

/// Does the jobs that are due, on a thread of its own, until it goes.
///
/// A job that fails is told of and tried again the next time. `registry` must outlive it.
class Maintenance {
 public:
  Maintenance(Registry& registry,
              std::vector<MaintenanceJob> jobs,
              std::function<void(const std::string&)> log);
  ~Maintenance();
  Maintenance(const Maintenance&) = delete;
  Maintenance& operator=(const Maintenance&) = delete;

 private:
  Result<void> run_if_due(const MaintenanceJob& job);
  void run_due();

  Registry& registry_;
  std::vector<MaintenanceJob> jobs_;
  std::function<void(const std::string&)> log_;
  sys::CancellationSource stop_;
  std::thread thread_;
};

}  // namespace rhumb::registry
