// `cloud trace`: how far a version has come in each environment.

#include "base/text.h"
#include "cli/cloud_call.h"
#include "cli/cloud_commands.h"
#include "cli/migrate_flags.h"

namespace rhumb::cli {
namespace {

using codec::Json;
using gotmpl::Value;

const std::vector<CloudField>& environment_fields() {
  static const std::vector<CloudField> kFields = {{"name", "Name"},
                                                  {"reached", "Reached"},
                                                  {"total", "Databases"},
                                                  {"failed", "Failed"},
                                                  {"firstAt", "FirstAt"},
                                                  {"lastAt", "LastAt"},
                                                  {"ephemeralHours", "EphemeralHours"}};
  return kFields;
}

Value trace_value(const Json& trace) {
  Value::Items environments;
  for (const Json& environment : cloud_items(trace, "environments")) {
    environments.push_back(
        cloud_value(environment, "cloud.TraceEnvironment", environment_fields()));
  }
  return gotmpl::Struct("*cloud.Trace")
      .field("Version", Value(cloud_text(trace, "version")))
      .field("EphemeralLeftOut", Value(trace.find_int("ephemeralLeftOut").value_or(0)))
      .field("Environments", Value::list_of("[]cloud.TraceEnvironment", std::move(environments)));
}

std::string trace_table(const Json& trace) {
  std::vector<Row> rows;
  for (const Json& environment : cloud_items(trace, "environments")) {
    const std::string first = cloud_time(environment, "firstAt");
    const std::string last = cloud_time(environment, "lastAt");
    rows.push_back({cloud_cell(environment, "name"), cloud_cell(environment, "reached"),
                    cloud_cell(environment, "total"), cloud_cell(environment, "failed"),
                    first.empty() ? "-" : first, last.empty() ? "-" : last,
                    cloud_cell(environment, "ephemeralHours")});
  }
  return rows.empty() ? "No environments found.\n"
                      : format_table({"ENV", "REACHED", "DATABASES", "FAILED", "FIRST", "LAST",
                                      "EPHEMERAL HOURS"},
                                     rows);
}

/// What the table does not show; empty when it shows everything.
std::string left_out_text(const Json& trace) {
  const auto count = static_cast<size_t>(trace.find_int("ephemeralLeftOut").value_or(0));
  return count == 0 ? ""
                    : plural(count, "ephemeral environment is", "ephemeral environments are") +
                          " left out; see --ephemeral\n";
}

Result<int> run_trace(Invocation& invocation) {
  TRY(check_required_flags(invocation.command, invocation.flags));
  const FlagSet& flags = invocation.flags;
  if (flags.text("version").empty() == flags.text("tag").empty()) {
    return invalid("one of --version and --tag is required");
  }
  Json input = Json::object(
      {{"repo", flags.text("repo")}, {"includeEphemeral", flags.boolean("ephemeral")}});
  input.set_unless_empty("version", flags.text("version"));
  input.set_unless_empty("tag", flags.text("tag"));
  return with_registry(invocation, [&](registry_api::RegistryClient& client) -> Result<int> {
    const Json trace = TRY(require_object(client.call_input(registry_api::kTrace, std::move(input)),
                                          registry_api::kTrace, "repository"));
    if (!flags.text("format").empty()) {
      return print_object(invocation, trace_value(trace), {});
    }
    invocation.app.out << trace_table(trace) << left_out_text(trace);
    return 0;
  });
}

}  // namespace

Command make_cloud_trace_command() {
  Command command;
  command.name = "trace";
  command.arguments = "[flags]";
  command.summary = "Shows how far a version has come in each environment.";
  command.description =
      "REACHED is how many databases of an environment are at the version, or at a later one; "
      "FIRST and\n"
      "LAST are when it was applied there. Environments come in their order of promotion. Those "
      "that\n"
      "come and go are counted, and shown with --ephemeral.";
  command.examples =
      "  atlas cloud trace --repo app --version 20260512141500\n"
      "  atlas cloud trace --repo app --tag \"$GIT_SHA\" --ephemeral";
  command.flags = {text_flag("repo", "", "slug of the repository"),
                   text_flag("version", "", "version to follow"),
                   text_flag("tag", "", "follow the version that this tag leads to"),
                   bool_flag("ephemeral", "with environments that come and go"), format_flag()};
  command.required_flags = {"repo"};
  command.exclusive_groups = {{"version", "tag"}};
  command.run = run_trace;
  return command;
}

}  // namespace rhumb::cli
