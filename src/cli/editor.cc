#include "cli/editor.h"

#include <sys/wait.h>

#include <cstdlib>
#include <cstring>

#include "base/text.h"
#include "sys/environment.h"
#include "sys/files.h"

namespace rhumb::cli {
namespace {

std::string shell_quote(const std::string& text) {
  return "'" + replace_all(text, "'", "'\\''") + "'";
}

/// As the shell's exit is told: `exit status 1`, `signal: Killed`.
std::string ending(int status) {
  if (status == -1) {
    return "no shell could be started";
  }
  return WIFSIGNALED(status) ? std::string("signal: ") + strsignal(WTERMSIG(status))
                             : "exit status " + std::to_string(WEXITSTATUS(status));
}

Result<void> run_editor(const std::string& editor, const std::string& path) {
  // The editor is a shell command by custom (`EDITOR="code --wait"`) and needs the terminal.
  const int status = std::system((editor + " " + shell_quote(path)).c_str());  // NOLINT
  if (status != 0) {
    return Error(ErrorCode::kIo, "exec edit: " + ending(status));
  }
  return {};
}

}  // namespace

Result<void> check_edit_format(migrate::Format format) {
  if (format != migrate::Format::kAtlas) {
    return invalid("--edit flag supports only atlas directories, but got: " +
                   std::string(migrate::format_name(format)));
  }
  return {};
}

Result<std::string> edit_content(const Invocation& invocation,
                                 const std::string& name,
                                 const std::string& content) {
  const sys::TemporaryDirectory scratch = TRY(sys::TemporaryDirectory::create());
  const std::string path = scratch.path() + "/" + name.substr(name.rfind('/') + 1);
  TRY(sys::write_file_atomic(path, content));
  const std::string configured = invocation.app.environment.get_or_empty("EDITOR");
  invocation.app.out.flush();
  TRY(run_editor(configured.empty() ? "vi" : configured, path));
  return sys::read_file(path);
}

}  // namespace rhumb::cli
