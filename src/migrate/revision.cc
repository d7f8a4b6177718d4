#include "migrate/revision.h"

#include <fmt/format.h>

namespace rhumb::migrate {

std::string format_revision_type(uint64_t type) {
  switch (type) {
    case revision_type::kBaseline:
      return "baseline";
    case revision_type::kExecuted:
      return "applied";
    case revision_type::kResolved:
      return "manually set";
    case revision_type::kExecuted | revision_type::kResolved:
      return "applied + manually set";
    default:
      return fmt::format("unknown ({:04b})", type);
  }
}

}  // namespace rhumb::migrate
