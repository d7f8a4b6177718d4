#pragma once

#include "cli/command.h"

namespace rhumb::cli {

[[nodiscard]] Command make_schema_command();

}  // namespace rhumb::cli
