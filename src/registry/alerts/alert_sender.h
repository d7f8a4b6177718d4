#pragma once

#include <functional>
#include <string>

#include "registry/alerts/deliveries.h"

namespace rhumb::registry {

/// Sends one delivery, once, within ten seconds.
class AlertSender {
 public:
  AlertSender() = default;
  AlertSender(const AlertSender&) = delete;
  AlertSender& operator=(const AlertSender&) = delete;
  virtual ~AlertSender() = default;

  /// Whatever went wrong is part of what became of it. Threads: any, many at a time.
  [[nodiscard]] virtual AttemptOutcome send(const ClaimedDelivery& delivery) = 0;
};

/// Over the network: HTTP to addresses that the guard of the settings lets through, following no
/// redirect, or SMTP. With a proxy, HTTP to the outside goes through it: then the guard is asked
/// about the addresses that the host has here, and the proxy connects to what it has there.
///
/// Shape: what it tells of request and answer holds no secret of the webhook, whatever the receiver
/// says; of the answer the first kilobytes.
class NetworkSender : public AlertSender {
 public:
  /// `cancelled` ends what is under way.
  NetworkSender(const AlertSettings& settings,
                const StoreSeal& seal,
                std::function<bool()> cancelled)
      : settings_(settings), seal_(seal), cancelled_(std::move(cancelled)) {}

  [[nodiscard]] AttemptOutcome send(const ClaimedDelivery& delivery) override;

 private:
  [[nodiscard]] AttemptOutcome post(const ClaimedDelivery& delivery, const WebhookSecrets& secrets);
  [[nodiscard]] AttemptOutcome mail(const ClaimedDelivery& delivery, const WebhookSecrets& secrets);

  const AlertSettings& settings_;
  const StoreSeal& seal_;
  std::function<bool()> cancelled_;
};

}  // namespace rhumb::registry
