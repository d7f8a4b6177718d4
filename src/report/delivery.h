#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "registry_api/client.h"
#include "registry_api/report.h"
#include "registry_api/transport.h"
#include "report/spool.h"

namespace rhumb::report {

/// Passes requests on, remembers how the last one was answered, and stops at a deadline.
class RecordingTransport final : public registry_api::Transport {
 public:
  RecordingTransport(registry_api::Transport& inner, sys::Clock& clock)
      : inner_(inner), clock_(clock) {}

  Result<registry_api::HttpReply> post(const std::string& url,
                                       const registry_api::HttpHeaders& headers,
                                       const std::string& body) override;
  Result<void> wait(std::chrono::milliseconds duration) override;

  /// From now on all attempts and waits together take at most `budget`.
  void limit(std::chrono::nanoseconds budget);
  void lift_limit() { deadline_.reset(); }
  void allow_retries(bool allow) { retries_ = allow; }
  /// Status of the last answer; 0 when there was none.
  [[nodiscard]] int last_status() const { return last_status_; }

 private:
  registry_api::Transport& inner_;
  sys::Clock& clock_;
  std::optional<std::chrono::sys_time<std::chrono::nanoseconds>> deadline_{};
  bool retries_ = true;
  int last_status_ = 0;
};

enum class DeliveryState {
  kDelivered,
  kKept,      ///< not delivered, and spooled
  kRejected,  ///< an answer to the report itself: final
  kLost,      ///< not delivered, and there is no spool
};

struct DeliveryOutcome {
  DeliveryState state = DeliveryState::kDelivered;
  std::string url{};    ///< page of the deployment; may be empty
  std::string error{};  ///< why it was not delivered
};

/// Sends reports, and keeps on disk what did not get through.
///
/// What got no answer, or 401, 403, 429 or 5xx, is kept; any other error is final.
/// Source: spec reporting.md 4.
class Delivery {
 public:
  /// `spool` may be null: nothing is kept then. References must outlive the delivery.
  Delivery(registry_api::RegistryClient& client,
           RecordingTransport& transport,
           std::string endpoint,
           const Spool* spool)
      : client_(client), transport_(transport), endpoint_(std::move(endpoint)), spool_(spool) {}

  /// A report as it goes out; its id also names it in the spool.
  struct Outgoing {
    std::string id{};
    registry_api::Document document;
    codec::Json input{};
  };
  [[nodiscard]] static Outgoing outgoing(const registry_api::MigrationReport& report,
                                         const std::string& report_id);
  [[nodiscard]] static Outgoing outgoing(const registry_api::MigrationSetReport& report);
  [[nodiscard]] static Outgoing outgoing(const registry_api::RevertReport& report,
                                         const std::string& report_id);

  DeliveryOutcome send(const Outgoing& outgoing);
  /// Keeps a report without trying: the token was refused, or there is no time left.
  DeliveryOutcome keep(const Outgoing& outgoing, const std::string& error);

  struct Flushed {
    size_t delivered = 0;
    size_t left = 0;
    std::vector<std::string> warnings{};  ///< reports that were refused for good, one line each
  };
  /// Sends what the spool holds for this endpoint, oldest first, until one gets no answer.
  Result<Flushed> flush();

 private:
  [[nodiscard]] bool is_final() const;

  registry_api::RegistryClient& client_;
  RecordingTransport& transport_;
  std::string endpoint_;
  const Spool* spool_;
};

}  // namespace rhumb::report
