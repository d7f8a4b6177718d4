// `cloud report show|flush`: reports that wait on this machine.

#include "base/text.h"
#include "cli/cloud_call.h"
#include "cli/cloud_commands.h"
#include "report/delivery.h"
#include "report/spool.h"
#include "sys/environment.h"

namespace rhumb::cli {
namespace {

Result<report::Spool> open_spool(const App& app) {
  const std::optional<std::string> state = project::state_directory(app.environment);
  if (!state) {
    return Error(ErrorCode::kIo, "HOME is not set: there is no place where reports could wait");
  }
  return report::Spool(*state, app.clock);
}

Result<int> run_show(Invocation& invocation) {
  const report::Spool spool = TRY(open_spool(invocation.app));
  const std::vector<std::string> names = TRY(spool.list());
  if (names.empty()) {
    invocation.app.out << "No reports are waiting.\n";
    return 0;
  }
  std::vector<Row> rows;
  for (const std::string& name : names) {
    const report::SpooledReport report = TRY(spool.read(name));
    rows.push_back({report.id, report.operation, report.endpoint, name});
    if (invocation.flags.boolean("body")) {
      invocation.app.out << report.body << "\n";
    }
  }
  if (!invocation.flags.boolean("body")) {
    invocation.app.out << format_table({"ID", "OPERATION", "ENDPOINT", "FILE"}, rows);
  }
  return 0;
}

Result<int> flush(Invocation& invocation) {
  const report::Spool spool = TRY(open_spool(invocation.app));
  RegistrySession session(invocation, TRY(load_cloud_config(invocation)));
  registry_api::RegistryClient* client = TRY(session.connect());
  const project::Login login = TRY(session.require_login());
  report::Delivery delivery(*client, session.transport(), login.endpoint, &spool);
  const report::Delivery::Flushed flushed = TRY(delivery.flush());
  for (const std::string& warning : flushed.warnings) {
    invocation.warn(warning);
  }
  invocation.app.out << plural(flushed.delivered, "report", "reports") << " delivered, "
                     << flushed.left << " left\n";
  return flushed.left == 0 ? 0 : 1;
}

}  // namespace

Command make_cloud_report_command() {
  Command show;
  show.name = "show";
  show.arguments = "[flags]";
  show.summary = "Lists reports that could not be delivered yet.";
  show.flags = {FlagSpec{.name = "body",
                         .shorthand = 0,
                         .kind = FlagKind::kBool,
                         .default_text = "",
                         .usage = "print the input each request will send, one report a line",
                         .value_name = "",
                         .hidden = false}};
  show.run = run_show;

  Command flush_command;
  flush_command.name = "flush";
  flush_command.summary = "Sends the reports that wait.";
  flush_command.run = flush;

  Command command;
  command.name = "report";
  command.summary = "Reports that wait on this machine.";
  command.children = {std::move(show), std::move(flush_command)};
  return command;
}

}  // namespace rhumb::cli
