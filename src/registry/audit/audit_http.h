#pragma once

#include <atomic>

#include "http/message.h"
#include "registry/registry.h"

namespace rhumb::registry {

/// What the registry gives away of its audit log over HTTP, to administrators.
///
/// Shape: `GET /audit/export` with `format`, `from`, `to`, `action` (a list with commas), `actor`
/// and `object` as `audit export` takes them, streamed; `GET /audit/key` the public key in PEM;
/// `GET /audit/checkpoints` one a line; `GET /audit/evidence` a pack, of `repo`, `version` and
/// perhaps `env`. Threads: any.
class AuditHttp {
 public:
  explicit AuditHttp(Registry& registry) : registry_(registry) {}

  /// `path` behind `/audit/`. Every export is an entry `export.run`, every refusal one too.
  [[nodiscard]] http::Response handle(const http::Request& request, const Caller& caller);

 private:
  Result<http::Response> answer(const http::Request& request, const Caller& caller);
  Result<http::Response> export_log(const http::Request& request, const Caller& caller);
  Result<http::Response> list_checkpoints_of(const http::Request& request);
  Result<http::Response> pack_evidence(const http::Request& request,
                                       const Caller& caller,
                                       const AuditKey& key);

  Registry& registry_;
  std::atomic<int> running_ = 0;  // exports that are being sent
};

/// An entry `request.refused` about a request over HTTP that is none of the API.
void audit_http_refusal(Registry& registry,
                        const Caller& caller,
                        const http::Request& request,
                        const Error& error);

}  // namespace rhumb::registry
