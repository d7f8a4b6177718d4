#pragma once

#include <memory>
#include <optional>
#include <string>

#include "provider/http_sender.h"
#include "registry/audit/checkpoint.h"
#include "sys/clock.h"
#include "sys/environment.h"

namespace rhumb::registry {

/// A place outside of the store that checkpoints are sent to.
class CheckpointTarget {
 public:
  CheckpointTarget() = default;
  CheckpointTarget(const CheckpointTarget&) = delete;
  CheckpointTarget& operator=(const CheckpointTarget&) = delete;
  virtual ~CheckpointTarget() = default;

  /// What it is called where a person sees it; without anything secret.
  [[nodiscard]] virtual std::string name() const = 0;
  /// The newest entry that it has a checkpoint of, where the place itself tells; nothing: the store
  /// keeps that.
  virtual Result<std::optional<int64_t>> find_last() { return std::optional<int64_t>(); }
  /// The same one may come twice.
  virtual Result<void> send(const SignedCheckpoint& checkpoint) = 0;
};

/// What targets work with; it must outlive them.
struct TargetTools {
  const sys::Environment& environment;
  const sys::Clock& clock;
  provider::HttpSender& sender;
};

/// The place that a text names: a path or `file://` URL, to whose file lines are added; an object
/// for each in `s3://bucket/folder?region=...&endpoint=...`, signed with AWS credentials; or a POST
/// to an https URL. A plain http URL is taken for this machine only.
/// Errors: kInvalid.
Result<std::unique_ptr<CheckpointTarget>> make_target(const std::string& text,
                                                      const TargetTools& tools);

/// Sends over the network; libcurl is opened at the first request. `proxy` is used in place of that
/// of the environment, but for hosts that its `no_proxy` names and for this machine. Threads: one
/// at a time.
[[nodiscard]] std::unique_ptr<provider::HttpSender> make_network_sender(
    const sys::Environment& environment, std::string proxy = "");

}  // namespace rhumb::registry
