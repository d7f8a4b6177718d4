#pragma once

#include <cstddef>

#include "sys/environment.h"

namespace rhumb::sys {

enum class StandardStream { kInput = 0, kOutput = 1, kError = 2 };  // descriptors, fixed by POSIX

[[nodiscard]] bool is_terminal(StandardStream stream);
/// Columns of the terminal behind `stream`; 80 when there is none.
[[nodiscard]] size_t terminal_width(StandardStream stream);
/// Whether to colour what goes to a stream: a terminal, NO_COLOR empty or not set, TERM not `dumb`.
[[nodiscard]] bool wants_color(const Environment& environment, bool stream_is_terminal);

}  // namespace rhumb::sys
