#include "main/server_commands.h"

namespace rhumb {

std::vector<cli::Command> make_server_commands() { return {}; }

}  // namespace rhumb
