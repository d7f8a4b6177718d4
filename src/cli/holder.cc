#include "cli/holder.h"

#include <unistd.h>

#include <array>
#include <chrono>

#include "base/go_format.h"
#include "sys/clock.h"
#include "sys/environment.h"

namespace rhumb::cli {

std::string actor_name(const App& app) {
  std::string user = app.environment.get_or_empty("USER");
  if (user.empty()) {
    user = "uid " + std::to_string(getuid());
  }
  std::array<char, 256> host{};
  const bool known = gethostname(host.data(), host.size() - 1) == 0;
  return user + "@" + (known ? host.data() : "localhost");
}

std::string lock_holder(const App& app, std::string_view command) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(app.clock.now());
  return std::string(command) + " " + actor_name(app) + ":" + std::to_string(getpid()) + " since " +
         format_rfc3339_nano(seconds);
}

}  // namespace rhumb::cli
