#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "registry/store/sql.h"

namespace rhumb::registry {

/// What the audit log says of bodies that a secret was taken out of.
struct VouchedBodies {
  std::map<int64_t, std::string> digests{};  ///< by number of the body, the newest, as bytes
  bool is_pruned = false;                    ///< entries that are gone may have said more

  [[nodiscard]] bool is_vouched(int64_t id, std::string_view digest) const;
};
Result<VouchedBodies> list_vouched_bodies(Session& session);

}  // namespace rhumb::registry
