#include "cli/confirm.h"

#include <istream>
#include <string>

#include "base/text.h"

namespace rhumb::cli {

Result<bool> confirm(const Invocation& invocation, std::string_view question) {
  const App& app = invocation.app;
  if (invocation.flags.boolean("auto-approve")) {
    return true;
  }
  if (app.in == nullptr) {
    return invalid(invocation.path.substr(invocation.path.find(' ') + 1) +
                   " requires --auto-approve when no terminal is attached");
  }
  app.out.flush();
  app.err << question << " [y/N] " << std::flush;
  std::string answer;
  std::getline(*app.in, answer);
  const std::string word = to_lower_ascii(trim(answer));
  return word == "y" || word == "yes";
}

}  // namespace rhumb::cli
