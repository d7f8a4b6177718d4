#include "cli/editor.h"

#include <sys/wait.h>

#include <cstdlib>

#include "base/text.h"
#include "sys/environment.h"
#include "sys/files.h"

namespace rhumb::cli {
namespace {

std::string shell_quote(const std::string& text) {
  return "'" + replace_all(text, "'", "'\\''") + "'";
}

Result<void> run_editor(const std::string& editor, const std::string& path) {
  // The editor is a shell command by custom (`EDITOR="code --wait"`) and needs the terminal.
  const int status = std::system((editor + " " + shell_quote(path)).c_str());  // NOLINT
  if (status == -1 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return Error(ErrorCode::kIo,
                 "exec edit: " + editor + ": exit status " +
                     std::to_string(status == -1 ? -1 : WEXITSTATUS(status)));
  }
  return {};
}

}  // namespace

Result<void> edit_file(const Invocation& invocation,
                       migrate::Directory& directory,
                       const std::string& name) {
  if (directory.format() != migrate::Format::kAtlas) {
    return invalid("--edit flag supports only atlas directories, but got: " +
                   std::string(migrate::format_name(directory.format())));
  }
  const sys::TemporaryDirectory scratch = TRY(sys::TemporaryDirectory::create());
  const std::string path = scratch.path() + "/" + name;
  const std::string content = TRY(directory.read(name));
  TRY(sys::write_file_atomic(path, content));
  const std::string configured = invocation.app.environment.get_or_empty("EDITOR");
  invocation.app.out.flush();
  TRY(run_editor(configured.empty() ? "vi" : configured, path));
  const std::string edited = TRY(sys::read_file(path));
  TRY(directory.write(name, edited));
  return migrate::rehash(directory);
}

}  // namespace rhumb::cli
