#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "registry/audit/checkpoint_target.h"
#include "registry/registry.h"
#include "sys/cancellation.h"

namespace rhumb::registry {

/// Signs and stores a checkpoint of the newest entry, when there are entries behind the last one
/// and that is `interval` old. Of several servers of a store one does it. -> whether it did
Result<bool> make_due_checkpoint(Store& store,
                                 const AuditKey& key,
                                 int64_t now,
                                 std::chrono::nanoseconds interval);

/// Sends a target what it lacks, oldest first, and notes how far it has come. What a target did not
/// take is sent the next time; one may be sent twice. -> how many were sent
Result<int64_t> send_checkpoints(Store& store,
                                 CheckpointTarget& target,
                                 std::string_view address,
                                 int64_t now);

struct CheckpointSettings {
  std::chrono::nanoseconds interval = std::chrono::hours(1);  ///< 0: never
  std::vector<std::string> targets{};                         ///< as make_target() takes them
  std::string proxy{};                                        ///< as make_network_sender() takes it
};

struct AuditCare {
  CheckpointSettings checkpoints{};
  int64_t keep_days = 0;  ///< entries that are older are pruned; 0: none is
};

/// Makes and sends the checkpoints of a registry, and prunes its log, on a thread of its own, until
/// it goes.
class CheckpointWatch {
 public:
  /// `registry` has its key, and outlives it, as does what `log` refers to.
  /// Errors: kInvalid for a target that is none.
  static Result<std::unique_ptr<CheckpointWatch>> start(
      Registry& registry, const AuditCare& care, std::function<void(const std::string&)> log);

  CheckpointWatch(const CheckpointWatch&) = delete;
  CheckpointWatch& operator=(const CheckpointWatch&) = delete;
  /// Waits for a request that is being sent.
  ~CheckpointWatch();

 private:
  struct Place {
    std::string address;
    std::unique_ptr<CheckpointTarget> target;
    std::chrono::nanoseconds pause{};  ///< after a failure; 0: there was none
    int64_t next_at = 0;
  };

  CheckpointWatch(Registry& registry,
                  const AuditKey& key,
                  const AuditCare& care,
                  std::function<void(const std::string&)> log);
  void run();
  void make_checkpoint();
  void visit(Place& place);
  void prune();
  void say(const std::string& line) const;

  Registry& registry_;
  AuditKey key_;
  std::chrono::nanoseconds interval_;
  int64_t keep_days_;
  int64_t prune_at_ = 0;
  std::function<void(const std::string&)> log_;
  sys::SystemEnvironment environment_;
  std::unique_ptr<provider::HttpSender> sender_;
  std::vector<Place> places_;
  bool is_failing_ = false;  // making them
  sys::CancellationSource stop_;
  std::thread thread_;
};

}  // namespace rhumb::registry
