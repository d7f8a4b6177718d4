// `cloud policy list|show|set|rm|check|waiting|approve`: which versions environments take.

#include "base/go_format.h"
#include "base/text.h"
#include "cli/cloud_call.h"
#include "cli/cloud_commands.h"
#include "cli/migrate_flags.h"
#include "migrate/sum.h"
#include "project/policy_file.h"
#include "sys/files.h"

namespace rhumb::cli {
namespace {

using codec::Json;
using registry_api::RegistryClient;

constexpr std::string_view kEveryRepo = "(every other)";

/// The policies of an organization, or the one that a repository is under.
Result<Json> fetch_policies(RegistryClient& client, const std::string& repo) {
  Json variables = Json::object();
  variables.set_unless_empty("repo", repo);
  Json policies = TRY(client.call(registry_api::kPromotionPolicies, variables));
  return policies.is_array() ? std::move(policies) : Json::array();
}

std::string texts_of(const Json& stage, std::string_view member) {
  std::vector<std::string> texts;
  for (const Json& text : cloud_items(stage, member)) {
    texts.push_back(text.is_string() ? text.as_string() : "");
  }
  return join(texts, ",");
}

/// One stage as a row of the list, its policy's members beside its own.
Json stage_row(const Json& policy, const Json& stage) {
  const std::string repo = cloud_text(policy, "repo");
  return Json::object({{"id", cloud_text(policy, "id")},
                       {"repo", repo.empty() ? std::string(kEveryRepo) : repo},
                       {"stage", cloud_text(stage, "name")},
                       {"envs", texts_of(stage, "envs")},
                       {"requires", texts_of(stage, "requires")},
                       {"coverage", cloud_text(stage, "coverage")},
                       {"soak", cloud_text(stage, "soak")},
                       {"approvals", cloud_text(stage, "approvals")},
                       {"freezes", std::to_string(cloud_items(stage, "freezes").size())},
                       {"onViolation", cloud_text(stage, "onViolation")}});
}

const std::vector<CloudField>& stage_fields() {
  static const std::vector<CloudField> kFields = {
      {"id", "PolicyID"},       {"repo", "RepoName"},
      {"stage", "Stage"},       {"envs", "EnvNames"},
      {"requires", "Requires"}, {"coverage", "Coverage"},
      {"soak", "Soak"},         {"approvals", "Approvals"},
      {"freezes", "Freezes"},   {"onViolation", "OnViolation"}};
  return kFields;
}

Result<int> run_list_command(Invocation& invocation) {
  return with_registry(invocation, [&](RegistryClient& client) -> Result<int> {
    const Json policies = TRY(fetch_policies(client, invocation.flags.text("repo")));
    Json rows = Json::array();
    std::vector<Row> cells;
    for (const Json& policy : policies.as_array()) {
      for (const Json& stage : cloud_items(policy, "stages")) {
        Json row = stage_row(policy, stage);
        cells.emplace_back();
        for (const CloudField& field : stage_fields()) {
          cells.back().push_back(cloud_cell(row, field.member));
        }
        rows.push_back(std::move(row));
      }
    }
    if (!invocation.flags.text("format").empty()) {
      const Json payload = Json::object({{"stages", std::move(rows)}});
      return print_object(
          invocation, cloud_list_value(payload, "stages", "Stages", "cloud.Stage", stage_fields()),
          {});
    }
    invocation.app.out << (cells.empty() ? "No policies found.\n"
                                         : format_table({"POLICY", "REPO", "STAGE", "ENVS",
                                                         "REQUIRES", "COVERAGE", "SOAK",
                                                         "APPROVALS", "FREEZES", "ON VIOLATION"},
                                                        cells));
    return 0;
  });
}

Error no_policy(const std::string& repo) {
  return Error(ErrorCode::kNotFound, "no policy found for " + go_quote(repo));
}

Result<int> run_show(Invocation& invocation) {
  TRY(check_required_flags(invocation.command, invocation.flags));
  return with_registry(invocation, [&](RegistryClient& client) -> Result<int> {
    const std::string repo = invocation.flags.text("repo");
    const Json policies = TRY(fetch_policies(client, repo));
    if (policies.empty()) {
      return no_policy(repo);
    }
    const Json* stages = registry_api::find_any_case(policies.at(0), "stages");
    invocation.app.out << project::format_policy_file(stages == nullptr ? Json::array() : *stages);
    return 0;
  });
}

Result<std::string> read_policy_text(const std::string& path) {
  constexpr const char* kStandardInput = "/dev/stdin";
  return sys::read_file(path == "-" ? kStandardInput : path)
      .context("policy file " + go_quote(path));
}

Result<int> run_set(Invocation& invocation) {
  TRY(check_required_flags(invocation.command, invocation.flags));
  const std::string path = invocation.flags.text("file");
  const std::string text = TRY(read_policy_text(path));
  Json stages = TRY(project::read_policy_file(path, text));
  return with_registry(invocation, [&](RegistryClient& client) -> Result<int> {
    Json input = Json::object();
    input.set_unless_empty("repo", invocation.flags.text("repo"));
    input.set("stages", std::move(stages));
    const Json policy = TRY(client.call_input(registry_api::kSetPromotionPolicy, std::move(input)));
    const std::string repo = cloud_text(policy, "repo");
    return print_object(invocation,
                        cloud_value(policy, "*cloud.Policy", {{"id", "ID"}, {"repo", "RepoName"}}),
                        {{"Policy", cloud_text(policy, "id")},
                         {"Repository", repo.empty() ? std::string(kEveryRepo) : repo},
                         {"Stages", std::to_string(cloud_items(policy, "stages").size())}});
  });
}

/// The id of the policy that --repo names, which must be that repository's own.
Result<std::string> find_policy_id(RegistryClient& client, const FlagSet& flags) {
  if (flags.changed("id")) {
    return flags.text("id");
  }
  const std::string& repo = flags.text("repo");
  const Json policies = TRY(fetch_policies(client, repo));
  for (const Json& policy : policies.as_array()) {
    if (!cloud_text(policy, "repo").empty()) {
      return cloud_text(policy, "id");
    }
  }
  return no_policy(repo);
}

Result<int> run_rm(Invocation& invocation) {
  const FlagSet& flags = invocation.flags;
  if (flags.changed("id") == flags.changed("repo")) {
    return invalid("one of --repo and --id is required");
  }
  return with_registry(invocation, [&](RegistryClient& client) -> Result<int> {
    const std::string id = TRY(find_policy_id(client, flags));
    TRY(client.call(registry_api::kDeletePromotionPolicy, Json::object({{"id", id}})));
    return 0;
  });
}

// ------------------------------------------------------------------------------ check, approve

/// The hash of a directory on this machine, from its checksum file.
Result<std::string> hash_of_directory(const std::string& directory) {
  constexpr std::string_view kScheme = "file://";
  const std::string path =
      directory.starts_with(kScheme) ? directory.substr(kScheme.size()) : directory;
  const std::string file = path + "/" + std::string(migrate::kSumFileName);
  const std::string text = TRY(sys::read_file(file));
  const migrate::Sum sum = TRY(migrate::parse_sum(text).context(file));
  return "h1:" + sum.total();
}

std::string format_reasons(const Json& answer) {
  std::string text;
  for (const Json& reason : cloud_items(answer, "reasons")) {
    text += "\n  " + cloud_text(reason, "violation") + "  " + cloud_text(reason, "policy") + ": " +
            cloud_text(reason, "message") + "\n";
    for (const Json& detail : cloud_items(reason, "details")) {
      text += "        " + (detail.is_string() ? detail.as_string() : "") + "\n";
    }
  }
  return text;
}

std::string format_answer(const FlagSet& flags, const Json& answer, bool allowed) {
  const std::string what =
      "version " + flags.text("version") + " of " + go_quote(flags.text("repo"));
  return what + (allowed ? " may be deployed to " : " may not be deployed to ") +
         go_quote(flags.text("env")) + "\n" + format_reasons(answer);
}

Result<int> run_check(Invocation& invocation) {
  TRY(check_required_flags(invocation.command, invocation.flags));
  const FlagSet& flags = invocation.flags;
  Json input = Json::object({{"repo", flags.text("repo")},
                             {"envName", flags.text("env")},
                             {"version", flags.text("version")}});
  if (flags.changed("dir")) {
    input.set("hash", TRY(hash_of_directory(flags.text("dir"))));
  }
  return with_registry(invocation, [&](RegistryClient& client) -> Result<int> {
    const Json answer =
        TRY(client.call_input(registry_api::kCheckDeploymentVerbose, std::move(input)));
    const bool allowed = answer.find_bool("allowed").value_or(false);
    const std::string format = flags.text("format");
    if (format.empty()) {
      invocation.app.out << format_answer(flags, answer, allowed);
    } else {
      Json shown = Json::object({{"allowed", allowed ? "true" : "false"}});
      shown.set("reasons", Json::array_of(cloud_items(answer, "reasons")));
      TRY(print_object(
          invocation,
          cloud_list_value(
              shown, "reasons", "Reasons", "cloud.Reason",
              {{"policy", "Policy"}, {"message", "Message"}, {"violation", "Violation"}}),
          {}));
    }
    return allowed ? 0 : 1;
  });
}

CloudList waiting_list() {
  return {.document = registry_api::kWaitingVersions,
          .member = "versions",
          .name = "Versions",
          .type = "cloud.WaitingVersion",
          .empty_text = "No version waits for an approval.",
          .fields = {{"repo", "RepoName"},
                     {"stage", "Stage"},
                     {"version", "Version"},
                     {"approvals", "Approvals"},
                     {"needed", "Needed"},
                     {"pushedBy.name", "PushedBy"},
                     {"since", "Since"}},
          .header = {"REPO", "STAGE", "ENVS", "VERSION", "APPROVALS", "PUSHED BY", "SINCE"},
          .row = [](const Json& version) -> Row {
            const std::string count =
                cloud_text(version, "approvals") + " of " + cloud_text(version, "needed");
            return {cloud_cell(version, "repo"),
                    cloud_cell(version, "stage"),
                    texts_of(version, "envs"),
                    cloud_cell(version, "version"),
                    count,
                    cloud_cell(version, "pushedBy.name"),
                    cloud_time(version, "since")};
          }};
}

Result<int> run_waiting(Invocation& invocation) {
  Json input = Json::object();
  input.set_unless_empty("repo", invocation.flags.text("repo"));
  input.set_unless_empty("envName", invocation.flags.text("env"));
  return run_list(invocation, waiting_list(), std::move(input));
}

Result<int> run_approve(Invocation& invocation) {
  TRY(check_required_flags(invocation.command, invocation.flags));
  const FlagSet& flags = invocation.flags;
  return with_registry(invocation, [&](RegistryClient& client) -> Result<int> {
    Json input = Json::object({{"repo", flags.text("repo")},
                               {"stage", flags.text("stage")},
                               {"version", flags.text("version")}});
    input.set_unless_empty("comment", flags.text("comment"));
    const Json approval = TRY(client.call_input(registry_api::kApproveVersion, std::move(input)));
    const std::string count =
        cloud_text(approval, "approvals") + " of " + cloud_text(approval, "needed");
    return print_object(invocation,
                        cloud_value(approval, "*cloud.Approval",
                                    {{"stage", "Stage"},
                                     {"version", "Version"},
                                     {"approvals", "Approvals"},
                                     {"needed", "Needed"}}),
                        {{"Version", cloud_text(approval, "version")},
                         {"Stage", cloud_text(approval, "stage")},
                         {"Approvals", count}});
  });
}

// ------------------------------------------------------------------------------------ commands

FlagSpec repo_flag(std::string usage = "slug of the repository") {
  return text_flag("repo", "", std::move(usage));
}

Command make_list() {
  Command command;
  command.name = "list";
  command.arguments = "[flags]";
  command.summary = "Lists policies, one line for each stage.";
  command.flags = {repo_flag("only the policy that this repository is under"), format_flag()};
  command.run = run_list_command;
  return command;
}

Command make_show() {
  Command command;
  command.name = "show";
  command.arguments = "[flags]";
  command.summary = "Prints the policy a repository is under, as 'set' reads it.";
  command.examples = "  atlas cloud policy show --repo app > promotion.hcl";
  command.flags = {repo_flag()};
  command.required_flags = {"repo"};
  command.run = run_show;
  return command;
}

Command make_set() {
  Command command;
  command.name = "set";
  command.arguments = "[flags]";
  command.summary = "Replaces the policy of a repository by a file.";
  command.description =
      "Replaces the policy of a repository; without --repo, the one of every repository that has "
      "none\n"
      "of its own. The file holds the stages of the way of a version, in order:\n"
      "\n"
      "  stage \"staging\" {\n"
      "    env = [\"staging\"]\n"
      "  }\n"
      "  stage \"production\" {\n"
      "    env          = [\"prod\", \"prod-*\"]\n"
      "    requires     = [\"staging\"]    # where a version must have passed\n"
      "    coverage     = ALL            # in how many databases: ALL, ANY or \"80%\"\n"
      "    soak         = \"24h\"          # for how long\n"
      "    approvals    = 1              # by people who did not push it, see 'approve'\n"
      "    on_violation = FAIL           # or WARN\n"
      "    freeze {\n"
      "      weekly = \"Fri 16:00 - Mon 08:00 Europe/Berlin\"  # no zone: UTC; or from and until\n"
      "      reason = \"weekend\"\n"
      "    }\n"
      "  }\n"
      "\n"
      "An environment that no stage names takes every version. A version whose content differs "
      "from\n"
      "what passed is refused whatever its number. Needs a token with the role ADMIN or OWNER.";
  command.examples =
      "  atlas cloud policy set --repo app --file promotion.hcl\n"
      "  atlas cloud policy show --repo app | sed 's/24h/48h/' | atlas cloud policy set --repo app "
      "--file -";
  command.flags = {repo_flag(),
                   text_flag("file", "", "file with the stages; - reads standard input"),
                   format_flag()};
  command.required_flags = {"file"};
  command.run = run_set;
  return command;
}

Command make_rm() {
  Command command;
  command.name = "rm";
  command.arguments = "[flags]";
  command.summary = "Removes the policy of a repository, or the one with an id.";
  command.flags = {repo_flag(), text_flag("id", "", "id of the policy, as 'list' shows it")};
  command.run = run_rm;
  return command;
}

Command make_check() {
  Command command;
  command.name = "check";
  command.arguments = "[flags]";
  command.summary = "Tells whether a version may be deployed, and what speaks against it.";
  command.description =
      "Asks what 'migrate apply' would be told, and explains every reason. Exit status 0: it may "
      "be\n"
      "deployed, perhaps with warnings; 1: it may not, or the registry could not be asked.\n"
      "Without --dir the content is that of the latest state pushed.";
  command.examples = "  atlas cloud policy check --repo app --env prod --version 20260512141500";
  command.flags = {repo_flag(), text_flag("env", "", "environment, as the registry knows it"),
                   text_flag("version", "", "version"),
                   text_flag("dir", "", "folder whose content is to be deployed"), format_flag()};
  command.required_flags = {"repo", "env", "version"};
  command.run = run_check;
  return command;
}

Command make_waiting() {
  Command command;
  command.name = "waiting";
  command.arguments = "[flags]";
  command.summary = "Lists versions that wait for approvals, what was pushed last first.";
  command.description =
      "Of each directory the latest version, in each stage that takes more approvals than it has "
      "and\n"
      "whose databases do not all have it. Whoever pushed it cannot approve it.";
  command.examples = "  atlas cloud policy waiting --env prod";
  command.flags = list_flags({repo_flag("only versions of this repository"),
                              text_flag("env", "", "only stages of this environment")});
  command.run = run_waiting;
  return command;
}

Command make_approve() {
  Command command;
  command.name = "approve";
  command.arguments = "[flags]";
  command.summary = "Lets a version into a stage that takes approvals.";
  command.description =
      "The approval is of the content that the version has in the latest state pushed; another "
      "content\n"
      "needs another one. Whoever pushed it cannot approve it. Needs plan:approve.";
  command.examples = "  atlas cloud policy approve --repo app --stage production --version 3";
  command.flags = {repo_flag(), text_flag("stage", "", "stage of the policy"),
                   text_flag("version", "", "version"),
                   text_flag("comment", "", "why, for whoever reads it later"), format_flag()};
  command.required_flags = {"repo", "stage", "version"};
  command.run = run_approve;
  return command;
}

}  // namespace

Command make_cloud_policy_command() {
  Command command;
  command.name = "policy";
  command.summary = "Promotion policies: which versions environments take.";
  command.children = {make_list(),  make_show(),    make_set(),    make_rm(),
                      make_check(), make_waiting(), make_approve()};
  return command;
}

}  // namespace rhumb::cli
