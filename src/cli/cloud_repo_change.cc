// `cloud repo update|archive|rm`.

#include <array>
#include <chrono>

#include "base/go_format.h"
#include "base/text.h"
#include "cli/cloud_call.h"
#include "cli/cloud_commands.h"
#include "cli/migrate_flags.h"

namespace rhumb::cli {
namespace {

using codec::Json;
using registry_api::RegistryClient;

/// A flag that is a member of the change as it stands.
struct Setting {
  const char* flag;
  const char* member;
};
constexpr std::array<Setting, 4> kTexts = {{{"name", "name"},
                                            {"to-slug", "slug"},
                                            {"description", "description"},
                                            {"project", "project"}}};
constexpr std::array<Setting, 7> kFlows = {{{"protect-down", "migrateDown"},
                                            {"protect-push", "push"},
                                            {"protect-tags", "moveTag"},
                                            {"protect-deploy", "deploy"},
                                            {"protect-plan-push", "pushPlan"},
                                            {"protect-plan-approval", "approvePlan"},
                                            {"self-approval", "selfApproval"}}};

/// Errors: an expiry that is no number of hours.
Result<Json> read_flows(const FlagSet& flags) {
  Json flows = Json::object();
  for (const Setting& setting : kFlows) {
    if (flags.changed(setting.flag)) {
      flows.set(setting.member, flags.boolean(setting.flag));
    }
  }
  if (flags.changed("approvals")) {
    flows.set("approvals", flags.integer("approvals"));
  }
  if (flags.changed("plan-expiry")) {
    const auto expiry = flags.duration("plan-expiry");
    const auto hours = std::chrono::duration_cast<std::chrono::hours>(expiry);
    if (hours != expiry) {
      return invalid("--plan-expiry takes whole hours, such as 72h");
    }
    flows.set("expiryHours", static_cast<int64_t>(hours.count()));
  }
  return flows;
}

/// `none` and an empty text take the policy back.
Result<Json> parse_review_policy(const std::string& text) {
  const std::string policy = to_upper_ascii(text);
  if (policy.empty() || policy == "NONE") {
    return Json();
  }
  if (policy != "ALWAYS" && policy != "WARNING" && policy != "ERROR") {
    return invalid("invalid --review " + go_quote(text) + "; use always, warning, error or none");
  }
  return Json(policy);
}

/// What is to change; the rest stays. Errors: nothing is; as above.
Result<Json> read_change(const FlagSet& flags) {
  Json change = Json::object();
  for (const Setting& setting : kTexts) {
    if (flags.changed(setting.flag)) {
      change.set(setting.member, flags.text(setting.flag));
    }
  }
  if (flags.changed("review")) {
    change.set("reviewPolicy", TRY(parse_review_policy(flags.text("review"))));
  }
  if (flags.changed("lock-tags")) {
    change.set("lockedTags", flags.boolean("lock-tags"));
  }
  if (flags.changed("retention-days")) {
    change.set("retentionDays", flags.integer("retention-days"));
  }
  Json flows = TRY(read_flows(flags));
  if (!flows.empty()) {
    change.set("protectedFlows", std::move(flows));
  }
  if (change.empty()) {
    return invalid("nothing to change; see --help");
  }
  return change;
}

Result<std::string> find_id(RegistryClient& client, const std::string& slug) {
  const Json repo =
      TRY(require_object(client.call_input(registry_api::kRepo, Json::object({{"slug", slug}})),
                         registry_api::kRepo, "repository"));
  return cloud_text(repo, "id");
}

const std::vector<CloudField>& settings_fields() {
  static const std::vector<CloudField> kFields = {
      {"slug", "Slug"},
      {"name", "Name"},
      {"description", "Description"},
      {"project", "Project"},
      {"reviewPolicy", "ReviewPolicy"},
      {"lockedTags", "LockedTags"},
      {"protectedFlows.migrateDown", "ProtectDown"},
      {"protectedFlows.push", "ProtectPush"},
      {"protectedFlows.moveTag", "ProtectTags"},
      {"protectedFlows.deploy", "ProtectDeploy"},
      {"protectedFlows.pushPlan", "ProtectPlanPush"},
      {"protectedFlows.approvePlan", "ProtectPlanApproval"},
      {"protectedFlows.approvals", "Approvals"},
      {"protectedFlows.selfApproval", "SelfApproval"},
      {"protectedFlows.expiryHours", "PlanExpiryHours"}};
  return kFields;
}

Result<int> run_update(Invocation& invocation) {
  TRY(check_required_flags(invocation.command, invocation.flags));
  Json change = TRY(read_change(invocation.flags));
  return with_registry(invocation, [&](RegistryClient& client) -> Result<int> {
    change.set("id", TRY(find_id(client, invocation.flags.text("slug"))));
    const Json updated = TRY(client.call_input(registry_api::kUpdateRepo, std::move(change)));
    return print_object(
        invocation, cloud_value(updated, "*cloud.Repo", settings_fields()),
        {{"Slug", cloud_text(updated, "slug")},
         {"Name", cloud_text(updated, "name")},
         {"Review Policy", cloud_text(updated, "reviewPolicy")},
         {"Locked Tags", cloud_text(updated, "lockedTags")},
         {"Approval of Reverts", cloud_text(updated, "protectedFlows.migrateDown")},
         {"Approvals", cloud_text(updated, "protectedFlows.approvals")},
         {"Self Approval", cloud_text(updated, "protectedFlows.selfApproval")},
         {"Plan Expiry Hours", cloud_text(updated, "protectedFlows.expiryHours")},
         {"Protected Pushes", cloud_text(updated, "protectedFlows.push")},
         {"Protected Tags", cloud_text(updated, "protectedFlows.moveTag")},
         {"Protected Deployments", cloud_text(updated, "protectedFlows.deploy")},
         {"Protected Plan Pushes", cloud_text(updated, "protectedFlows.pushPlan")},
         {"Protected Plan Approvals", cloud_text(updated, "protectedFlows.approvePlan")}});
  });
}

Result<int> run_archive(Invocation& invocation) {
  TRY(check_required_flags(invocation.command, invocation.flags));
  const bool archived = !invocation.flags.boolean("undo");
  return with_registry(invocation, [&](RegistryClient& client) -> Result<int> {
    const std::string& slug = invocation.flags.text("slug");
    Json input = Json::object({{"id", TRY(find_id(client, slug))}, {"archived", archived}});
    TRY(client.call_input(registry_api::kArchiveRepo, std::move(input)));
    invocation.app.out << "Repository " << go_quote(slug)
                       << (archived ? " is archived.\n" : " is back.\n");
    return 0;
  });
}

Result<int> run_remove(Invocation& invocation) {
  TRY(check_required_flags(invocation.command, invocation.flags));
  return with_registry(invocation, [&](RegistryClient& client) -> Result<int> {
    const std::string& slug = invocation.flags.text("slug");
    Json input = Json::object(
        {{"id", TRY(find_id(client, slug))}, {"confirmSlug", invocation.flags.text("confirm")}});
    TRY(client.call_input(registry_api::kDeleteRepo, std::move(input)));
    invocation.app.out << "Repository " << go_quote(slug) << " is deleted.\n";
    return 0;
  });
}

FlagSpec slug_flag() {
  return text_flag("slug", "", "slug of the repository");
}

Command make_update() {
  Command command;
  command.name = "update";
  command.arguments = "[flags]";
  command.summary = "Changes what a repository is called and what it protects.";
  command.description =
      "What is not named stays. With --protect-down, 'migrate down' on the repository's directory\n"
      "waits until its plan is approved by somebody else, see 'cloud plan'; plans that were asked "
      "for\n"
      "keep what they were made under. The other protections leave a flow to administrators and "
      "to\n"
      "tokens with the scope 'protected'; with --protect-deploy every run needs a permit, as in a\n"
      "protected environment. A former slug still leads to the repository.\n"
      "Needs a token with the role ADMIN or OWNER.";
  command.examples =
      "  atlas cloud repo update --slug myapp --protect-down\n"
      "  atlas cloud repo update --slug myapp --approvals 2 --plan-expiry 24h\n"
      "  atlas cloud repo update --slug myapp --protect-push --protect-tags\n"
      "  atlas cloud repo update --slug myapp --to-slug shop --name Shop\n"
      "  atlas cloud repo update --slug myapp --protect-down=false";
  command.flags = {
      slug_flag(),
      text_flag("name", "", "new name"),
      text_flag("to-slug", "", "new slug"),
      text_flag("description", "", "what it is for"),
      text_flag("project", "", "project it belongs to"),
      text_flag("review", "",
                "review policy that clients are told of: always, warning, error or none"),
      bool_flag("lock-tags", "tags but 'latest' stay where they are"),
      with_kind(text_flag("retention-days", "0",
                          "days that logs and files of deployments are kept; 0: as the "
                          "organization says"),
                FlagKind::kInt),
      bool_flag("protect-down", "'migrate down' needs an approval"),
      with_kind(text_flag("approvals", "1", "how many have to approve"), FlagKind::kInt),
      bool_flag("self-approval", "whoever asks may approve"),
      with_kind(text_flag("plan-expiry", "72h0m0s", "how long a plan waits"), FlagKind::kDuration),
      bool_flag("protect-push", "not everybody pushes"),
      bool_flag("protect-tags", "not everybody moves and deletes tags"),
      bool_flag("protect-deploy", "runs in every environment need a permit"),
      bool_flag("protect-plan-push", "not everybody pushes approved plans"),
      bool_flag("protect-plan-approval", "not everybody approves plans, and nobody their own"),
      format_flag()};
  command.required_flags = {"slug"};
  command.run = run_update;
  return command;
}

Command make_archive() {
  Command command;
  command.name = "archive";
  command.arguments = "[flags]";
  command.summary = "Takes a repository out of all lists; its history stays.";
  command.description =
      "An archived repository takes no pushes. A deployment brings it back, and so does --undo.\n"
      "Needs a token with the role ADMIN or OWNER.";
  command.examples = "  atlas cloud repo archive --slug myapp";
  command.flags = {slug_flag(), bool_flag("undo", "bring it back")};
  command.required_flags = {"slug"};
  command.run = run_archive;
  return command;
}

Command make_remove() {
  Command command;
  command.name = "rm";
  command.arguments = "[flags]";
  command.summary = "Deletes an archived repository with everything that belongs to it.";
  command.description =
      "Directories, tags, deployments, databases and plans go; entries of the audit log stay.\n"
      "There is no way back but a backup. Needs a token with the role ADMIN or OWNER.";
  command.examples = "  atlas cloud repo rm --slug myapp --confirm myapp";
  command.flags = {slug_flag(), text_flag("confirm", "", "the slug once more")};
  command.required_flags = {"slug", "confirm"};
  command.run = run_remove;
  return command;
}

}  // namespace

std::vector<Command> make_repo_change_commands() {
  std::vector<Command> commands;
  commands.push_back(make_update());
  commands.push_back(make_archive());
  commands.push_back(make_remove());
  return commands;
}

}  // namespace rhumb::cli
