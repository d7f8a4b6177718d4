// `cloud redact`.

#include <iostream>
#include <iterator>

#include "base/text.h"
#include "cli/cloud_call.h"
#include "cli/cloud_commands.h"
#include "cli/migrate_flags.h"
#include "sys/files.h"

namespace rhumb::cli {
namespace {

using codec::Json;

/// The value without the line break that editors and `echo` put behind it. It is no flag: everybody
/// on the machine sees those.
Result<std::string> read_value(const Invocation& invocation) {
  const std::string& path = invocation.flags.text("value-file");
  std::string value;
  if (path.empty() || path == "-") {
    value.assign(std::istreambuf_iterator<char>(std::cin), {});
  } else {
    value = TRY(sys::read_file(path));
  }
  if (value.ends_with('\n')) {
    value.pop_back();
  }
  return value;
}

Result<int> run_redact(Invocation& invocation) {
  TRY(check_required_flags(invocation.command, invocation.flags));
  return with_registry(invocation, [&](registry_api::RegistryClient& client) -> Result<int> {
    const std::string value = TRY(read_value(invocation));
    Json input = Json::object({{"value", value}, {"reason", invocation.flags.text("reason")}});
    input.set_unless_empty("repo", invocation.flags.text("repo"));
    TRY(client.call_input(registry_api::kRedactValue, std::move(input)));
    invocation.app.out << "The value is gone from what the registry keeps. Change the secret, too: "
                          "backups may hold it.\n";
    return 0;
  });
}

}  // namespace

Command make_cloud_redact_command() {
  Command command;
  command.name = "redact";
  command.arguments = "[flags]";
  command.summary = "Takes a secret out of everything that the registry keeps.";
  command.description =
      "'cloud redact' replaces a value by '(redacted)' in files, logs, statements, errors and the\n"
      "audit log of an organization. It reads the value from standard input or a file, so that it "
      "is\n"
      "in no list of processes. It needs a token with the role ADMIN or OWNER, and can be run "
      "again.";
  command.examples =
      "  rhumb cloud redact --reason 'ticket 4711' < secret.txt\n"
      "  rhumb cloud redact --repo app --value-file secret.txt --reason 'ticket 4711'";
  command.flags = {text_flag("value-file", "", "file of the value; standard input when empty or -"),
                   text_flag("reason", "", "why, for the audit log"),
                   text_flag("repo", "", "only in this repository")};
  command.required_flags = {"reason"};
  command.run = run_redact;
  return command;
}

}  // namespace rhumb::cli
