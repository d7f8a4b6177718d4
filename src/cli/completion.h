#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/command.h"

namespace rhumb::cli {

/// What may follow the words typed so far; the last word is the one being typed.
/// Shape: one candidate a line, a TAB and its description behind it.
[[nodiscard]] std::string complete(const Command& root, const std::vector<std::string>& words);

/// The completion script of `bash`, `zsh`, `fish` or `powershell` for a program name.
/// Errors: kNotFound for another shell.
[[nodiscard]] Result<std::string> completion_script(std::string_view shell,
                                                    std::string_view program);

}  // namespace rhumb::cli
