#pragma once

#include <vector>

#include "cli/command.h"

namespace rhumb {

/// The commands that run or look after a registry on this machine: `serve` and its kin.
[[nodiscard]] std::vector<cli::Command> make_server_commands();

}  // namespace rhumb
