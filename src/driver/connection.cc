#include "driver/connection.h"

#include <fmt/format.h>

namespace rhumb::driver {

Error lock_busy(std::string_view text, std::string_view held_by) {
  if (held_by.empty()) {
    return {ErrorCode::kBusy, std::string(text)};
  }
  return {ErrorCode::kBusy, fmt::format("{} (held by {})", text, held_by)};
}

}  // namespace rhumb::driver
