#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "registry/registry.h"

/// Drawings: schemas that were sent to be looked at as a diagram, and belong to no repository.
/// Source: spec registry.md 4.13.
namespace rhumb::registry {

struct DrawingRequest {
  std::string hcl;  ///< or `sql`, or both
  std::string sql;
  std::string driver;
};

/// A drawing as stored. Times are nanoseconds since 1970.
struct Drawing {
  int64_t id = 0;
  std::string driver;       ///< canonical
  std::optional<Blob> hcl;  ///< body
  std::optional<Blob> sql;  ///< body
  int64_t created_at = 0;
  Actor actor;
};

/// Keeps a schema to be looked at; the same one again is the same drawing.
///
/// Errors: kInvalid without any schema, kLimit past 8 MiB; kDenied without `schema:push`.
Result<Drawing> store_drawing(Registry& registry,
                              const Caller& caller,
                              const DrawingRequest& request);

/// Errors: kNotFound `drawing not found`.
Result<Drawing> load_drawing(Session& session, int64_t org_id, int64_t id);

[[nodiscard]] std::string drawing_link(const Registry& registry, int64_t id);

}  // namespace rhumb::registry
