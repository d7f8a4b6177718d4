#pragma once

#include <string_view>

#include "base/result.h"
#include "cli/app.h"

namespace rhumb::cli {

/// Asks the person at the terminal whether to go on; `--auto-approve` has answered already. Only
/// `y` and `yes` are a yes.
///
/// Errors: `<command> requires --auto-approve when no terminal is attached`, after which nothing
/// may be done.
[[nodiscard]] Result<bool> confirm(const Invocation& invocation, std::string_view question);

}  // namespace rhumb::cli
