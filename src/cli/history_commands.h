#pragma once

#include "cli/command.h"

namespace rhumb::cli {

/// `history`: what other migration tools remember of a database.
[[nodiscard]] Command make_history_command();

}  // namespace rhumb::cli
