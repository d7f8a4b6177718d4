// `cloud plan list|describe|approve|abort`: reverts that wait for somebody.

#include "cli/cloud_call.h"
#include "cli/cloud_commands.h"
#include "cli/migrate_flags.h"

namespace rhumb::cli {
namespace {

using codec::Json;

const std::vector<CloudField>& plan_fields() {
  static const std::vector<CloudField> kFields = {{"id", "ID"},
                                                  {"repo.slug", "RepoName"},
                                                  {"envName", "EnvName"},
                                                  {"fromVersion", "FromVersion"},
                                                  {"toVersion", "ToVersion"},
                                                  {"status", "Status"},
                                                  {"createdBy.name", "CreatedBy"},
                                                  {"createdAt", "CreatedAt"},
                                                  {"expiresAt", "ExpiresAt"},
                                                  {"url", "URL"}};
  return kFields;
}

CloudList plan_list() {
  return {.document = registry_api::kMigratePlans,
          .member = "plans",
          .name = "Plans",
          .type = "cloud.Plan",
          .empty_text = "No plans found.",
          .fields = plan_fields(),
          .header = {"ID", "REPO", "ENV", "FROM", "TO", "STATUS", "ASKED BY", "EXPIRES"},
          .row = [](const Json& plan) -> Row {
            const std::string expires = cloud_time(plan, "expiresAt");
            return {cloud_cell(plan, "id"),
                    cloud_cell(plan, "repo.slug"),
                    cloud_cell(plan, "envName"),
                    cloud_cell(plan, "fromVersion"),
                    cloud_cell(plan, "toVersion"),
                    cloud_cell(plan, "status"),
                    cloud_cell(plan, "createdBy.name"),
                    expires.empty() ? "-" : expires};
          }};
}

Result<int> run_list_command(Invocation& invocation) {
  Json input = Json::object();
  input.set_unless_empty("repo", invocation.flags.text("repo"));
  Json statuses = TRY(
      read_choices(invocation.flags, "status", {"PENDING_USER", "APPROVED", "ABORTED", "APPLIED"}));
  input.set_unless_empty("status", std::move(statuses));
  return run_list(invocation, plan_list(), std::move(input));
}

/// The statements, as the run would execute them.
std::string format_files(const Json& plan) {
  std::string text;
  for (const Json& file : cloud_items(plan, "files")) {
    text += "\n  -- reverting version " + cloud_text(file, "version") + " (" +
            cloud_text(file, "name") + ")\n";
    for (const Json& statement : cloud_items(file, "stmts")) {
      text += "    -> " + (statement.is_string() ? statement.as_string() : std::string()) + "\n";
    }
  }
  return text;
}

std::string format_decisions(const Json& plan) {
  std::string text;
  for (const Json& decision : cloud_items(plan, "decisions")) {
    const std::string comment = cloud_text(decision, "comment");
    text += "  " + cloud_time(decision, "time") + "  " + cloud_text(decision, "actor.name") + " " +
            (cloud_text(decision, "approved") == "true" ? "approved" : "aborted") +
            (comment.empty() ? "" : ": " + comment) + "\n";
  }
  return text.empty() ? text : "\nDecisions\n" + text;
}

/// What can be done with a plan that is open; `program` is what the person calls us.
std::string format_next_step(const Json& plan, const std::string& program) {
  const std::string status = cloud_text(plan, "status");
  const std::string id = cloud_text(plan, "id");
  if (status == "PENDING_USER") {
    const std::string command = program + " cloud plan ";
    return "\nTo decide: " + command + "approve --id " + id + ", or " + command + "abort --id " +
           id + "\n";
  }
  return status == "APPROVED" ? "\nTo carry it out, call 'migrate down' again.\n" : "";
}

Result<int> run_describe(Invocation& invocation) {
  TRY(check_required_flags(invocation.command, invocation.flags));
  return with_registry(invocation, [&](registry_api::RegistryClient& client) -> Result<int> {
    const Json plan =
        TRY(require_object(client.call(registry_api::kMigratePlanVerbose,
                                       Json::object({{"id", invocation.flags.text("id")}})),
                           registry_api::kMigratePlanVerbose, "plan"));
    const int status = TRY(print_object(invocation, cloud_value(plan, "*cloud.Plan", plan_fields()),
                                        {{"ID", cloud_text(plan, "id")},
                                         {"Repository", cloud_text(plan, "repo.slug")},
                                         {"Environment", cloud_text(plan, "envName")},
                                         {"Database", cloud_text(plan, "database.name")},
                                         {"From Version", cloud_text(plan, "fromVersion")},
                                         {"To Version", cloud_text(plan, "toVersion")},
                                         {"Status", cloud_text(plan, "status")},
                                         {"Asked By", cloud_text(plan, "createdBy.name")},
                                         {"Asked At", cloud_time(plan, "createdAt")},
                                         {"Expires", cloud_time(plan, "expiresAt")},
                                         {"URL", cloud_text(plan, "url")}}));
    if (invocation.flags.text("format").empty()) {
      invocation.app.out << format_files(plan) << format_decisions(plan)
                         << format_next_step(plan, invocation.app.program);
    }
    return status;
  });
}

Result<int> decide(Invocation& invocation, const registry_api::Document& document) {
  TRY(check_required_flags(invocation.command, invocation.flags));
  return with_registry(invocation, [&](registry_api::RegistryClient& client) -> Result<int> {
    Json input = Json::object({{"id", invocation.flags.text("id")}});
    input.set_unless_empty("comment", invocation.flags.text("comment"));
    const Json plan = TRY(client.call_input(document, std::move(input)));
    return print_object(
        invocation,
        cloud_value(plan, "*cloud.Plan", {{"id", "ID"}, {"status", "Status"}, {"url", "URL"}}),
        {{"ID", cloud_text(plan, "id")},
         {"Status", cloud_text(plan, "status")},
         {"URL", cloud_text(plan, "url")}});
  });
}

Command make_list() {
  Command command;
  command.name = "list";
  command.arguments = "[flags]";
  command.summary = "Lists plans of reverts, the newest first.";
  command.examples = "  atlas cloud plan list --status PENDING_USER";
  command.flags = list_flags(
      {text_flag("repo", "", "only plans of this repository"),
       with_kind(text_flag("status", "", "PENDING_USER, APPROVED, ABORTED or APPLIED (repeatable)"),
                 FlagKind::kList)});
  command.run = run_list_command;
  return command;
}

Command make_describe() {
  Command command;
  command.name = "describe";
  command.arguments = "[flags]";
  command.summary = "Shows one plan with its statements and who decided what.";
  command.examples = "  atlas cloud plan describe --id 1";
  command.flags = {text_flag("id", "", "id of the plan"), format_flag()};
  command.required_flags = {"id"};
  command.run = run_describe;
  return command;
}

Command make_decision(const registry_api::Document& document,
                      const std::string& name,
                      const std::string& summary) {
  Command command;
  command.name = name;
  command.arguments = "[flags]";
  command.summary = summary;
  command.examples = "  atlas cloud plan " + name + " --id 1 --comment \"as agreed\"";
  command.flags = {text_flag("id", "", "id of the plan"),
                   text_flag("comment", "", "why, for whoever reads it later"), format_flag()};
  command.required_flags = {"id"};
  command.run = [document](Invocation& invocation) { return decide(invocation, document); };
  return command;
}

}  // namespace

Command make_cloud_plan_command() {
  Command command;
  command.name = "plan";
  command.summary = "Plans: reverts that wait for an approval.";
  command.children = {make_list(), make_describe(),
                      make_decision(registry_api::kApproveMigratePlan, "approve",
                                    "Approves a plan that somebody else asked for."),
                      make_decision(registry_api::kAbortMigratePlan, "abort",
                                    "Aborts a plan: it will not be carried out.")};
  return command;
}

}  // namespace rhumb::cli
