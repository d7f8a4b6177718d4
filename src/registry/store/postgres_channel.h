#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "registry/store/store.h"

namespace rhumb::registry {

/// Hears on a connection and a thread of its own what servers of a store say; comes back by itself
/// when the connection is lost.
class PostgresChannel final : public StoreSubscription {
 public:
  PostgresChannel(std::string url, StoreListener listener);
  ~PostgresChannel() override;

 private:
  void run();
  /// Until the connection is lost, or the end.
  Result<void> hear();

  std::string url_;
  StoreListener listener_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace rhumb::registry
