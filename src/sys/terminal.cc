#include "sys/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

namespace rhumb::sys {

bool is_terminal(StandardStream stream) {
  return isatty(static_cast<int>(stream)) == 1;
}

size_t terminal_width(StandardStream stream) {
  constexpr size_t kDefaultWidth = 80;
  winsize size{};
  const bool known = ioctl(static_cast<int>(stream), TIOCGWINSZ, &size) == 0 && size.ws_col != 0;
  return known ? size.ws_col : kDefaultWidth;
}

bool wants_color(const Environment& environment, bool stream_is_terminal) {
  return stream_is_terminal && environment.get_or_empty("NO_COLOR").empty() &&
         environment.get_or_empty("TERM") != "dumb";
}

}  // namespace rhumb::sys
