#include "registry/registry.h"

#include <fmt/format.h>

#include "codec/uuid.h"

namespace rhumb::registry {

std::string make_node_name() {
  return codec::Uuid::random().to_string();
}

Result<void> require(const Caller& caller,
                     std::string_view permission,
                     const AccessTarget& target) {
  if (caller.rights.allows(permission, target)) {
    return {};
  }
  return Error(ErrorCode::kDenied, fmt::format("permission \"{}\" is required", permission));
}

AuditEntry audit_entry(const Caller& caller, int64_t now, std::string action, std::string object) {
  AuditEntry entry;
  entry.org_id = caller.org_id;
  entry.time = now;
  entry.origin = caller.origin;
  entry.action = std::move(action);
  entry.object = std::move(object);
  return entry;
}

std::string repo_link(const Registry& registry, std::string_view slug) {
  return fmt::format("{}/repos/{}", registry.public_url, slug);
}

std::string tag_link(const Registry& registry, int64_t repo_id, int64_t tag_id) {
  return fmt::format("{}/dirs/{}/tags/{}", registry.public_url, repo_id, tag_id);
}

std::string event_link(const Registry& registry, int64_t event_id, bool is_set) {
  return fmt::format("{}/deployments/{}{}", registry.public_url, is_set ? "sets/" : "", event_id);
}

std::string database_link(const Registry& registry, int64_t database_id) {
  return fmt::format("{}/databases/{}", registry.public_url, database_id);
}

std::optional<int64_t> to_stored(const registry_api::OptionalTime& time) {
  return time.has_value() ? std::optional<int64_t>(time->time_since_epoch().count()) : std::nullopt;
}

registry_api::OptionalTime from_stored(const std::optional<int64_t>& time) {
  return time.has_value()
             ? registry_api::OptionalTime(registry_api::Time(std::chrono::nanoseconds(*time)))
             : std::nullopt;
}

}  // namespace rhumb::registry
